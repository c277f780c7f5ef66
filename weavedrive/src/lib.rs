//! Arweave as files: ids, proofs and a verified local store.
