//! What is done to files by their paths.

use super::Args;
use super::descriptors::{new_times, write_stat};
use crate::abi::Guest;
use crate::ctx::WasiCtx;
use crate::errno::{Errno, Refusal};
use crate::fd::rights;
use crate::fs::resolve::{LastLink, Place, resolve};
use crate::fs::{FileType, NodeRef};

/// The only flag of a lookup: a symbolic link at the path's end is followed.
const SYMLINK_FOLLOW: u16 = 1 << 0;

/// The directory that a path starts from, if the descriptor has the right for it.
pub(super) fn start(ctx: &WasiCtx, fd: u32, right: u64) -> Result<NodeRef, Errno> {
    ctx.table.get(fd)?.dir(right).cloned()
}

/// Whether a last link is followed: as the flags say, and always if a slash says that a directory is meant.
pub(super) fn follow(args: Args<'_>, flags: usize, path: &str) -> Result<LastLink, Errno> {
    let follow = args.flags(flags, SYMLINK_FOLLOW)? != 0 || path.ends_with('/');
    Ok(if follow {
        LastLink::Follow
    } else {
        LastLink::Keep
    })
}

/// Resolves the path at argument `path` against the descriptor at argument `fd`, without following a last link.
fn keep(
    ctx: &WasiCtx,
    guest: &Guest<'_>,
    args: Args<'_>,
    fd: usize,
    path: usize,
    right: u64,
) -> Result<Place, Refusal> {
    let from = start(ctx, args.u32(fd), right)?;
    let path = guest.path(args.u64(path), args.u64(path + 1))?;
    resolve(&from, &path, LastLink::Keep)
}

pub(super) fn path_create_directory(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let place = keep(ctx, guest, args, 0, 1, rights::PATH_CREATE_DIRECTORY)?;
    if place.node.is_some() {
        return Err(Errno::Exist.into());
    }
    place
        .parent
        .create_directory(place.entry()?, ctx.clock.now())
}

pub(super) fn path_filestat_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let from = start(ctx, args.u32(0), rights::PATH_FILESTAT_GET)?;
    let path = guest.path(args.u64(2), args.u64(3))?;
    let place = resolve(&from, &path, follow(args, 1, &path)?)?;
    let stat = place.existing()?.stat()?;
    Ok(write_stat(guest, args.u64(4), &stat)?)
}

pub(super) fn path_filestat_set_times(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let from = start(ctx, args.u32(0), rights::PATH_FILESTAT_SET_TIMES)?;
    let path = guest.path(args.u64(2), args.u64(3))?;
    let times = new_times(ctx, args, 4)?;
    let place = resolve(&from, &path, follow(args, 1, &path)?)?;
    place.existing()?.set_times(times, ctx.clock.now())
}

/// Links are made to what a path names and not to what it leads to: following is `EINVAL`.
pub(super) fn path_link(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    if args.flags(1, SYMLINK_FOLLOW)? != 0 {
        return Err(Errno::Inval.into());
    }
    let source = keep(ctx, guest, args, 0, 2, rights::PATH_LINK_SOURCE)?;
    let target = keep(ctx, guest, args, 4, 5, rights::PATH_LINK_TARGET)?;
    let linked = source.existing()?;
    if linked.stat()?.kind == FileType::Directory {
        return Err(Errno::Perm.into());
    }
    new_entry(&target)?;
    target
        .parent
        .link(target.entry()?, linked.as_ref(), ctx.clock.now())
}

pub(super) fn path_readlink(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let place = keep(ctx, guest, args, 0, 1, rights::PATH_READLINK)?;
    guest.check_size(args.u64(5))?;
    let target = place.existing()?.read_link()?;
    let buffer = guest.slice_mut(args.u64(3), args.u64(4))?;
    let count = target.len().min(buffer.len());
    buffer[..count].copy_from_slice(&target.as_bytes()[..count]);
    Ok(guest.write_size(args.u64(5), count as u64)?)
}

pub(super) fn path_remove_directory(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let place = keep(ctx, guest, args, 0, 1, rights::PATH_REMOVE_DIRECTORY)?;
    if place.existing()?.stat()?.kind != FileType::Directory {
        return Err(Errno::Notdir.into());
    }
    place
        .parent
        .remove_directory(place.entry()?, ctx.clock.now())
}

pub(super) fn path_rename(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let old = keep(ctx, guest, args, 0, 1, rights::PATH_RENAME_SOURCE)?;
    let new = keep(ctx, guest, args, 3, 4, rights::PATH_RENAME_TARGET)?;
    let is_dir = old.existing()?.stat()?.kind == FileType::Directory;
    if new.slash && !is_dir {
        return Err(Errno::Notdir.into());
    }
    // A mount point can be neither moved nor replaced; that it is one shows in its directory, which the old name's
    // directory is asked about by the rename itself.
    new.parent.check_replaceable(new.entry()?)?;
    old.parent.rename(
        old.entry()?,
        new.parent.as_ref(),
        new.entry()?,
        ctx.clock.now(),
    )
}

pub(super) fn path_symlink(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let target = guest.path(args.u64(0), args.u64(1))?;
    let place = keep(ctx, guest, args, 2, 3, rights::PATH_SYMLINK)?;
    if target.is_empty() {
        return Err(Errno::Noent.into());
    }
    // No path may lead to an absolute one, so a link to one is of no use but to confuse.
    if target.starts_with('/') {
        return Err(Errno::Perm.into());
    }
    new_entry(&place)?;
    place
        .parent
        .create_symlink(place.entry()?, &target, ctx.clock.now())
}

pub(super) fn path_unlink_file(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let place = keep(ctx, guest, args, 0, 1, rights::PATH_UNLINK_FILE)?;
    if place.existing()?.stat()?.kind == FileType::Directory {
        return Err(Errno::Isdir.into());
    }
    place.parent.unlink_file(place.entry()?, ctx.clock.now())
}

/// A name for something that is not a directory: nothing has it yet, and no slash says that it is to be one.
fn new_entry(place: &Place) -> Result<(), Errno> {
    match (&place.node, place.slash) {
        (Some(_), _) => Err(Errno::Exist),
        (None, true) => Err(Errno::Noent),
        (None, false) => Ok(()),
    }
}
