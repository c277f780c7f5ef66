//! The strict checking of a chunk's proof.
//!
//! A data path is checked against a root and a length that are trusted already (a signed transaction header, or the id
//! of a local object). Beyond the hashes, every bound is checked: notes must lie inside the range that their branch
//! covers, and the leaf must fill exactly what the branches above leave to it. So two different chunk ranges can not
//! both be proved for one byte.
//!
//! Subtrees with offsets of their own (*rebased*; their branches are preceded by 32 zero bytes) are refused: no data
//! that this crate makes has them.

use crate::chunk::MAX_CHUNK;
use crate::id::Id;
use crate::merkle::{branch_id, leaf_id, sha256};

const HASH: usize = 32;
const LEAF: usize = 64;
const BRANCH: usize = 96;

/// What a valid proof says: these bytes of the data have this hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedChunk {
    /// Offset of the chunk's first byte.
    pub start: u64,
    /// Offset of the first byte after the chunk; more than `start`.
    pub end: u64,
    /// SHA-256 of the chunk's bytes.
    pub hash: [u8; 32],
}

impl VerifiedChunk {
    /// Whether `bytes` are the bytes of this chunk.
    pub fn matches(&self, bytes: &[u8]) -> bool {
        bytes.len() as u64 == self.end - self.start && sha256(&[bytes]) == self.hash
    }
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The byte asked for is not in the data.
    #[error("offset {offset} is outside of data of {length} bytes")]
    Offset {
        /// The offset asked for.
        offset: u64,
        /// The trusted length of the data.
        length: u64,
    },
    /// The path is not a row of 96-byte branches that ends in a 64-byte leaf.
    #[error("a path of {0} bytes is not a row of 96-byte branches and a 64-byte leaf")]
    Malformed(usize),
    /// The node at this depth does not hash to the id that the node above (or the root) demands.
    #[error("the node at depth {depth} does not hash to the id it must have")]
    Hash {
        /// 0 is the root.
        depth: usize,
    },
    /// A note at this depth lies outside of the range its node covers.
    #[error(
        "the note at depth {depth} is outside of the range {start}..{end} that its node covers"
    )]
    Bounds {
        /// 0 is the root.
        depth: usize,
        /// First byte of the node's range.
        start: u64,
        /// First byte after the node's range.
        end: u64,
    },
    /// The chunk is empty or larger than 256 KiB.
    #[error("a chunk of {0} bytes is not allowed (1 to 262144 are)")]
    ChunkSize(u64),
    /// The path goes through a subtree with offsets of its own.
    #[error("the path enters a rebased subtree at depth {depth}, which is not supported")]
    Rebased {
        /// 0 is the root.
        depth: usize,
    },
}

/// Checks the data path `path` for the byte at `offset` of data that has `length` bytes and the data root `root`.
///
/// Any input is safe to hand in; the work is linear in the path's length and stops at the first fault.
///
/// # Errors
/// The first fault met, from the root downwards.
pub fn verify_path(
    root: &Id,
    length: u64,
    offset: u64,
    path: &[u8],
) -> Result<VerifiedChunk, ProofError> {
    if offset >= length {
        return Err(ProofError::Offset { offset, length });
    }
    let (mut wanted, mut start, mut end) = (root.0, 0, length);
    let (mut rest, mut depth) = (path, 0);
    while rest.len() >= BRANCH {
        let (branch, below) = rest.split_at(BRANCH);
        if branch[..HASH] == [0; HASH] {
            return Err(ProofError::Rebased { depth });
        }
        let (left, right, note) = (&branch[..HASH], &branch[HASH..LEAF], &branch[LEAF..]);
        if branch_id(left, right, note) != wanted {
            return Err(ProofError::Hash { depth });
        }
        // The left side is never empty. The right side is, where the data ends in an empty chunk.
        let middle = offset_of(note)
            .filter(|&middle| start < middle && middle <= end)
            .ok_or(ProofError::Bounds { depth, start, end })?;
        let child = if offset < middle {
            end = middle;
            left
        } else {
            start = middle;
            right
        };
        wanted.copy_from_slice(child);
        (rest, depth) = (below, depth + 1);
    }
    if rest.len() != LEAF {
        return Err(ProofError::Malformed(path.len()));
    }
    let (hash, note) = rest.split_at(HASH);
    if leaf_id(hash, note) != wanted {
        return Err(ProofError::Hash { depth });
    }
    if offset_of(note) != Some(end) {
        return Err(ProofError::Bounds { depth, start, end });
    }
    let size = end - start;
    if size == 0 || size > MAX_CHUNK as u64 {
        return Err(ProofError::ChunkSize(size));
    }
    let mut chunk = VerifiedChunk {
        start,
        end,
        hash: [0; HASH],
    };
    chunk.hash.copy_from_slice(hash);
    Ok(chunk)
}

/// The offset that a 32-byte note holds, if it is one that 64 bits can hold.
fn offset_of(note: &[u8]) -> Option<u64> {
    let (high, low) = note.split_at_checked(24)?;
    let low = low.try_into().ok()?;
    high.iter()
        .all(|&byte| byte == 0)
        .then(|| u64::from_be_bytes(low))
}
