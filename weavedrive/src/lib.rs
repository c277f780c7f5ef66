//! Arweave as files: ids, proofs and a verified local store.
//!
//! Rooms, in reading order:
//! - [`id`]: the 43-character names of objects;
//! - [`chunk`]: how data is cut into chunks;
//! - [`merkle`]: the tree over the chunks, its root (which is the id of local data) and the making of proofs;
//! - [`proof`]: the strict checking of a proof;
//! - [`store`]: a folder of immutable objects; [`ingest`] puts them in, [`verify`] looks them over again;
//! - [`object`]: an open object, for reading at any place or for mapping into memory.
//!
//! This crate knows no virtual machine and no network. The store runs on Unix systems.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! use lockstep_weavedrive::{AddOptions, Store};
//! let store = Store::open(folder.path().join("drive"))?;
//! let added = store.add(&b"abc"[..], AddOptions::default())?;
//! let object = store.object(&added.id)?;
//! let mut bytes = [0; 8];
//! assert_eq!(object.read_at(&mut bytes, 1)?, 2);
//! assert_eq!(&bytes[..2], b"bc");
//! # Ok(())
//! # }
//! ```

pub mod chunk;
pub mod error;
pub mod id;
pub mod ingest;
pub mod merkle;
pub mod object;
pub mod proof;
mod record;
pub mod store;
pub mod verify;

pub use error::Error;
pub use id::{Id, ParseIdError};
pub use ingest::{AddOptions, Added, Progress};
pub use object::Object;
pub use proof::{ProofError, VerifiedChunk, verify_path};
pub use store::{Entry, Info, Store, default_root};
pub use verify::Report;
