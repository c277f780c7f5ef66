//! `lockstep.file_map`: the bytes of a file into memory, all of them or an error.
//!
//! To the guest it is a `pread` that is never short: after success the memory holds the bytes of the file, and the
//! memory belongs to the guest as before, to be read and written. What differs is what it costs. Where the file is one
//! of the host's (an object of a drive, a file of a mounted folder) and the offsets are multiples of a page, the engine
//! can map the file's pages copy-on-write instead of copying them; [`MapSource`] tells it whether.

use super::{Args, Call, Param};
use crate::abi::Guest;
use crate::ctx::WasiCtx;
use crate::errno::{Errno, Refusal, Stop};
use crate::fd::rights;
use crate::fs::NodeRef;
use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

/// `file_map(fd: i32, addr: ptr, len: size, offset: i64) -> errno`, imported from the module `lockstep`.
///
/// The answers: `EBADF` for what is no open, readable file; `EINVAL` if not all the bytes lie in the file; `EFAULT` if
/// not all of them fit in the memory at `addr`; nothing is written then. Descriptors keep their positions. Run through
/// [`Call::run`] it copies, which is always right.
pub const FILE_MAP: Call = Call {
    name: "file_map",
    params: &[Param::I32, Param::Ptr, Param::Ptr, Param::I64],
    answers: true,
    handler: file_map,
};

/// How the bytes of one `file_map` call can get into memory without being copied.
#[derive(Debug, Clone)]
pub struct MapSource {
    /// The file that holds the bytes.
    pub file: Arc<File>,
    /// Where in the file the pages to be mapped begin: a multiple of the page.
    pub file_offset: u64,
    /// Where in the memory they belong: both ends are multiples of the page. Not empty.
    pub memory: Range<u64>,
    /// What is left of the call when they are mapped, as arguments of [`FILE_MAP`]: less than a page.
    pub rest: [u64; 4],
}

impl MapSource {
    /// Checks a call of [`FILE_MAP`] with these arguments and a memory of `memory_size` bytes, and says how it can be
    /// done without copying by an engine that maps files in units of `page` bytes (which changes no result). `None`: by
    /// [`Call::run`] alone, which also gives the answer if the call is wrong.
    ///
    /// # Errors
    /// A [`Stop`] when the guest is not to go on.
    ///
    /// # Panics
    /// If `page` is 0.
    pub fn find(
        ctx: &WasiCtx,
        memory_size: u64,
        page: u64,
        args: [u64; 4],
    ) -> Result<Option<MapSource>, Stop> {
        let [fd, address, length, offset] = args;
        let node = match check(ctx, memory_size, Args(&args)) {
            Ok(node) => node,
            Err(Refusal::Errno(_)) => return Ok(None),
            Err(Refusal::Stop(stop)) => return Err(stop),
        };
        let whole = length - length % page;
        let (Some(file), true) = (
            node.host_file(),
            address.is_multiple_of(page) && offset.is_multiple_of(page) && whole > 0,
        ) else {
            return Ok(None);
        };
        let memory = address..address + whole;
        let rest = [fd, address + whole, length - whole, offset + whole];
        Ok(Some(MapSource {
            file,
            file_offset: offset,
            memory,
            rest,
        }))
    }
}

/// The file to read from, if the call is right.
fn check<'a>(ctx: &'a WasiCtx, memory_size: u64, args: Args<'_>) -> Result<&'a NodeRef, Refusal> {
    let (address, length) = (args.u64(1), args.u64(2));
    let node = ctx.table.get(args.u32(0))?.file(rights::FD_READ)?;
    let offset = u64::try_from(args.i64(3)).map_err(|_| Errno::Inval)?;
    let within = |start: u64, size: u64| start.checked_add(length).is_some_and(|end| end <= size);
    if !within(offset, node.stat()?.size) {
        return Err(Errno::Inval.into());
    }
    if !within(address, memory_size) {
        return Err(Errno::Fault.into());
    }
    Ok(node)
}

fn file_map(ctx: &mut WasiCtx, guest: &mut Guest<'_>, args: Args<'_>) -> Result<(), Refusal> {
    let node = check(ctx, guest.size(), args)?;
    let buffer = guest.slice_mut(args.u64(1), args.u64(2))?;
    let count = node.read_at(buffer, args.u64(3))?;
    if count < buffer.len() {
        // The file became shorter while the guest ran, which it must not.
        let error = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        return Err(Stop::host("read a mounted file to its end")(error));
    }
    Ok(())
}
