//! The registers of the interpreter and how handlers read and write through
//! them.
//!
//! A handler gets the machine's registers as arguments, does one instruction
//! and goes on to the next by a call in tail position, so the registers stay
//! in the CPU's. Where the compiler does not promise to turn such calls into
//! jumps (see `build.rs`), handlers return to a loop instead; their bodies are
//! the same.

use isa::{Trap, V128};

use crate::machine::context::{Context, Exit};

pub(crate) use register::Vec128;

/// The vector accumulator, in a vector register, which floats share.
#[cfg(target_arch = "x86_64")]
mod register {
    use std::arch::x86_64::*;

    pub(crate) type Vec128 = __m128i;

    /// The register with a 64-bit number in its low half, the rest zero.
    #[inline(always)]
    pub(super) fn from_low(low: u64) -> Vec128 {
        // SAFETY: SSE2 is part of x86-64.
        unsafe { _mm_cvtsi64_si128(low as i64) }
    }

    #[inline(always)]
    pub(super) fn to_low(vec: Vec128) -> u64 {
        // SAFETY: as above.
        unsafe { _mm_cvtsi128_si64(vec) as u64 }
    }

    #[inline(always)]
    pub(super) fn from_f32(value: f32) -> Vec128 {
        // SAFETY: as above.
        unsafe { _mm_castps_si128(_mm_set_ss(value)) }
    }

    #[inline(always)]
    pub(super) fn to_f32(vec: Vec128) -> f32 {
        // SAFETY: as above.
        unsafe { _mm_cvtss_f32(_mm_castsi128_ps(vec)) }
    }

    #[inline(always)]
    pub(super) fn from_f64(value: f64) -> Vec128 {
        // SAFETY: as above.
        unsafe { _mm_castpd_si128(_mm_set_sd(value)) }
    }

    #[inline(always)]
    pub(super) fn to_f64(vec: Vec128) -> f64 {
        // SAFETY: as above.
        unsafe { _mm_cvtsd_f64(_mm_castsi128_pd(vec)) }
    }
}

/// The vector accumulator, in a vector register, which floats share.
#[cfg(target_arch = "aarch64")]
mod register {
    use std::arch::aarch64::*;

    pub(crate) type Vec128 = uint8x16_t;

    /// The register with a 64-bit number in its low half, the rest zero.
    #[inline(always)]
    pub(super) fn from_low(low: u64) -> Vec128 {
        // SAFETY: Neon is part of the targets that this is compiled for.
        unsafe { vreinterpretq_u8_u64(vsetq_lane_u64::<0>(low, vdupq_n_u64(0))) }
    }

    #[inline(always)]
    pub(super) fn to_low(vec: Vec128) -> u64 {
        // SAFETY: as above.
        unsafe { vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vec)) }
    }

    #[inline(always)]
    pub(super) fn from_f32(value: f32) -> Vec128 {
        // SAFETY: as above.
        unsafe { vreinterpretq_u8_f32(vsetq_lane_f32::<0>(value, vdupq_n_f32(0.0))) }
    }

    #[inline(always)]
    pub(super) fn to_f32(vec: Vec128) -> f32 {
        // SAFETY: as above.
        unsafe { vgetq_lane_f32::<0>(vreinterpretq_f32_u8(vec)) }
    }

    #[inline(always)]
    pub(super) fn from_f64(value: f64) -> Vec128 {
        // SAFETY: as above.
        unsafe { vreinterpretq_u8_f64(vsetq_lane_f64::<0>(value, vdupq_n_f64(0.0))) }
    }

    #[inline(always)]
    pub(super) fn to_f64(vec: Vec128) -> f64 {
        // SAFETY: as above.
        unsafe { vgetq_lane_f64::<0>(vreinterpretq_f64_u8(vec)) }
    }
}

/// Carries out the instruction at the first argument.
#[allow(
    improper_ctypes_definitions,
    reason = "a vector goes in a vector register"
)]
pub(crate) type Handler =
    unsafe extern "C" fn(*const u64, *mut u64, *mut u8, u64, u64, *mut Context, Vec128) -> u64;

/// What a handler returns when the loop is to go on (loop dispatch only).
#[cfg(not(threaded))]
pub(crate) const CONTINUE: u64 = 0;

/// The registers of the machine.
#[derive(Clone, Copy)]
pub(crate) struct Regs {
    /// The instruction.
    pub(crate) ip: *const u64,
    /// The frame's first slot.
    pub(crate) fp: *mut u64,
    /// Base of memory 0.
    pub(crate) mem: *mut u8,
    /// Size of memory 0 in bytes.
    pub(crate) len: u64,
    /// The integer accumulator.
    pub(crate) acc: u64,
    pub(crate) cx: *mut Context,
    /// The float and vector accumulator.
    pub(crate) vec: Vec128,
}

#[inline(always)]
fn vec_from_bytes(bytes: [u8; 16]) -> Vec128 {
    // SAFETY: both are 16 plain bytes; every bit pattern is valid for both.
    unsafe { std::mem::transmute(bytes) }
}

#[inline(always)]
fn vec_to_bytes(vec: Vec128) -> [u8; 16] {
    // SAFETY: both are 16 plain bytes; every bit pattern is valid for both.
    unsafe { std::mem::transmute(vec) }
}

/// A value that lives in slots, in an accumulator or in constant words.
pub(crate) trait Cell: simd::lanes::Machine {
    /// # Safety
    /// `slot` is readable for the value's slots.
    unsafe fn load(slot: *const u64) -> Self;
    /// # Safety
    /// `slot` is writable for the value's slots.
    unsafe fn store(self, slot: *mut u64);
    fn from_acc(r: &Regs) -> Self;
    fn into_acc(self, r: &mut Regs);
}

macro_rules! integer_cell {
    ($ty:ty, $unsigned:ty) => {
        impl Cell for $ty {
            #[inline(always)]
            unsafe fn load(slot: *const u64) -> Self {
                // SAFETY: the caller's promise. The low bytes come first on
                // the little-endian machines this runs on.
                unsafe { slot.cast::<$ty>().read() }
            }

            #[inline(always)]
            unsafe fn store(self, slot: *mut u64) {
                // SAFETY: the caller's promise.
                unsafe { slot.write(self as $unsigned as u64) }
            }

            #[inline(always)]
            fn from_acc(r: &Regs) -> Self {
                r.acc as $ty
            }

            #[inline(always)]
            fn into_acc(self, r: &mut Regs) {
                r.acc = self as $unsigned as u64;
            }
        }
    };
}

integer_cell!(i32, u32);
integer_cell!(i64, u64);

#[cfg(not(target_endian = "little"))]
compile_error!("slots are read in parts, lowest byte first: big-endian hosts need their own cells");

macro_rules! float_cell {
    ($ty:ty, $from:ident, $to:ident) => {
        impl Cell for $ty {
            #[inline(always)]
            unsafe fn load(slot: *const u64) -> Self {
                // SAFETY: the caller's promise.
                unsafe { slot.cast::<$ty>().read() }
            }

            #[inline(always)]
            unsafe fn store(self, slot: *mut u64) {
                // SAFETY: the caller's promise.
                unsafe { slot.write(u64::from(self.to_bits())) }
            }

            #[inline(always)]
            fn from_acc(r: &Regs) -> Self {
                register::$to(r.vec)
            }

            #[inline(always)]
            fn into_acc(self, r: &mut Regs) {
                r.vec = register::$from(self);
            }
        }
    };
}

float_cell!(f32, from_f32, to_f32);
float_cell!(f64, from_f64, to_f64);

impl Cell for V128 {
    #[inline(always)]
    unsafe fn load(slot: *const u64) -> Self {
        // SAFETY: the caller's promise; the read needs no alignment.
        V128::from_bytes(unsafe { slot.cast::<[u8; 16]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn store(self, slot: *mut u64) {
        // SAFETY: the caller's promise; the write needs no alignment.
        unsafe { slot.cast::<[u8; 16]>().write_unaligned(self.to_bytes()) }
    }

    #[inline(always)]
    fn from_acc(r: &Regs) -> Self {
        V128::from_bytes(vec_to_bytes(r.vec))
    }

    #[inline(always)]
    fn into_acc(self, r: &mut Regs) {
        r.vec = vec_from_bytes(self.to_bytes());
    }
}

/// Where a handler finds an operand: `FIELD` is its field in the field word,
/// `WORD` the word that would hold it as a constant.
pub(crate) trait Source {
    /// # Safety
    /// The registers stand at an instruction of the shape the handler is for.
    unsafe fn get<T: Cell>(r: &Regs, field: usize, word: usize) -> T;
    /// Constant words the operand takes.
    const WORDS: usize = 0;
}

/// The operand is in the slot its field names.
pub(crate) struct S;
/// The operand is in the accumulator of its type.
pub(crate) struct A;
/// The operand is a constant word.
pub(crate) struct K;

impl Source for S {
    #[inline(always)]
    unsafe fn get<T: Cell>(r: &Regs, field: usize, _: usize) -> T {
        // SAFETY: lowering names only slots of the frame.
        unsafe { T::load(r.slot(field)) }
    }
}

impl Source for A {
    #[inline(always)]
    unsafe fn get<T: Cell>(r: &Regs, _: usize, _: usize) -> T {
        T::from_acc(r)
    }
}

impl Source for K {
    const WORDS: usize = 1;

    #[inline(always)]
    unsafe fn get<T: Cell>(r: &Regs, _: usize, word: usize) -> T {
        // SAFETY: the form says that this word is part of the instruction.
        unsafe { T::load(r.ip.add(word)) }
    }
}

/// Whether a result is also written to the destination slot.
pub(crate) trait Dest {
    const KEEP: bool;
}

/// The result stays in the accumulator.
pub(crate) struct Acc;
/// The result is also written to the slot in field 0.
pub(crate) struct Keep;

impl Dest for Acc {
    const KEEP: bool = false;
}

impl Dest for Keep {
    const KEEP: bool = true;
}

impl Regs {
    /// Field `n` of the field word.
    ///
    /// # Safety
    /// `ip` is at an instruction that has a field word.
    #[inline(always)]
    pub(crate) unsafe fn field(&self, n: usize) -> usize {
        // SAFETY: an instruction has a head word and a field word.
        usize::from(unsafe { *self.ip.cast::<u16>().add(4 + n) })
    }

    /// The slot named by field `n`.
    ///
    /// # Safety
    /// As [`Regs::field`].
    #[inline(always)]
    pub(crate) unsafe fn slot(&self, n: usize) -> *mut u64 {
        // SAFETY: as above; lowering names only slots of the frame.
        unsafe { self.fp.add(self.field(n)) }
    }

    /// Word `n` of the instruction, the head being word 0.
    ///
    /// # Safety
    /// The instruction has that word.
    #[inline(always)]
    pub(crate) unsafe fn word(&self, n: usize) -> u64 {
        // SAFETY: the caller's promise.
        unsafe { *self.ip.add(n) }
    }

    /// The low half of word `n`, as a signed number.
    ///
    /// # Safety
    /// The instruction has that word.
    #[inline(always)]
    pub(crate) unsafe fn rel(&self, n: usize) -> isize {
        // SAFETY: the caller's promise.
        unsafe { *self.ip.add(n).cast::<i32>() as isize }
    }

    /// Leaves a result where the instruction wants it.
    ///
    /// # Safety
    /// As [`Regs::field`].
    #[inline(always)]
    pub(crate) unsafe fn put<T: Cell, D: Dest>(&mut self, value: T) {
        if D::KEEP {
            // SAFETY: field 0 names the destination slot.
            unsafe { value.store(self.slot(0)) };
        }
        value.into_acc(self);
    }

    /// Enters the block whose `charge` is at `ip`: pays for it, or reports
    /// that it cannot be paid. On success `ip` is behind the charge.
    ///
    /// # Safety
    /// `ip` is at a `charge`.
    #[inline(always)]
    #[must_use]
    pub(crate) unsafe fn enter(&mut self) -> bool {
        // SAFETY: a charge has its cost in word 1; the context outlives the run.
        unsafe {
            let cost = self.word(1);
            let (left, short) = (*self.cx).fuel.overflowing_sub(cost);
            if short {
                std::hint::cold_path();
                return false;
            }
            (*self.cx).fuel = left;
            self.ip = self.ip.add(2);
            true
        }
    }

    /// Puts the registers where the driver finds them and ends the run of
    /// handlers.
    ///
    /// # Safety
    /// The context outlives the run.
    #[inline(always)]
    pub(crate) unsafe fn exit(self, exit: Exit) -> u64 {
        // SAFETY: the caller's promise.
        unsafe { self.leave(exit as usize) }
    }

    /// Ends the run with a trap at this instruction.
    ///
    /// # Safety
    /// The context outlives the run.
    #[inline(always)]
    pub(crate) unsafe fn trap(self, trap: Trap) -> u64 {
        // SAFETY: the caller's promise.
        unsafe { self.leave(Exit::Trap as usize | (trap as usize) << 8) }
    }

    /// Ends the run with `code`, which takes the place of the memory's base:
    /// so this, too, is a jump.
    ///
    /// # Safety
    /// The context outlives the run.
    #[inline(always)]
    unsafe fn leave(self, code: usize) -> u64 {
        let code = std::ptr::without_provenance_mut(code);
        // SAFETY: the caller's promise.
        unsafe {
            leave(
                self.ip, self.fp, code, self.len, self.acc, self.cx, self.vec,
            )
        }
    }

    /// Ends the run with a trap because an address does not fit 64 bits. It
    /// differs from [`Regs::trap`] only in being another function: so the
    /// compiler keeps the two halves of a bounds check apart, each one
    /// compare and one branch, instead of computing both conditions first.
    ///
    /// # Safety
    /// The context outlives the run.
    #[inline(always)]
    pub(crate) unsafe fn trap_address(self) -> u64 {
        // SAFETY: the caller's promise.
        unsafe {
            leave_address(
                self.ip, self.fp, self.mem, self.len, self.acc, self.cx, self.vec,
            )
        }
    }
}

/// Saves the registers in the context; out of line so that handlers stay
/// small.
///
/// # Safety
/// `cx` is the context of the run.
#[cold]
#[inline(never)]
#[allow(
    improper_ctypes_definitions,
    reason = "a vector goes in a vector register"
)]
unsafe extern "C" fn leave(
    ip: *const u64,
    fp: *mut u64,
    code: *mut u8,
    _len: u64,
    acc: u64,
    cx: *mut Context,
    vec: Vec128,
) -> u64 {
    // SAFETY: the caller's promise.
    unsafe {
        (*cx).ip = ip;
        (*cx).fp = fp;
        (*cx).acc = acc;
        (*cx).vec = vec_to_bytes(vec);
    }
    code.addr() as u64
}

/// As [`leave`], with the trap of [`Regs::trap_address`].
///
/// # Safety
/// `cx` is the context of the run.
#[cold]
#[inline(never)]
#[allow(
    improper_ctypes_definitions,
    reason = "a vector goes in a vector register"
)]
unsafe extern "C" fn leave_address(
    ip: *const u64,
    fp: *mut u64,
    _mem: *mut u8,
    len: u64,
    acc: u64,
    cx: *mut Context,
    vec: Vec128,
) -> u64 {
    let code = Exit::Trap as usize | (Trap::MemoryOutOfBounds as usize) << 8;
    // SAFETY: the caller's promise.
    unsafe {
        leave(
            ip,
            fp,
            std::ptr::without_provenance_mut(code),
            len,
            acc,
            cx,
            vec,
        )
    }
}

/// Restores what [`leave`] saved.
pub(crate) fn vec_from_saved(bytes: [u8; 16]) -> Vec128 {
    vec_from_bytes(bytes)
}

/// The low 64 bits of the vector accumulator.
#[inline(always)]
pub(crate) fn low_of(vec: Vec128) -> u64 {
    register::to_low(vec)
}

/// A vector accumulator with these low 64 bits.
#[inline(always)]
pub(crate) fn with_low(low: u64) -> Vec128 {
    register::from_low(low)
}

/// Goes on with the instruction at `ip`.
#[cfg(threaded)]
macro_rules! next {
    ($r:ident) => {{
        // SAFETY: the word at `ip` is the address of a handler.
        unsafe {
            let handler = std::mem::transmute::<u64, $crate::interp::frame::Handler>(*$r.ip);
            handler($r.ip, $r.fp, $r.mem, $r.len, $r.acc, $r.cx, $r.vec)
        }
    }};
}

/// Goes on with the instruction at `ip`.
#[cfg(not(threaded))]
macro_rules! next {
    ($r:ident) => {{
        // SAFETY: the context outlives the run.
        unsafe { $crate::interp::frame::save($r) }
    }};
}

/// Stores the registers for the dispatch loop.
///
/// # Safety
/// The context outlives the run.
#[cfg(not(threaded))]
pub(crate) unsafe fn save(r: Regs) -> u64 {
    // SAFETY: the caller's promise.
    unsafe {
        (*r.cx).ip = r.ip;
        (*r.cx).fp = r.fp;
        (*r.cx).mem = r.mem;
        (*r.cx).len = r.len;
        (*r.cx).acc = r.acc;
        (*r.cx).vec = vec_to_bytes(r.vec);
    }
    CONTINUE
}

pub(crate) use next;
