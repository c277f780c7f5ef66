//! Roots and proofs against known answers and against a second, independent way to compute them.

use lockstep_weavedrive::chunk::chunk_bounds;
use lockstep_weavedrive::merkle::{Chunk, Tree, data_root};
use lockstep_weavedrive::{Id, ProofError, verify_path};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const K: usize = 1024;

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 31 + (i >> 8) * 7) as u8).collect()
}

/// Roots of `pattern(length)` as the reference JavaScript client (arweave 1.15.7) computes them.
#[test]
fn roots_equal_the_reference_clients() {
    let known = [
        (0, "x9bUbvLyiRlsOOqClNkKV0LAohFd-PfXfb_XoYosfQI"),
        (1, "Ht_yZhXGBDUZfLv4OD6we7FkrjcpDpGPwQZEZgEJVfk"),
        (3, "scxYS1AAJxg9ZZBBaHOUur56eoKQOXfX4ma1strvkh4"),
        (32 * K - 1, "lzU6_hD06IBINBd0CQz_hCemwqWbOc-VHzySG70O1kA"),
        (256 * K - 1, "tzrjoqzusfkpyKHJo8hkBEhDwCycsc7WP_KHR5VwjOU"),
        (256 * K, "T_JFNPwV0TyYh-GkQn9X8srShSwVNe4XCN4-jeviO8w"),
        (256 * K + 1, "zxPAsKjvXo832IjS1b2weQefDsnHEvqZWB1QYihKzaA"),
        (288 * K - 1, "iZutTNcwHu2dfIwIlFvcpKNzCm4FR-FcZGpIu7rBWNw"),
        (288 * K, "dy70_WHTKd5byXttEGBWujpqEqhQZQbc1ekagnkUCRs"),
        (300 * K, "5yZO1NojIVK6eVhHnY3n-ZPPFq_cAB7eJDCvrIqCiCk"),
        (512 * K, "3xQ_4dBrmCYRzhBy6VfSnDyc2ZbuupFJ7qkAXqQ6MlU"),
        (512 * K + 1, "m3wE7stktxhfPr7gOIKMAW9lV0i-ZecwzXcHEs49BnQ"),
        (5 * 256 * K, "RShm_JHe9dh6ffxG3DPqsOahCDbBkOTWm7F-I_LzMzo"),
        (
            3 * 256 * K + 7,
            "8AAtbWJJXTkEeCwanvlQXXIYKJOh-jd4MCC5gNuJ92A",
        ),
        (
            7 * 256 * K + 40 * K,
            "FqaL4xW_XkZIp3-T9gIFSuT92kghmhndjHBVZ_iRzz4",
        ),
    ];
    for (length, root) in known {
        let (id, read) = data_root(&pattern(length)[..]).unwrap();
        assert_eq!(
            (id.to_string().as_str(), read),
            (root, length as u64),
            "{length} bytes"
        );
    }
}

/// The path of the third chunk (bytes 524288..655364) of `pattern(3 * 256 KiB + 7)`, from the same client.
#[test]
fn a_path_equals_the_reference_clients() {
    let known = "f398b7db06fe6d544470d0da94decab147b251c97d393e53051f8c40fa85a13ce06310edf53ac34da0e8f5256fa6a2d8\
                 069f8c318b080dddd8b1742679b4d94a0000000000000000000000000000000000000000000000000000000000080000\
                 c3282f9c3ca313b19ff503f4b05b5c74e8511e90a76a7021d9b335d8fe80fe52998dd491b4a468433264b9dc5adeb602\
                 1b41ec34043d13c3cc053f752a7ded9c00000000000000000000000000000000000000000000000000000000000a0004\
                 160952528ddf4352ed2394b1d0e7f1bb3406e25341f93663342d6b2cf627512c\
                 00000000000000000000000000000000000000000000000000000000000a0004";
    let data = pattern(3 * 256 * K + 7);
    let tree = Tree::read(&data[..]).unwrap();
    for offset in [524_288, 600_000, 655_363] {
        let path = tree.proof(offset).unwrap();
        let hex: String = path.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, known);
        let chunk = verify_path(&tree.root(), tree.length(), offset, &path).unwrap();
        assert_eq!((chunk.start, chunk.end), (524_288, 655_364));
        assert!(chunk.matches(&data[524_288..655_364]));
        assert!(!chunk.matches(&data[524_289..655_365]));
        assert!(!chunk.matches(&data[524_288..655_363]));
    }
}

fn h(parts: &[&[u8]]) -> Vec<u8> {
    Sha256::digest(parts.concat()).to_vec()
}

/// The root, written as a recursion: the left side of `n` nodes is the largest power of two below `n`.
fn naive_root(data: &[u8], ends: &[usize], start: usize) -> Vec<u8> {
    let note = |end: usize| [&[0; 24][..], &(end as u64).to_be_bytes()].concat();
    if let [end] = ends {
        return h(&[&h(&[&h(&[&data[start..*end]])]), &h(&[&note(*end)])]);
    }
    let (left, right) = ends.split_at(ends.len().next_power_of_two() / 2);
    let middle = left[left.len() - 1];
    let (l, r) = (
        naive_root(data, left, start),
        naive_root(data, right, middle),
    );
    h(&[&h(&[&l]), &h(&[&r]), &h(&[&note(middle)])])
}

fn naive_ends(length: usize) -> Vec<usize> {
    let (mut ends, mut at) = (Vec::new(), 0);
    while length - at >= 256 * K {
        let after = length - at - 256 * K;
        at += if after > 0 && after < 32 * K {
            (length - at).div_ceil(2)
        } else {
            256 * K
        };
        ends.push(at);
    }
    ends.push(length);
    ends
}

/// A tree over made-up chunk hashes, for shapes that would need much data.
fn fake_tree(chunks: usize, last: u64) -> Tree {
    let max = 256 * K as u64;
    let length = (chunks as u64 - 1) * max + last;
    let chunk = |(i, range): (usize, std::ops::Range<u64>)| Chunk {
        hash: Sha256::digest(i.to_le_bytes()).into(),
        end: range.end,
    };
    Tree::from_chunks(chunk_bounds(length).enumerate().map(chunk).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn roots_equal_the_naive_ones(full in 0usize..8, rest in 0usize..256 * K) {
        let data = pattern(full * 256 * K + rest);
        let naive = naive_root(&data, &naive_ends(data.len()), 0);
        prop_assert_eq!(&data_root(&data[..]).unwrap().0.0[..], &naive[..]);
    }
}

proptest! {
    #[test]
    fn every_offset_has_a_valid_proof(chunks in 1usize..200, last in 1u64..=256 * 1024, at: prop::sample::Index) {
        let tree = fake_tree(chunks, last);
        let offset = at.index(tree.length() as usize) as u64;
        let path = tree.proof(offset).unwrap();
        let chunk = verify_path(&tree.root(), tree.length(), offset, &path).unwrap();
        let index = tree.chunks().partition_point(|chunk| chunk.end <= offset);
        prop_assert_eq!((chunk.end, chunk.hash), (tree.chunks()[index].end, tree.chunks()[index].hash));
        prop_assert!(chunk.start <= offset && offset < chunk.end);
        for edge in [chunk.start, chunk.end - 1] {
            prop_assert_eq!(verify_path(&tree.root(), tree.length(), edge, &path), Ok(chunk));
        }
        for outside in [chunk.start.wrapping_sub(1), chunk.end] {
            prop_assert!(verify_path(&tree.root(), tree.length(), outside, &path).is_err());
        }
    }

    #[test]
    fn a_changed_proof_is_refused(
        chunks in 1usize..40, last in 1u64..=256 * 1024, at: prop::sample::Index,
        place: prop::sample::Index, flip in 1u8..=255, cut: prop::sample::Index, change in 0u8..5,
    ) {
        let tree = fake_tree(chunks, last);
        let offset = at.index(tree.length() as usize) as u64;
        let good = tree.proof(offset).unwrap();
        let mut path = good.clone();
        let place = place.index(path.len());
        match change {
            0 => path[place] ^= flip,
            1 => path.truncate(cut.index(good.len())),
            2 => path.insert(place, flip),
            3 => path = [&good[..], &good[..]].concat(),
            _ => path = [&[0; 32][..], &good[..]].concat(),
        }
        prop_assert!(verify_path(&tree.root(), tree.length(), offset, &path).is_err());
    }

    #[test]
    fn a_false_root_or_length_is_refused(chunks in 1usize..40, last in 1u64..=256 * 1024, more in 1u64..1 << 40) {
        let tree = fake_tree(chunks, last);
        let path = tree.proof(tree.length() - 1).unwrap();
        let mut root = tree.root();
        root.0[(more % 32) as usize] ^= 1;
        prop_assert_eq!(
            verify_path(&root, tree.length(), tree.length() - 1, &path),
            Err(ProofError::Hash { depth: 0 })
        );
        prop_assert!(verify_path(&tree.root(), tree.length() + more, tree.length() - 1, &path).is_err());
        if let Some(shorter) = tree.length().checked_sub(more).filter(|&shorter| shorter > 0) {
            let path = tree.proof(shorter - 1).unwrap();
            let shorter_end = tree.chunks().iter().any(|chunk| chunk.end == shorter);
            prop_assert!(shorter_end || verify_path(&tree.root(), shorter, shorter - 1, &path).is_err());
        }
    }

    #[test]
    fn garbage_never_panics(root: [u8; 32], length: u64, offset: u64, path in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(verify_path(&Id(root), length, offset, &path).is_err());
    }
}

fn branch(left: &[u8], right: &[u8], note: [u8; 32]) -> (Vec<u8>, Id) {
    let id = h(&[&h(&[left]), &h(&[right]), &h(&[&note])]);
    ([left, right, &note].concat(), Id(id.try_into().unwrap()))
}

fn leaf(note: [u8; 32]) -> (Vec<u8>, Vec<u8>) {
    let id = h(&[&h(&[&[7; 32]]), &h(&[&note])]);
    ([&[7; 32][..], &note].concat(), id)
}

fn note(end: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[24..].copy_from_slice(&end.to_be_bytes());
    bytes
}

/// Trees whose hashes are all right and whose bounds lie: an honest root can not have them, a forged one can.
#[test]
fn lying_bounds_are_refused() {
    let check = |middle: [u8; 32], end: [u8; 32], length: u64, offset: u64| {
        let (leaf_bytes, leaf_id) = leaf(end);
        let (bytes, root) = branch(&leaf_id, &leaf_id, middle);
        verify_path(&root, length, offset, &[bytes, leaf_bytes].concat())
    };
    assert!(check(note(100), note(100), 200, 5).is_ok());
    assert!(check(note(100), note(200), 200, 150).is_ok());
    // A branch that splits outside of its range, or at its start.
    assert_eq!(
        check(note(201), note(201), 200, 5),
        Err(ProofError::Bounds {
            depth: 0,
            start: 0,
            end: 200
        })
    );
    assert_eq!(
        check(note(0), note(200), 200, 5),
        Err(ProofError::Bounds {
            depth: 0,
            start: 0,
            end: 200
        })
    );
    // A leaf that does not fill its range.
    assert_eq!(
        check(note(100), note(99), 200, 5),
        Err(ProofError::Bounds {
            depth: 1,
            start: 0,
            end: 100
        })
    );
    assert_eq!(
        check(note(100), note(150), 200, 150),
        Err(ProofError::Bounds {
            depth: 1,
            start: 100,
            end: 200
        })
    );
    // A note that equals the right one modulo 2^64.
    let mut high = note(100);
    high[3] = 1;
    assert_eq!(
        check(high, note(100), 200, 5),
        Err(ProofError::Bounds {
            depth: 0,
            start: 0,
            end: 200
        })
    );
    // A chunk that is too large.
    let large = 256 * 1024 + 1;
    assert_eq!(
        check(note(large), note(large), large + 5, 5),
        Err(ProofError::ChunkSize(large))
    );
}

#[test]
fn offsets_outside_and_rebased_paths_are_named() {
    let tree = fake_tree(3, 9);
    let path = tree.proof(0).unwrap();
    assert_eq!(tree.proof(tree.length()), None);
    assert_eq!(fake_tree(1, 0).proof(0), None);
    let length = tree.length();
    assert_eq!(
        verify_path(&tree.root(), length, length, &path),
        Err(ProofError::Offset {
            offset: length,
            length
        })
    );
    let rebased = [&[0; 32][..], &path].concat();
    assert_eq!(
        verify_path(&tree.root(), length, 0, &rebased),
        Err(ProofError::Rebased { depth: 0 })
    );
    assert_eq!(
        verify_path(&tree.root(), length, 0, &[]),
        Err(ProofError::Malformed(0))
    );
}
