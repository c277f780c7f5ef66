//! A typed assembler for x86-64.
//!
//! It turns instructions that were chosen into bytes, and does nothing else:
//! it chooses no instruction, allocates no register, and knows no guest.
//! Emission is made to be cheap: an instruction is put together in registers
//! and written with at most two stores; nothing is allocated for it.
//!
//! Code comes out without any absolute address, so it runs wherever it is
//! put, as long as the place is aligned to 64 bytes as [`Asm::align`] and
//! [`Asm::constant`] assume.
//!
//! Vector instructions are rows of one table, [`VecOp`]; a row says in which
//! of the three encodings the instruction exists, and [`Shape`] says which
//! methods take it. Asking for an encoding that a row does not have is an
//! error of the caller, found by an assertion in builds that check them.

#![forbid(unsafe_code)]

mod asm;
mod encode;
mod evex;
mod gpr;
mod jump;
mod label;
mod mask;
mod mem;
mod reg;
mod sse;
mod table;
mod vex;

pub use asm::Asm;
pub use gpr::{Alu, Shift};
pub use jump::Cond;
pub use label::{Finished, Label};
pub use mask::{MaskOp, MaskWidth};
pub use mem::{Mem, Rm, Scale, Xm};
pub use reg::{Gpr, L, Mask, Width, Xmm};
pub use table::{Feature, Shape, VecOp};
