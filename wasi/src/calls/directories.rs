//! Listing directories, and the directories that were there from the start.

use super::Args;
use crate::abi::{Guest, PtrWidth};
use crate::ctx::WasiCtx;
use crate::errno::{Errno, Refusal};
use crate::fd::{Kind, rights};
use crate::fs::{DirEntry, FileType, NodeRef};

/// The size of a `dirent` without its name.
const DIRENT: usize = 24;

pub(super) fn fd_prestat_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let length = preopen(ctx, args.u32(0))?.len() as u64;
    // The tag of a directory is 0, and so are the gaps.
    let (record, length_at) = match guest.width() {
        PtrWidth::W32 => (&[0; 8][..], 4),
        PtrWidth::W64 => (&[0; 16][..], 8),
    };
    guest.write(args.u64(1), record)?;
    Ok(guest.write_size(args.u64(1) + length_at, length)?)
}

pub(super) fn fd_prestat_dir_name(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let name = preopen(ctx, args.u32(0))?;
    if args.u64(2) < name.len() as u64 {
        return Err(Errno::Nametoolong.into());
    }
    Ok(guest.write(args.u64(1), name.as_bytes())?)
}

fn preopen(ctx: &WasiCtx, fd: u32) -> Result<&str, Errno> {
    match &ctx.table.get(fd)?.kind {
        Kind::Dir {
            preopen: Some(name),
            ..
        } => Ok(name),
        _ => Err(Errno::Badf),
    }
}

/// Fills the buffer with entries, the last one cut where the buffer ends. A cookie is the number of an entry in the
/// listing that was taken when the directory was last read from its beginning.
pub(super) fn fd_readdir(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let descriptor = ctx.table.get_mut(args.u32(0))?;
    descriptor.dir(rights::FD_READDIR)?;
    guest.check_size(args.u64(4))?;
    let Kind::Dir {
        node,
        parent,
        listing,
        ..
    } = &mut descriptor.kind
    else {
        return Err(Errno::Notdir.into());
    };
    let cookie = args.u64(3);
    let buffer = guest.slice_mut(args.u64(1), args.u64(2))?;
    let listing = match listing {
        Some(listing) if cookie != 0 => listing,
        _ => listing.insert(list(node, *parent)?),
    };
    let start = usize::try_from(cookie)
        .unwrap_or(usize::MAX)
        .min(listing.len());
    let mut filled = 0;
    for (entry, next) in listing[start..].iter().zip(start as u64 + 1..) {
        let record = dirent(entry, next);
        for part in [&record, entry.name.as_bytes()] {
            let fits = part.len().min(buffer.len() - filled);
            buffer[filled..filled + fits].copy_from_slice(&part[..fits]);
            filled += fits;
        }
        if filled == buffer.len() {
            break;
        }
    }
    Ok(guest.write_size(args.u64(4), filled as u64)?)
}

fn list(node: &NodeRef, parent: u64) -> Result<Vec<DirEntry>, Refusal> {
    let dot = |name: &str, inode| DirEntry {
        name: name.to_owned(),
        inode,
        kind: FileType::Directory,
    };
    let mut listing = vec![dot(".", node.stat()?.inode), dot("..", parent)];
    listing.extend(node.entries()?);
    Ok(listing)
}

fn dirent(entry: &DirEntry, next: u64) -> [u8; DIRENT] {
    let mut record = [0; DIRENT];
    record[..8].copy_from_slice(&next.to_le_bytes());
    record[8..16].copy_from_slice(&entry.inode.to_le_bytes());
    // Names are at most 255 bytes long.
    record[16..20].copy_from_slice(&(entry.name.len() as u32).to_le_bytes());
    record[20] = entry.kind as u8;
    record
}
