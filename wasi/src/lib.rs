//! The guest's world: WASI preview 1 for 32- and 64-bit guests, with nothing in it that differs between machines.
//!
//! Rooms, in reading order:
//! - [`ctx`]: a world and its builder;
//! - [`abi`]: the guest's memory, its two pointer widths, and the layout of every record;
//! - [`errno`]: what a call answers, and what stops a run instead;
//! - [`calls`]: the table of all functions, and the functions by family;
//! - `fd`: descriptors and rights; [`fs`]: files, directories, and what they are made of;
//! - [`clock`], [`random`], [`stream`]: time, randomness, and the standard streams;
//! - [`link`]: the wiring to the engine.
//!
//! All but `link` knows no virtual machine: a call gets the world, the guest's memory as a slice of bytes, and
//! its arguments as numbers. What a run may depend on is stated where it is built: time is counted and not measured,
//! randomness is a seed's, listings are ordered, inode numbers and times of read-only files are fixed. The exceptions
//! have to be asked for by name ([`ClockSource::Host`], [`Missing::IsNotFound`], [`Drive::whole`], streams of the
//! host's) and say so.
//!
//! What is left to a guest's author to know: paths are UTF-8 and at most 4096 bytes long; a call takes at most 1024
//! iovecs and 4096 subscriptions; there are no sockets; signals can not be raised; sleeping passes virtual time at once.
//!
//! ```
//! use lockstep_wasi::{CALLS, Guest, PtrWidth, WasiCtx};
//! let mut world = WasiCtx::builder().arg("guest").build()?;
//! let mut memory = [0; 64];
//! memory[16..21].copy_from_slice(b"hello");
//! memory[0..8].copy_from_slice(&[16, 0, 0, 0, 5, 0, 0, 0]);
//! let fd_write = CALLS.iter().find(|call| call.name == "fd_write").unwrap();
//! let errno = fd_write.run(&mut world, &mut Guest::new(&mut memory, PtrWidth::W32), &[1, 0, 1, 32])?;
//! assert_eq!((errno.number(), memory[32], world.stdout()), (0, 5, &b"hello"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod abi;
pub mod calls;
pub mod clock;
pub mod ctx;
pub mod errno;
mod fd;
pub mod fs;
pub mod link;
pub mod random;
pub mod stream;

pub use abi::{Guest, PtrWidth};
pub use calls::{CALLS, Call, Param};
pub use clock::{Clock, ClockSource};
pub use ctx::{BuildError, WasiCtx, WasiCtxBuilder};
pub use errno::{Errno, Stop};
pub use fs::{Drive, HostFolder, Missing, Scratch};
pub use stream::{Input, Output};
