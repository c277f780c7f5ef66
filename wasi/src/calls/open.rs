//! Opening files and directories.

use super::Args;
use super::paths::{follow, start};
use crate::abi::Guest;
use crate::ctx::WasiCtx;
use crate::errno::{Errno, Refusal};
use crate::fd::{Descriptor, Kind, flags, rights};
use crate::fs::resolve::{LastLink, Place, resolve};
use crate::fs::{FileType, NodeRef};

/// Flags of opening, as in the standard.
const CREAT: u16 = 1 << 0;
const DIRECTORY: u16 = 1 << 1;
const EXCL: u16 = 1 << 2;
const TRUNC: u16 = 1 << 3;

/// What the guest asks for.
struct Wish {
    flags: u16,
    read_write: u64,
    inheriting: u64,
    descriptor_flags: u16,
}

impl Wish {
    fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    fn writes(&self) -> bool {
        self.read_write & rights::FD_WRITE != 0
    }
}

pub(super) fn path_open(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let directory = ctx.table.get(args.u32(0))?;
    directory.dir(rights::PATH_OPEN)?;
    let wish = Wish {
        flags: args.flags(4, CREAT | DIRECTORY | EXCL | TRUNC)?,
        read_write: args.u64(5) & (rights::FD_READ | rights::FD_WRITE) & directory.inheriting,
        inheriting: directory.inheriting,
        descriptor_flags: args.flags(7, flags::ALL)?,
    };
    if wish.has(CREAT) {
        directory.need(rights::PATH_CREATE_FILE)?;
        if wish.has(DIRECTORY) {
            return Err(Errno::Inval.into());
        }
    }
    if wish.has(TRUNC) && directory.need(rights::PATH_FILESTAT_SET_SIZE).is_err() {
        return Err(Errno::Perm.into());
    }
    // All that can fail because of the guest fails before a file is made or cut.
    guest.slice(args.u64(8), 4)?;
    ctx.table.free()?;
    let path = guest.path(args.u64(2), args.u64(3))?;
    let exclusive = wish.has(CREAT) && wish.has(EXCL);
    let last = if exclusive {
        LastLink::Keep
    } else {
        follow(args, 1, &path)?
    };
    let from = start(ctx, args.u32(0), rights::PATH_OPEN)?;
    let place = resolve(&from, &path, last)?;
    let (node, kind) = find_or_create(ctx, &place, &wish)?;
    let descriptor = describe(ctx, args.u32(0), &place, node, kind, &wish)?;
    let fd = ctx.table.insert(descriptor)?;
    Ok(guest.write(args.u64(8), &fd.to_le_bytes())?)
}

fn find_or_create(
    ctx: &WasiCtx,
    place: &Place,
    wish: &Wish,
) -> Result<(NodeRef, FileType), Refusal> {
    let now = ctx.clock.now();
    let Some(node) = &place.node else {
        if !wish.has(CREAT) {
            return Err(Errno::Noent.into());
        }
        if place.slash {
            return Err(Errno::Isdir.into());
        }
        return Ok((
            place.parent.create_file(place.entry()?, now)?,
            FileType::RegularFile,
        ));
    };
    if wish.has(CREAT) && wish.has(EXCL) {
        return Err(Errno::Exist.into());
    }
    let kind = node.stat()?.kind;
    match kind {
        FileType::Directory if wish.writes() || wish.has(CREAT | TRUNC) => {
            return Err(Errno::Isdir.into());
        }
        FileType::Directory => {}
        FileType::SymbolicLink => return Err(Errno::Loop.into()),
        _ if wish.has(DIRECTORY) => return Err(Errno::Notdir.into()),
        _ if (wish.writes() || wish.has(TRUNC)) && !node.writable() => {
            return Err(Errno::Rofs.into());
        }
        _ if wish.has(TRUNC) => node.set_size(0, now)?,
        _ => {}
    }
    Ok((node.clone(), kind))
}

fn describe(
    ctx: &WasiCtx,
    from: u32,
    place: &Place,
    node: NodeRef,
    kind: FileType,
    wish: &Wish,
) -> Result<Descriptor, Refusal> {
    if kind != FileType::Directory {
        let mode = rights::FD_READ | rights::WRITING;
        let writing = if wish.writes() { rights::WRITING } else { 0 };
        let base = (rights::FILE & !mode | wish.read_write | writing) & wish.inheriting;
        let kind = Kind::File { node, position: 0 };
        return Ok(Descriptor {
            kind,
            base,
            inheriting: 0,
            flags: wish.descriptor_flags,
        });
    }
    // Above the directory that the path starts from, only that directory itself knows what lies.
    let parent = match (&place.name, &ctx.table.get(from)?.kind) {
        (
            None,
            Kind::Dir {
                node: start,
                parent,
                ..
            },
        ) if start.stat()?.inode == node.stat()?.inode => *parent,
        _ => place.parent.stat()?.inode,
    };
    let base = rights::DIRECTORY & wish.inheriting;
    let kind = Kind::Dir {
        node,
        parent,
        preopen: None,
        listing: None,
    };
    Ok(Descriptor {
        kind,
        base,
        inheriting: wish.inheriting,
        flags: wish.descriptor_flags,
    })
}
