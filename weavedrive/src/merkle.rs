//! The Merkle tree over the chunks of some data, and the making of proofs.
//!
//! With `H` = SHA-256 and a *note* = an end offset as 32 bytes, big-endian:
//! - a leaf's id is `H(H(chunk hash) || H(note))`, the note being the end of its chunk;
//! - a branch's id is `H(H(left id) || H(right id) || H(note))`, the note being the end of its left side;
//! - rows are paired from the left, and an odd last node moves up unchanged.
//!
//! The root's id is the data's `data_root`. Data of no bytes has the one empty chunk, so it has a root too.

use crate::chunk::for_each_chunk;
use crate::id::Id;
use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// A chunk as the tree knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// SHA-256 of the chunk's bytes.
    pub hash: [u8; 32],
    /// The offset of the first byte after the chunk.
    pub end: u64,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    id: [u8; 32],
    end: u64,
}

/// The tree: every row, from the leaves up to the root.
#[derive(Debug, Clone)]
pub struct Tree {
    chunks: Vec<Chunk>,
    rows: Vec<Vec<Node>>,
    root: Id,
}

impl Tree {
    /// Reads the data to its end and builds its tree. Needs about 100 bytes of memory for each chunk.
    ///
    /// # Errors
    /// The reader's errors.
    pub fn read(reader: impl Read) -> io::Result<Tree> {
        let mut chunks = Vec::new();
        for_each_chunk(reader, |start, bytes| {
            chunks.push(Chunk {
                hash: sha256(&[bytes]),
                end: start + bytes.len() as u64,
            });
            Ok::<_, io::Error>(())
        })?;
        Ok(Tree::from_chunks(chunks))
    }

    /// Builds the tree of chunks that are hashed already. Their ends must not fall.
    ///
    /// No chunk at all is taken as the single empty chunk of data without bytes.
    pub fn from_chunks(mut chunks: Vec<Chunk>) -> Tree {
        if chunks.is_empty() {
            chunks.push(Chunk {
                hash: sha256(&[]),
                end: 0,
            });
        }
        let leaves = chunks
            .iter()
            .map(|chunk| Node {
                id: leaf_id(&chunk.hash, &note(chunk.end)),
                end: chunk.end,
            })
            .collect();
        let mut rows: Vec<Vec<Node>> = vec![leaves];
        let mut row = &rows[0];
        while row.len() > 1 {
            let above = row.chunks(2).map(join).collect();
            rows.push(above);
            row = &rows[rows.len() - 1];
        }
        let root = Id(row[0].id);
        Tree { chunks, rows, root }
    }

    /// The root's id: the `data_root`.
    pub fn root(&self) -> Id {
        self.root
    }

    /// The number of bytes of the data.
    pub fn length(&self) -> u64 {
        self.chunks.last().map_or(0, |chunk| chunk.end)
    }

    /// The chunks in order, an empty last one included.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// The data path that proves the chunk holding the byte at `offset`: branches of 96 bytes (left id, right id, note)
    /// from the root down, then a leaf of 64 bytes (chunk hash, note). `None` if the data has no such byte.
    pub fn proof(&self, offset: u64) -> Option<Vec<u8>> {
        if offset >= self.length() {
            return None;
        }
        let leaf = self.chunks.partition_point(|chunk| chunk.end <= offset);
        let mut path = Vec::with_capacity(self.rows.len() * 96);
        for height in (1..self.rows.len()).rev() {
            let below = &self.rows[height - 1];
            let left = (leaf >> height) * 2;
            // An odd last node moved up unchanged: there is no branch here.
            if let Some(right) = below.get(left + 1) {
                path.extend_from_slice(&below[left].id);
                path.extend_from_slice(&right.id);
                path.extend_from_slice(&note(below[left].end));
            }
        }
        path.extend_from_slice(&self.chunks[leaf].hash);
        path.extend_from_slice(&note(self.chunks[leaf].end));
        Some(path)
    }
}

/// The `data_root` and the length of the data that `reader` gives.
///
/// # Errors
/// The reader's errors.
pub fn data_root(reader: impl Read) -> io::Result<(Id, u64)> {
    let tree = Tree::read(reader)?;
    Ok((tree.root(), tree.length()))
}

/// SHA-256 over the parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

pub(crate) fn leaf_id(chunk_hash: &[u8], note: &[u8]) -> [u8; 32] {
    sha256(&[&sha256(&[chunk_hash]), &sha256(&[note])])
}

pub(crate) fn branch_id(left: &[u8], right: &[u8], note: &[u8]) -> [u8; 32] {
    sha256(&[&sha256(&[left]), &sha256(&[right]), &sha256(&[note])])
}

/// An end offset as it is hashed.
pub(crate) fn note(end: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[24..].copy_from_slice(&end.to_be_bytes());
    bytes
}

/// The node above one pair, or above a lone last node.
fn join(pair: &[Node]) -> Node {
    match pair {
        [left, right] => Node {
            id: branch_id(&left.id, &right.id, &note(left.end)),
            end: right.end,
        },
        [lone, ..] => *lone,
        [] => unreachable!("`chunks` never gives an empty slice"),
    }
}
