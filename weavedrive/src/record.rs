//! The small text file beside an object's bytes. Its presence is the mark that the bytes were hashed when they came.

use crate::error::{Error, io};
use crate::id::Id;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

/// A record is far smaller; the limit keeps a damaged folder from filling memory.
const MAX_RECORD: u64 = 64 * 1024;
/// The longest label kept, in characters.
const MAX_LABEL: usize = 255;
/// The only check a store makes before it takes an object in.
const VERIFIED: &str = "data_root";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    id: String,
    pub(crate) length: u64,
    verified: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) label: Option<String>,
}

impl Record {
    pub(crate) fn new(id: &Id, length: u64, label: Option<&str>) -> Record {
        let label = label.map(clean_label).filter(|label| !label.is_empty());
        Record {
            id: id.to_string(),
            length,
            verified: VERIFIED.to_owned(),
            label,
        }
    }

    /// Reads the record of the object `id`.
    pub(crate) fn read(path: &Path, id: &Id) -> Result<Record, Error> {
        let damaged = |what: String| Error::Damaged { id: *id, what };
        let file = match File::open(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(damaged("its record file is missing".to_owned()));
            }
            other => other.map_err(io("open", path))?,
        };
        let mut text = Vec::new();
        file.take(MAX_RECORD)
            .read_to_end(&mut text)
            .map_err(io("read", path))?;
        let record: Record = serde_json::from_slice(&text)
            .map_err(|error| damaged(format!("its record is not readable ({error})")))?;
        if record.id != id.to_string() {
            return Err(damaged(format!("its record speaks of {:?}", record.id)));
        }
        if record.verified != VERIFIED {
            return Err(damaged(format!(
                "its record claims the unknown check {:?}",
                record.verified
            )));
        }
        Ok(record)
    }

    /// Writes the record into a new file and waits until it is on disk.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Error> {
        let mut text = serde_json::to_vec_pretty(self)
            .map_err(std::io::Error::from)
            .map_err(io("write", path))?;
        text.push(b'\n');
        let mut file = File::create_new(path).map_err(io("create", path))?;
        file.write_all(&text).map_err(io("write", path))?;
        file.sync_all().map_err(io("flush", path))
    }
}

/// A label is shown on terminals, so control characters are replaced, and it is kept short.
fn clean_label(label: &str) -> String {
    let visible = |c: char| {
        if c.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    label.trim().chars().take(MAX_LABEL).map(visible).collect()
}
