//! One file of machine code: put together, and taken apart again.
//!
//! A file is believed only after every byte of it was hashed and every table
//! checked. The hash finds damage, and nothing else: whoever can write the file
//! can write a hash that fits. So a file must be the user's own, with nobody
//! else allowed to write it, and so must its folder be; and since files are
//! never written in place but renamed into it, what was hashed is what is
//! mapped.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::error::CacheError;
use super::header::{self, PAGE, Parts, Unfit};
use super::key::Key;
use super::tables;
use super::user;
use crate::compiled::kept::{CodeFile, Kept};
use crate::jit::native::Native;

/// Bytes that are read and hashed at once.
const PIECE: usize = 1 << 20;

/// A file that was found good.
pub(super) struct Good {
    pub(super) code: CodeFile,
    pub(super) functions: Vec<Kept<Native>>,
}

/// The bytes of a file with this code and these tables.
pub(super) fn build(key: &Key, code: &[u8], tables: &[u8]) -> Vec<u8> {
    let mut parts = Parts {
        code_len: code.len() as u64,
        tables_len: tables.len() as u64,
        hash: [0; 32],
    };
    let mut bytes = Vec::with_capacity(parts.file_len() as usize);
    bytes.extend_from_slice(&header::write(key, &parts));
    bytes.extend_from_slice(code);
    bytes.resize((PAGE + parts.code_room()) as usize, 0);
    bytes.extend_from_slice(tables);
    let (page, rest) = bytes
        .split_first_chunk_mut::<{ PAGE as usize }>()
        .expect("the header was written");
    parts.hash = *header::hasher(page).update(rest).finalize().as_bytes();
    *page = header::write(key, &parts);
    bytes
}

/// Why code from something with these rights must not be run.
pub(super) fn exposed(metadata: &std::fs::Metadata) -> Option<&'static str> {
    if metadata.uid() != user::current() {
        return Some("it belongs to another user");
    }
    (metadata.mode() & 0o022 != 0).then_some("others may write to it (chmod go-w takes that away)")
}

/// Opens a file if it is there and safe. Links are not followed, and a pipe is
/// not waited for.
fn open(path: &Path) -> Result<Option<(File, u64)>, CacheError> {
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) if error.raw_os_error() == Some(libc::ELOOP) => {
            return Err(CacheError::damaged(path, "it is a link, not a file"));
        }
        Err(error) => return Err(CacheError::io("open", path)(error)),
    };
    let metadata = file.metadata().map_err(CacheError::io("look at", path))?;
    if !metadata.is_file() {
        return Err(CacheError::damaged(path, "it is not a file"));
    }
    match exposed(&metadata) {
        Some(why) => Err(CacheError::Exposed {
            path: path.to_owned(),
            why,
        }),
        None => Ok(Some((file, metadata.len()))),
    }
}

/// Reads and checks the file at `path`, which is to be for `key` and a module
/// that defines `count` functions. None if there is no file.
pub(super) fn read(path: &Path, key: &Key, count: usize) -> Result<Option<Good>, CacheError> {
    let Some((file, len)) = open(path)? else {
        return Ok(None);
    };
    let unreadable = || CacheError::io("read", path);
    let damaged = |why: String| CacheError::damaged(path, why);
    if len < PAGE {
        return Err(damaged(format!("it ends after {len} bytes")));
    }
    let mut page = [0; PAGE as usize];
    file.read_exact_at(&mut page, 0).map_err(unreadable())?;
    let parts = header::read(&page, key).map_err(|unfit| match unfit {
        Unfit::Damaged(why) => damaged(why.to_owned()),
        Unfit::Foreign(what) => CacheError::Foreign {
            path: path.to_owned(),
            what,
        },
    })?;
    let wanted = parts.file_len();
    if len != wanted {
        let why = format!("it has {len} bytes, and its header says {wanted}");
        return Err(damaged(why));
    }
    let mut hasher = header::hasher(&page);
    let mut piece = vec![0; PIECE];
    let behind = PAGE + parts.code_room();
    let mut at = PAGE;
    while at < behind {
        let piece = &mut piece[..PIECE.min((behind - at) as usize)];
        file.read_exact_at(piece, at).map_err(unreadable())?;
        hasher.update(piece);
        at += piece.len() as u64;
    }
    let mut tables = vec![0; parts.tables_len as usize];
    file.read_exact_at(&mut tables, behind)
        .map_err(unreadable())?;
    if hasher.update(&tables).finalize() != parts.hash {
        return Err(damaged("its hash is not that of its content".to_owned()));
    }
    let functions = tables::read(&tables, count, parts.code_len)
        .map_err(|why| damaged(format!("its hash is good, but {why}")))?;
    let code = CodeFile {
        file,
        at: PAGE,
        len: parts.code_len,
    };
    Ok(Some(Good { code, functions }))
}
