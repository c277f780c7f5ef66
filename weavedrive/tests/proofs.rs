//! Proofs over real data: what they prove is what can be read, and nothing
//! else can be made of their parts.

use lockstep_weavedrive::chunk::{MAX_CHUNK, MIN_CHUNK};
use lockstep_weavedrive::merkle::Tree;
use lockstep_weavedrive::{AddOptions, Store, verify_path};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Bytes of a branch, and of the leaf at the end of a path.
const BRANCH: usize = 96;
const LEAF: usize = 64;

/// Data that repeats only after several chunks.
fn data(length: usize, seed: u32) -> Vec<u8> {
    let word = |i: usize| (i as u32 ^ seed).wrapping_mul(0x9e37_79b9).rotate_left(13);
    (0..length)
        .map(|i| (word(i / 4) >> (i % 4 * 8)) as u8)
        .collect()
}

/// Lengths around the places where cutting changes its mind.
fn lengths() -> impl Strategy<Value = usize> {
    let edges = [0, MIN_CHUNK, MAX_CHUNK - MIN_CHUNK, MAX_CHUNK];
    (
        0usize..5,
        prop::sample::select(edges.to_vec()),
        -2isize..3,
        any::<u16>(),
        any::<bool>(),
    )
        .prop_map(|(full, edge, by, rest, at_edge)| {
            let rest = if at_edge {
                edge.saturating_add_signed(by)
            } else {
                rest.into()
            };
            (full * MAX_CHUNK + rest).max(1)
        })
}

/// A few cases, because each hashes megabytes; the same ones every time,
/// unless the environment asks for others.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    let rng_seed = match usual.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed => fixed,
    };
    ProptestConfig {
        cases: usual.cases.div_ceil(16),
        failure_persistence: None,
        rng_seed,
        ..usual
    }
}

/// The nodes of a path: its branches, then its leaf.
fn nodes(path: &[u8]) -> Vec<&[u8]> {
    let (branches, leaf) = path.split_at(path.len() - LEAF);
    branches.chunks(BRANCH).chain([leaf]).collect()
}

proptest! {
    #![proptest_config(config())]

    /// Any range of a stored object is covered by proved chunks whose bytes
    /// are those the object reads.
    #[test]
    fn what_is_read_is_what_is_proved(
        length in lengths(), seed: u32, from: prop::sample::Index, len in 1usize..600_000,
    ) {
        let data = data(length, seed);
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("drive")).unwrap();
        let id = store.add(&data[..], AddOptions::default()).unwrap().id;
        let object = store.object(&id).unwrap();
        let tree = Tree::read(&data[..]).unwrap();
        prop_assert_eq!(tree.root(), id);

        let start = from.index(length);
        let end = (start + len).min(length);
        let mut read = vec![0; len];
        let mut done = 0;
        while done < end - start {
            let count = object.read_at(&mut read[done..], (start + done) as u64).unwrap();
            prop_assert!(count > 0, "the object ends early, at {}", start + done);
            done += count;
        }
        prop_assert_eq!(done, end - start);
        prop_assert!(read[..done] == data[start..end]);

        let mut at = start;
        while at < end {
            let path = tree.proof(at as u64).unwrap();
            let chunk = verify_path(&id, length as u64, at as u64, &path).unwrap();
            let mut bytes = vec![0; (chunk.end - chunk.start) as usize];
            let count = object.read_at(&mut bytes, chunk.start).unwrap();
            prop_assert_eq!(count, bytes.len());
            prop_assert!(chunk.matches(&bytes));
            // One wrong bit anywhere in the chunk is noticed.
            let place = seed as usize % bytes.len();
            bytes[place] ^= 1 << (seed % 8);
            prop_assert!(!chunk.matches(&bytes));
            at = chunk.end as usize;
        }
    }

    /// Every single bit of a path counts.
    #[test]
    fn no_bit_of_a_path_is_idle(length in lengths(), at: prop::sample::Index) {
        let tree = Tree::read(&data(length, 7)[..]).unwrap();
        let offset = at.index(length) as u64;
        let path = tree.proof(offset).unwrap();
        for bit in 0..path.len() * 8 {
            let mut changed = path.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let verdict = verify_path(&tree.root(), length as u64, offset, &changed);
            prop_assert!(verdict.is_err(), "bit {bit} may be anything");
        }
    }

    /// The parts of a path, and those of a neighbour's, in any other order or
    /// number prove nothing.
    #[test]
    fn parts_of_paths_prove_nothing(
        length in lengths(), at: prop::sample::Index, next: prop::sample::Index,
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let tree = Tree::read(&data(length, 9)[..]).unwrap();
        let (offset, next) = (at.index(length) as u64, next.index(length) as u64);
        let (path, other) = (tree.proof(offset).unwrap(), tree.proof(next).unwrap());
        let parts = [nodes(&path), nodes(&other)].concat();
        let forged: Vec<u8> = order.iter().flat_map(|index| parts[index.index(parts.len())]).copied().collect();
        let verdict = verify_path(&tree.root(), length as u64, offset, &forged);
        prop_assert_eq!(verdict.is_ok(), forged == path);
        // A path proves its own chunk's offsets and no others.
        let same = tree.chunks().partition_point(|chunk| chunk.end <= offset)
            == tree.chunks().partition_point(|chunk| chunk.end <= next);
        prop_assert_eq!(verify_path(&tree.root(), length as u64, next, &path).is_ok(), same);
        // Nor does a node that is left out, doubled, or exchanged for its neighbour.
        let nodes = nodes(&path);
        for index in 0..nodes.len() {
            let mut without = nodes.clone();
            without.remove(index);
            let mut doubled = nodes.clone();
            doubled.insert(index, nodes[index]);
            let mut swapped = nodes.clone();
            swapped.swap(index, (index + 1) % nodes.len());
            for wrong in [without, doubled, swapped] {
                let wrong = wrong.concat();
                let verdict = verify_path(&tree.root(), length as u64, offset, &wrong);
                prop_assert_eq!(verdict.is_ok(), wrong == path);
            }
        }
    }
}
