//! Reads the header of a GGUF model file: strictly, and before any guest sees the file.
//!
//! The reader believes nothing: every count and length is checked against what is left of the file before memory is
//! taken for it, so a hostile file costs an error, not the machine. [`Gguf::open`] also checks that every tensor's bytes
//! are there, which finds the half-downloaded model, and that llama.cpp knows the architecture.

mod reader;
mod tensor;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

pub use tensor::{Tensor, TensorType};

use reader::Reader;

/// The versions of the format that can be read.
const VERSIONS: std::ops::RangeInclusive<u32> = 2..=3;
const MAGIC: [u8; 4] = *b"GGUF";
const DEFAULT_ALIGNMENT: u64 = 32;
/// No real model comes near these; they keep the memory for a hostile header small.
const MAX_ENTRIES: u64 = 1 << 16;
const MAX_TENSORS: u64 = 1 << 20;

/// Why a file is not a usable model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GgufError {
    /// The file could not be read.
    #[error("cannot read the model file: {0}")]
    Io(#[from] std::io::Error),
    /// The file is something else.
    #[error("not a GGUF model: the file starts with {found:?} instead of \"GGUF\"")]
    NotGguf {
        /// The first bytes of the file, as text.
        found: String,
    },
    /// The file is GGUF, but of another version.
    #[error("GGUF version {found} is not supported; versions {} to {} are", VERSIONS.start(), VERSIONS.end())]
    Version {
        /// The version in the file.
        found: u32,
    },
    /// The file ends too early.
    #[error(
        "the model file is truncated: expected at least {expected} bytes, have {have}; download it again"
    )]
    Truncated {
        /// How many bytes the file must have.
        expected: u64,
        /// How many it has.
        have: u64,
    },
    /// The header contradicts itself or the format.
    #[error("malformed GGUF header at byte {at}: {what}")]
    Malformed {
        /// Where in the file.
        at: u64,
        /// What is wrong.
        what: String,
    },
    /// The header is fine, but llama.cpp would not know what to do with the model.
    #[error("unknown model architecture {name:?}: this llama.cpp cannot run it")]
    UnknownArchitecture {
        /// The architecture in the file.
        name: String,
    },
}

/// A metadata value. Arrays are checked and skipped: only their type and length are kept.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// An unsigned integer of any width.
    Unsigned(u64),
    /// A signed integer of any width.
    Signed(i64),
    /// A floating-point number of any width.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// Text.
    Text(String),
    /// An array of so many elements.
    Array(u64),
}

/// What a model file says about itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Gguf {
    /// The version of the format.
    pub version: u32,
    /// All metadata, by key.
    pub metadata: BTreeMap<String, Value>,
    /// All tensors, in the order of the file.
    pub tensors: Vec<Tensor>,
    /// Where the tensors' data starts, in bytes from the start of the file.
    pub data_offset: u64,
    /// How many bytes the file must have at least.
    pub file_bytes: u64,
}

impl Gguf {
    /// Reads the header of a model file.
    ///
    /// # Errors
    /// See [`GgufError`].
    pub fn open(path: &Path) -> Result<Self, GgufError> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        Self::read(BufReader::with_capacity(1 << 16, file), len)
    }

    /// Reads the header of a model of `len` bytes from its start.
    ///
    /// # Errors
    /// See [`GgufError`].
    pub fn read(source: impl Read, len: u64) -> Result<Self, GgufError> {
        let mut reader = Reader::new(source, len);
        let version = read_version(&mut reader)?;
        let tensor_count = reader.count("tensors", MAX_TENSORS)?;
        let entry_count = reader.count("metadata entries", MAX_ENTRIES)?;
        let mut metadata = BTreeMap::new();
        for _ in 0..entry_count {
            let at = reader.position();
            let key = reader.text()?;
            let value = reader.value()?;
            if metadata.insert(key.clone(), value).is_some() {
                return Err(GgufError::Malformed {
                    at,
                    what: format!("the key {key:?} is there twice"),
                });
            }
        }
        let alignment = alignment(&metadata, reader.position())?;
        let mut tensors = Vec::new();
        for _ in 0..tensor_count {
            tensors.push(Tensor::read(&mut reader, alignment)?);
        }
        let data_offset = match tensors.is_empty() {
            true => reader.position(),
            false => reader.position().next_multiple_of(alignment),
        };
        let mut gguf = Self {
            version,
            metadata,
            tensors,
            data_offset,
            file_bytes: data_offset,
        };
        gguf.check_architecture()?;
        gguf.check_data(len)?;
        Ok(gguf)
    }

    fn check_architecture(&self) -> Result<(), GgufError> {
        let name = self.architecture();
        let known = include_str!("gguf/architectures.txt")
            .lines()
            .any(|line| line == name && !line.starts_with('#'));
        if known {
            Ok(())
        } else {
            Err(GgufError::UnknownArchitecture { name: name.into() })
        }
    }

    fn check_data(&mut self, len: u64) -> Result<(), GgufError> {
        for tensor in &self.tensors {
            let end = self
                .data_offset
                .checked_add(tensor.offset)
                .and_then(|start| start.checked_add(tensor.bytes));
            let end = end.ok_or_else(|| GgufError::Malformed {
                at: self.data_offset,
                what: format!("the tensor {:?} ends beyond 2^64 bytes", tensor.name),
            })?;
            self.file_bytes = self.file_bytes.max(end);
        }
        if len < self.file_bytes {
            return Err(GgufError::Truncated {
                expected: self.file_bytes,
                have: len,
            });
        }
        Ok(())
    }

    /// The architecture's name, such as `llama`; empty if the file does not say.
    pub fn architecture(&self) -> &str {
        self.text("general.architecture").unwrap_or_default()
    }

    /// The model's own name.
    pub fn name(&self) -> Option<&str> {
        self.text("general.name")
    }

    /// The context length the model was trained with, in tokens.
    pub fn context_length(&self) -> Option<u64> {
        match self
            .metadata
            .get(&format!("{}.context_length", self.architecture()))?
        {
            Value::Unsigned(tokens) => Some(*tokens),
            _ => None,
        }
    }

    /// The template that turns a conversation into a prompt.
    pub fn chat_template(&self) -> Option<&str> {
        self.text("tokenizer.chat_template")
    }

    /// The number of parameters: the elements of all tensors.
    pub fn parameters(&self) -> u64 {
        self.tensors
            .iter()
            .map(|tensor| tensor.elements)
            .fold(0, u64::saturating_add)
    }

    /// How many tensors there are of each type, in the order of the types' numbers.
    pub fn tensor_types(&self) -> BTreeMap<TensorType, usize> {
        let mut counts = BTreeMap::new();
        for tensor in &self.tensors {
            *counts.entry(tensor.kind).or_default() += 1;
        }
        counts
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.metadata.get(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

fn read_version<R: Read>(reader: &mut Reader<R>) -> Result<u32, GgufError> {
    let magic = reader.magic()?;
    if magic != MAGIC {
        return Err(GgufError::NotGguf {
            found: String::from_utf8_lossy(&magic).into_owned(),
        });
    }
    let version = reader.u32()?;
    if VERSIONS.contains(&version) {
        Ok(version)
    } else {
        Err(GgufError::Version { found: version })
    }
}

fn alignment(metadata: &BTreeMap<String, Value>, at: u64) -> Result<u64, GgufError> {
    match metadata.get("general.alignment") {
        None => Ok(DEFAULT_ALIGNMENT),
        Some(Value::Unsigned(value)) if value.is_power_of_two() && *value <= 1 << 20 => Ok(*value),
        Some(other) => Err(GgufError::Malformed {
            at,
            what: format!("{other:?} is not a possible alignment"),
        }),
    }
}

#[cfg(test)]
mod tests;
