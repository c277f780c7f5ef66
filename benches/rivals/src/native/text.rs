//! The text that models are measured on: this repository's own documents, or files of the caller's choice.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Documents of this repository, from its root.
const DOCUMENTS: [&str; 2] = ["docs/determinism.md", "ARCHITECTURE.md"];

/// The text of these files one after another, or of the documents if there are none.
pub(super) fn read(files: &[PathBuf]) -> Result<String, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let documents = DOCUMENTS.map(|document| root.join(document));
    let files = if files.is_empty() {
        &documents[..]
    } else {
        files
    };
    let mut text = String::new();
    for path in files {
        text += &fs::read_to_string(path)
            .map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    }
    Ok(text)
}

/// A name for exactly this text, short enough for a table.
pub(super) fn fingerprint(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
}
