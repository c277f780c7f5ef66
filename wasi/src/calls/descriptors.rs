//! What is known about a descriptor, and what can be changed about it.

use super::Args;
use crate::abi::Guest;
use crate::ctx::WasiCtx;
use crate::errno::{Errno, Refusal};
use crate::fd::{Kind, flags, rights};
use crate::fs::{FileType, NewTimes, Stat};

/// Which times to set, as in the standard.
const ATIM: u16 = 1 << 0;
const ATIM_NOW: u16 = 1 << 1;
const MTIM: u16 = 1 << 2;
const MTIM_NOW: u16 = 1 << 3;

/// The device number of the standard streams, which are on no mount.
const STREAM_DEVICE: u64 = 0;

pub(super) fn fd_close(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    ctx.table.remove(args.u32(0))?;
    Ok(())
}

pub(super) fn fd_renumber(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    Ok(ctx.table.renumber(args.u32(0), args.u32(1))?)
}

pub(super) fn fd_fdstat_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let descriptor = ctx.table.get(args.u32(0))?;
    let kind = match &descriptor.kind {
        Kind::Stdin | Kind::Output { .. } => ctx.stream_type,
        Kind::File { .. } => FileType::RegularFile,
        Kind::Dir { .. } => FileType::Directory,
    };
    let mut record = [0; 24];
    record[0] = kind as u8;
    record[2..4].copy_from_slice(&descriptor.flags.to_le_bytes());
    record[8..16].copy_from_slice(&descriptor.base.to_le_bytes());
    record[16..].copy_from_slice(&descriptor.inheriting.to_le_bytes());
    Ok(guest.write(args.u64(1), &record)?)
}

pub(super) fn fd_fdstat_set_flags(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let descriptor = ctx.table.get_mut(args.u32(0))?;
    descriptor.need(rights::FD_FDSTAT_SET_FLAGS)?;
    descriptor.flags = args.flags(1, flags::ALL)?;
    Ok(())
}

/// Rights can be given up and not taken back.
pub(super) fn fd_fdstat_set_rights(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let descriptor = ctx.table.get_mut(args.u32(0))?;
    let (base, inheriting) = (args.u64(1), args.u64(2));
    if base & !descriptor.base != 0 || inheriting & !descriptor.inheriting != 0 {
        return Err(Errno::Notcapable.into());
    }
    (descriptor.base, descriptor.inheriting) = (base, inheriting);
    Ok(())
}

pub(super) fn fd_filestat_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let fd = args.u32(0);
    let stat = match ctx.table.get(fd)?.node(rights::FD_FILESTAT_GET)? {
        Some(node) => node.stat()?,
        None => Stat {
            device: STREAM_DEVICE,
            inode: u64::from(fd),
            kind: ctx.stream_type,
            links: 1,
            size: 0,
            accessed: 0,
            modified: 0,
            changed: 0,
        },
    };
    Ok(write_stat(guest, args.u64(1), &stat)?)
}

pub(super) fn fd_filestat_set_times(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let times = new_times(ctx, args, 1)?;
    match ctx
        .table
        .get(args.u32(0))?
        .node(rights::FD_FILESTAT_SET_TIMES)?
    {
        Some(node) => node.set_times(times, ctx.clock.now()),
        None => Err(Errno::Inval.into()),
    }
}

pub(super) fn write_stat(guest: &mut Guest<'_>, pointer: u64, stat: &Stat) -> Result<(), Errno> {
    let mut record = [0; 64];
    let numbers = [
        (0, stat.device),
        (8, stat.inode),
        (16, u64::from(stat.kind as u8)),
        (24, stat.links),
        (32, stat.size),
        (40, stat.accessed),
        (48, stat.modified),
        (56, stat.changed),
    ];
    for (offset, number) in numbers {
        record[offset..offset + 8].copy_from_slice(&number.to_le_bytes());
    }
    guest.write(pointer, &record)
}

/// The times that a call asks to set: the arguments from `first` on are access time, modification time and flags.
pub(super) fn new_times(ctx: &WasiCtx, args: Args<'_>, first: usize) -> Result<NewTimes, Errno> {
    let flags = args.flags(first + 2, ATIM | ATIM_NOW | MTIM | MTIM_NOW)?;
    let now = ctx.clock.now();
    let time =
        |given: u16, take_now: u16, value: u64| match (flags & given != 0, flags & take_now != 0) {
            (true, true) => Err(Errno::Inval),
            (true, false) => Ok(Some(value)),
            (false, true) => Ok(Some(now)),
            (false, false) => Ok(None),
        };
    Ok(NewTimes {
        accessed: time(ATIM, ATIM_NOW, args.u64(first))?,
        modified: time(MTIM, MTIM_NOW, args.u64(first + 1))?,
    })
}
