//! Reading and writing open files and the standard streams.

use super::Args;
use crate::abi::Guest;
use crate::ctx::WasiCtx;
use crate::errno::{Errno, Refusal};
use crate::fd::{Kind, flags, rights};
use crate::fs::{MAX_OFFSET, NodeRef};

pub(super) fn fd_read(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let descriptor = ctx.table.get_mut(args.u32(0))?;
    descriptor.need(rights::FD_READ)?;
    let iovecs = guest.iovecs(args.u64(1), args.u64(2))?;
    guest.check_size(args.u64(3))?;
    let count = match &mut descriptor.kind {
        Kind::Stdin => read_each(guest, &iovecs, |buffer, _| ctx.stdin.read(buffer))?,
        Kind::File { node, position } => {
            let count = read_node(guest, node, &iovecs, *position)?;
            *position += count;
            count
        }
        Kind::Output { .. } | Kind::Dir { .. } => return Err(Errno::Badf.into()),
    };
    Ok(guest.write_size(args.u64(3), count)?)
}

pub(super) fn fd_pread(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let node = ctx.table.get(args.u32(0))?.file(rights::FD_READ)?;
    let iovecs = guest.iovecs(args.u64(1), args.u64(2))?;
    guest.check_size(args.u64(4))?;
    let count = read_node(guest, node, &iovecs, offset(args.i64(3))?)?;
    Ok(guest.write_size(args.u64(4), count)?)
}

pub(super) fn fd_write(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let descriptor = ctx.table.get_mut(args.u32(0))?;
    descriptor.need(rights::FD_WRITE)?;
    let iovecs = guest.iovecs(args.u64(1), args.u64(2))?;
    guest.check_size(args.u64(3))?;
    let append = descriptor.flags & flags::APPEND != 0;
    let count = match &mut descriptor.kind {
        Kind::Output { error } => {
            let output = if *error {
                &mut ctx.stderr
            } else {
                &mut ctx.stdout
            };
            write_each(guest, &iovecs, |data, _| output.write(data))?
        }
        Kind::File { node, position } => {
            let start = if append { node.stat()?.size } else { *position };
            let now = ctx.clock.now();
            let count = write_each(guest, &iovecs, |data, at| {
                node.write_at(data, start.saturating_add(at), now)
            })?;
            *position = start + count;
            count
        }
        Kind::Stdin | Kind::Dir { .. } => return Err(Errno::Badf.into()),
    };
    Ok(guest.write_size(args.u64(3), count)?)
}

/// Writes at the offset even if the file was opened for appending, as POSIX says.
pub(super) fn fd_pwrite(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let node = ctx.table.get(args.u32(0))?.file(rights::FD_WRITE)?;
    let iovecs = guest.iovecs(args.u64(1), args.u64(2))?;
    guest.check_size(args.u64(4))?;
    let (start, now) = (offset(args.i64(3))?, ctx.clock.now());
    let count = write_each(guest, &iovecs, |data, at| {
        node.write_at(data, start.saturating_add(at), now)
    })?;
    Ok(guest.write_size(args.u64(4), count)?)
}

pub(super) fn fd_seek(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let descriptor = ctx.table.get_mut(args.u32(0))?;
    // Asking where one is changes nothing, and needs only the right to tell.
    let asks = args.i64(1) == 0 && args.u32(2) == 1;
    descriptor.file(if asks {
        rights::FD_TELL
    } else {
        rights::FD_SEEK
    })?;
    // Positions are u64 in every guest.
    guest.slice(args.u64(3), 8)?;
    let Kind::File { node, position } = &mut descriptor.kind else {
        return Err(Errno::Badf.into());
    };
    let from = match args.u32(2) {
        0 => 0,
        1 => *position,
        2 => node.stat()?.size,
        _ => return Err(Errno::Inval.into()),
    };
    let target = from
        .checked_add_signed(args.i64(1))
        .filter(|&target| target <= MAX_OFFSET);
    *position = target.ok_or(Errno::Inval)?;
    Ok(guest.write(args.u64(3), &position.to_le_bytes())?)
}

pub(super) fn fd_tell(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let descriptor = ctx.table.get(args.u32(0))?;
    descriptor.file(rights::FD_TELL)?;
    let Kind::File { position, .. } = &descriptor.kind else {
        return Err(Errno::Badf.into());
    };
    Ok(guest.write(args.u64(1), &position.to_le_bytes())?)
}

/// Advice changes nothing here.
pub(super) fn fd_advise(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    ctx.table.get(args.u32(0))?.file(rights::FD_ADVISE)?;
    let (start, length) = (args.i64(1), args.i64(2));
    if start < 0 || length < 0 || start.checked_add(length).is_none() || args.u32(3) > 5 {
        return Err(Errno::Inval.into());
    }
    Ok(())
}

/// Makes sure that the file reaches so far; it never gets shorter.
pub(super) fn fd_allocate(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let node = ctx.table.get(args.u32(0))?.file(rights::FD_ALLOCATE)?;
    let (start, length) = (offset(args.i64(1))?, offset(args.i64(2))?);
    if length == 0 {
        return Err(Errno::Inval.into());
    }
    let end = start.saturating_add(length);
    if end > MAX_OFFSET {
        return Err(Errno::Fbig.into());
    }
    if end > node.stat()?.size {
        node.set_size(end, ctx.clock.now())?;
    }
    Ok(())
}

pub(super) fn fd_filestat_set_size(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let node = ctx
        .table
        .get(args.u32(0))?
        .file(rights::FD_FILESTAT_SET_SIZE)?;
    node.set_size(offset(args.i64(1))?, ctx.clock.now())
}

/// Nothing is held back, so there is nothing to flush.
pub(super) fn fd_sync(ctx: &mut WasiCtx, _: &mut Guest<'_>, args: Args<'_>) -> Result<(), Refusal> {
    Ok(ctx.table.get(args.u32(0))?.need(rights::FD_SYNC)?)
}

/// As [`fd_sync`].
pub(super) fn fd_datasync(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let descriptor = ctx.table.get(args.u32(0))?;
    match &descriptor.kind {
        Kind::Dir { .. } => Err(Errno::Badf.into()),
        _ => Ok(descriptor.need(rights::FD_DATASYNC)?),
    }
}

fn offset(signed: i64) -> Result<u64, Errno> {
    u64::try_from(signed).map_err(|_| Errno::Inval)
}

fn read_node(
    guest: &mut Guest<'_>,
    node: &NodeRef,
    iovecs: &[(u64, u64)],
    start: u64,
) -> Result<u64, Refusal> {
    read_each(guest, iovecs, |buffer, at| {
        node.read_at(buffer, start.saturating_add(at))
    })
}

/// Fills the buffers one after the other until one stays short. `read` gets a buffer and the count so far. A failure
/// after some bytes is not lost: the next call meets it again.
fn read_each(
    guest: &mut Guest<'_>,
    iovecs: &[(u64, u64)],
    mut read: impl FnMut(&mut [u8], u64) -> Result<usize, Refusal>,
) -> Result<u64, Refusal> {
    transfer(iovecs, |pointer, length, total| {
        read(guest.slice_mut(pointer, length)?, total)
    })
}

/// As [`read_each`], the other way round.
fn write_each(
    guest: &Guest<'_>,
    iovecs: &[(u64, u64)],
    mut write: impl FnMut(&[u8], u64) -> Result<usize, Refusal>,
) -> Result<u64, Refusal> {
    transfer(iovecs, |pointer, length, total| {
        write(guest.slice(pointer, length)?, total)
    })
}

fn transfer(
    iovecs: &[(u64, u64)],
    mut step: impl FnMut(u64, u64, u64) -> Result<usize, Refusal>,
) -> Result<u64, Refusal> {
    let mut total = 0;
    for &(pointer, length) in iovecs.iter().filter(|(_, length)| *length > 0) {
        let count = match step(pointer, length, total) {
            Ok(count) => count as u64,
            Err(Refusal::Errno(_)) if total > 0 => break,
            Err(other) => return Err(other),
        };
        total += count;
        if count < length {
            break;
        }
    }
    Ok(total)
}
