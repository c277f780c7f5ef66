//! Drive proofs from bytes.

use lockstep_weavedrive::chunk::MAX_CHUNK;
use lockstep_weavedrive::{Id, ProofError, verify_path};
use sha2::{Digest, Sha256};

/// Takes bytes from the front; zeros when there are no more.
fn take<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    let count = N.min(bytes.len());
    let mut out = [0; N];
    out[..count].copy_from_slice(&bytes[..count]);
    *bytes = &bytes[count..];
    out
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let digests = parts.iter().map(Sha256::digest);
    let whole = digests.fold(Sha256::new(), |hasher, digest| hasher.chain_update(digest));
    whole.finalize().into()
}

/// A root, a length, an offset and a path as they come. Nobody finds a path
/// to a root by chance, so every answer is an error.
///
/// # Panics
/// If a path is taken for a proof.
pub fn raw(mut bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(id) = text.parse::<Id>()
    {
        assert_eq!(id.to_string(), text, "an id has two spellings");
    }
    let root = Id(take(&mut bytes));
    let length = u64::from_le_bytes(take(&mut bytes));
    let offset = u64::from_le_bytes(take(&mut bytes));
    let verdict = verify_path(&root, length, offset, bytes);
    assert!(verdict.is_err(), "{bytes:?} proves {verdict:?}");
}

/// A path whose hashes lead to its root: which of its branches' sides it
/// takes and what its notes say is up to the bytes.
///
/// # Panics
/// If the verdict is not what the bounds alone say.
pub fn forged(mut bytes: &[u8]) {
    let [depth, shift] = take(&mut bytes);
    // Small numbers as often as large ones.
    let number = |bytes: &mut &[u8]| u64::from_le_bytes(take(bytes)) >> (shift % 64);
    let (length, offset, end) = (number(&mut bytes), number(&mut bytes), number(&mut bytes));
    // One in four notes has a bit beyond what 64 bits hold.
    let note = |bytes: &mut &[u8]| {
        let mut note = [0; 32];
        note[24..].copy_from_slice(&number(bytes).to_be_bytes());
        let [high] = take(bytes);
        note[usize::from(high) % 24] = u8::from(high >= 0xc0);
        note
    };
    let mut last = [0; 32];
    last[24..].copy_from_slice(&end.to_be_bytes());
    let chunk: [u8; 32] = take(&mut bytes);
    let mut id = hash(&[&chunk, &last]);
    let mut path = [chunk, last].concat();
    let mut notes = Vec::new();
    for _ in 0..depth % 8 {
        let (note, other) = (note(&mut bytes), hash(&[&path]));
        // The way down goes left where the offset lies before the note.
        let goes_left = offset < u64::from_be_bytes(*note.last_chunk().expect("32 bytes"));
        let (left, right) = if goes_left { (id, other) } else { (other, id) };
        path.splice(..0, [left, right, note].concat());
        id = hash(&[&left, &right, &note]);
        notes.insert(0, note);
    }
    let verdict = verify_path(&Id(id), length, offset, &path);
    match honest(length, offset, &notes, end) {
        Some(range) => {
            let proved = verdict.expect("the bounds are right");
            assert_eq!(
                (proved.start, proved.end, proved.hash),
                (range.0, range.1, chunk)
            );
        }
        None => {
            let error = verdict.expect_err("the bounds lie");
            assert!(
                !matches!(error, ProofError::Hash { .. } | ProofError::Malformed(_)),
                "{error}"
            );
        }
    }
}

/// The range that notes leave to the chunk, if they are those of a tree.
fn honest(length: u64, offset: u64, notes: &[[u8; 32]], leaf: u64) -> Option<(u64, u64)> {
    let (mut start, mut end) = (0, length);
    for note in notes {
        let (high, low) = note.split_at(24);
        let middle = u64::from_be_bytes(low.try_into().ok()?);
        if high.iter().any(|&byte| byte != 0) || middle <= start || middle > end {
            return None;
        }
        if offset < middle {
            end = middle;
        } else {
            start = middle;
        }
    }
    let fits = end - start <= MAX_CHUNK as u64;
    (offset < length && leaf == end && start < end && fits).then_some((start, end))
}
