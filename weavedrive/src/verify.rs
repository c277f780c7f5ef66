//! Looking an object over again: every byte is read and hashed, and damage is located.

use crate::chunk::{MAX_CHUNK, chunk_bounds};
use crate::error::{Error, io};
use crate::id::Id;
use crate::ingest::Progress;
use crate::merkle::{Chunk, Tree, sha256};
use crate::store::Store;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// What [`Store::verify`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The object.
    pub id: Id,
    /// The number of bytes it should have.
    pub length: u64,
    /// The number of bytes its file has.
    pub found_length: u64,
    /// The byte ranges of the chunks that are wrong or missing, in order. Neighbours are joined. If the list of chunk
    /// hashes is damaged as well, damage can not be located and the range is the whole object.
    pub bad: Vec<Range<u64>>,
    /// How many chunks are wrong or missing; 0 if damage could not be located.
    pub bad_chunks: u64,
    /// The list of chunk hashes is whole. Without it the object can be read and verified, but damage not located.
    pub chunk_list_sound: bool,
}

impl Report {
    /// Whether every byte is what it should be and there is none too many.
    pub fn is_sound(&self) -> bool {
        self.bad.is_empty() && self.length == self.found_length
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.id)?;
        if self.found_length != self.length {
            write!(
                f,
                "{} bytes instead of {}; ",
                self.found_length, self.length
            )?;
        }
        match self.bad.first() {
            None => write!(f, "all {} bytes are sound", self.length)?,
            Some(first) if self.bad_chunks > 0 => {
                let chunk = first.start / MAX_CHUNK as u64;
                let count = self.bad_chunks;
                write!(
                    f,
                    "{count} bad chunks, the first is chunk {chunk} (bytes {}..{})",
                    first.start, first.end
                )?;
            }
            Some(_) => write!(
                f,
                "wrong bytes, and no sound list of chunks to locate them by"
            )?,
        }
        if self.bad.is_empty() && !self.chunk_list_sound {
            write!(f, " (the list of chunk hashes is damaged)")?;
        }
        Ok(())
    }
}

impl Store {
    /// Reads and hashes all of an object's bytes. Changes nothing. `progress` is called after each chunk.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Damaged`] if there is no readable record or no data to look at; [`Error::Io`] if
    /// the disk fails. Wrong, missing or surplus bytes are not an error but the report's content.
    pub fn verify(&self, id: &Id, progress: &mut dyn FnMut(Progress)) -> Result<Report, Error> {
        let length = self.record(id)?.length;
        let path = self.folder(id).join("data");
        let file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(Error::Damaged {
                    id: *id,
                    what: "its data file is missing".to_owned(),
                });
            }
            other => other.map_err(io("open", &path))?,
        };
        let found_length = file.metadata().map_err(io("look at", &path))?.len();
        // A record with an absurd length must not keep us busy: what the file can not hold is one missing range.
        let looked_at = length.min(found_length.saturating_add(MAX_CHUNK as u64));
        let found = read_chunks(&file, length, looked_at, progress).map_err(io("read", &path))?;
        let listed = read_list(&self.folder(id).join("chunks"), id, length)?;
        let mut report = Report {
            id: *id,
            length,
            found_length,
            bad: Vec::new(),
            bad_chunks: 0,
            chunk_list_sound: listed.is_some(),
        };
        match listed {
            Some(listed) => report.compare(&found, &listed),
            None if root_of(&found, length) == Some(*id) => {}
            None => report.bad.push(0..length),
        }
        Ok(report)
    }
}

impl Report {
    fn compare(&mut self, found: &[Found], listed: &[Chunk]) {
        let mut start = 0;
        for (i, chunk) in listed.iter().enumerate() {
            let same = found
                .get(i)
                .is_some_and(|found| found.hash == Some(chunk.hash));
            if !same {
                self.bad_chunks += 1;
                match self.bad.last_mut() {
                    Some(last) if last.end == start => last.end = chunk.end,
                    _ => self.bad.push(start..chunk.end),
                }
            }
            start = chunk.end;
        }
    }
}

struct Found {
    end: u64,
    /// `None` if the file ends before the chunk does.
    hash: Option<[u8; 32]>,
}

fn read_chunks(
    file: &File,
    length: u64,
    looked_at: u64,
    progress: &mut dyn FnMut(Progress),
) -> std::io::Result<Vec<Found>> {
    let mut buffer = vec![0; MAX_CHUNK];
    let mut found = Vec::new();
    for range in chunk_bounds(length).take_while(|range| range.end <= looked_at) {
        let bytes = &mut buffer[..(range.end - range.start) as usize];
        let hash = match file.read_exact_at(bytes, range.start) {
            Ok(()) => Some(sha256(&[bytes])),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => None,
            Err(error) => return Err(error),
        };
        found.push(Found {
            end: range.end,
            hash,
        });
        progress(Progress {
            done: range.end,
            total: Some(length),
        });
    }
    Ok(found)
}

fn root_of(found: &[Found], length: u64) -> Option<Id> {
    let chunks: Option<Vec<Chunk>> = found
        .iter()
        .map(|found| {
            Some(Chunk {
                hash: found.hash?,
                end: found.end,
            })
        })
        .collect();
    let tree = Tree::from_chunks(chunks?);
    (tree.length() == length).then(|| tree.root())
}

/// The list of chunk hashes, if it is the one that the object's id stands for.
fn read_list(path: &Path, id: &Id, length: u64) -> Result<Option<Vec<Chunk>>, Error> {
    let size = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(io("look at", path))?.len(),
    };
    // The largest count of chunks that the length allows bounds what is read.
    let most = (length / MAX_CHUNK as u64 + 2).saturating_mul(32);
    if size > most || size % 32 != 0 {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(io("open", path))?;
    file.take(most)
        .read_to_end(&mut bytes)
        .map_err(io("read", path))?;
    let (hashes, _) = bytes.as_chunks::<32>();
    let chunks: Vec<Chunk> = chunk_bounds(length)
        .zip(hashes)
        .map(|(range, hash)| Chunk {
            hash: *hash,
            end: range.end,
        })
        .collect();
    let tree = Tree::from_chunks(chunks);
    let sound =
        tree.root() == *id && tree.length() == length && tree.chunks().len() == hashes.len();
    Ok(sound.then(|| tree.chunks().to_vec()))
}
