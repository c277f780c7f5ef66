//! Numbers, texts and values from a stream of known length.

use std::io::{ErrorKind, Read};

use super::{GgufError, Value};

/// Longer texts than this are no keys, names or templates.
const MAX_TEXT: u64 = 1 << 24;
/// Arrays of arrays do not occur; a little depth is allowed.
const MAX_DEPTH: u32 = 4;

/// Counts every byte, and never asks for more than the file has.
pub(super) struct Reader<R> {
    source: R,
    position: u64,
    len: u64,
}

impl<R: Read> Reader<R> {
    pub(super) fn new(source: R, len: u64) -> Self {
        Self {
            source,
            position: 0,
            len,
        }
    }

    /// Bytes read so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn malformed(&self, what: impl Into<String>) -> GgufError {
        GgufError::Malformed {
            at: self.position,
            what: what.into(),
        }
    }

    /// Fails if fewer than `bytes` are left.
    fn require(&self, bytes: u64) -> Result<(), GgufError> {
        if bytes > self.len - self.position {
            let expected = self.position.saturating_add(bytes);
            return Err(GgufError::Truncated {
                expected,
                have: self.len,
            });
        }
        Ok(())
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), GgufError> {
        self.require(buffer.len() as u64)?;
        self.source
            .read_exact(buffer)
            .map_err(|error| match error.kind() {
                // The file became shorter after its length was taken.
                ErrorKind::UnexpectedEof => GgufError::Truncated {
                    expected: self.len,
                    have: self.position,
                },
                _ => GgufError::Io(error),
            })?;
        self.position += buffer.len() as u64;
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], GgufError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// The first four bytes; a shorter file is some other file.
    pub(super) fn magic(&mut self) -> Result<[u8; 4], GgufError> {
        self.array().map_err(|error| match error {
            GgufError::Truncated { have, .. } => GgufError::NotGguf {
                found: format!("only {have} byte(s)"),
            },
            other => other,
        })
    }

    pub(super) fn u32(&mut self) -> Result<u32, GgufError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, GgufError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A number of things that take at least a byte each.
    pub(super) fn count(&mut self, what: &str, max: u64) -> Result<u64, GgufError> {
        let count = self.u64()?;
        if count > max {
            return Err(self.malformed(format!("{count} {what} are more than any model has")));
        }
        self.require(count)?;
        Ok(count)
    }

    pub(super) fn text(&mut self) -> Result<String, GgufError> {
        let len = self.u64()?;
        if len > MAX_TEXT {
            return Err(self.malformed(format!("a text of {len} bytes is too long")));
        }
        self.require(len)?;
        let mut bytes = vec![0; len as usize];
        self.fill(&mut bytes)?;
        String::from_utf8(bytes).map_err(|_| self.malformed("a text is not valid UTF-8"))
    }

    pub(super) fn value(&mut self) -> Result<Value, GgufError> {
        let kind = self.u32()?;
        self.value_of(kind, 0)
    }

    fn value_of(&mut self, kind: u32, depth: u32) -> Result<Value, GgufError> {
        Ok(match kind {
            0 => Value::Unsigned(u64::from(u8::from_le_bytes(self.array()?))),
            1 => Value::Signed(i64::from(i8::from_le_bytes(self.array()?))),
            2 => Value::Unsigned(u64::from(u16::from_le_bytes(self.array()?))),
            3 => Value::Signed(i64::from(i16::from_le_bytes(self.array()?))),
            4 => Value::Unsigned(u64::from(self.u32()?)),
            5 => Value::Signed(i64::from(i32::from_le_bytes(self.array()?))),
            6 => Value::Float(f64::from(f32::from_le_bytes(self.array()?))),
            7 => Value::Bool(self.array::<1>()? != [0]),
            8 => Value::Text(self.text()?),
            9 => Value::Array(self.skip_array(depth)?),
            10 => Value::Unsigned(self.u64()?),
            11 => Value::Signed(i64::from_le_bytes(self.array()?)),
            12 => Value::Float(f64::from_le_bytes(self.array()?)),
            other => return Err(self.malformed(format!("{other} is not a type of metadata"))),
        })
    }

    fn skip_array(&mut self, depth: u32) -> Result<u64, GgufError> {
        let kind = self.u32()?;
        let count = self.u64()?;
        let width = match kind {
            0 | 1 | 7 => Some(1),
            2 | 3 => Some(2),
            4..=6 => Some(4),
            10..=12 => Some(8),
            _ => None,
        };
        match width {
            Some(width) => self.skip(count.saturating_mul(width))?,
            None if depth == MAX_DEPTH => {
                return Err(self.malformed("arrays are nested too deeply"));
            }
            None => {
                self.require(count)?;
                for _ in 0..count {
                    self.skip_element(kind, depth + 1)?;
                }
            }
        }
        Ok(count)
    }

    fn skip_element(&mut self, kind: u32, depth: u32) -> Result<(), GgufError> {
        if kind == 8 {
            // A vocabulary's tokens need not be valid UTF-8, and there are many: their bytes are not looked at.
            let len = self.u64()?;
            return self.skip(len);
        }
        self.value_of(kind, depth).map(drop)
    }

    fn skip(&mut self, bytes: u64) -> Result<(), GgufError> {
        self.require(bytes)?;
        let skipped = std::io::copy(&mut self.source.by_ref().take(bytes), &mut std::io::sink())?;
        self.position += skipped;
        if skipped < bytes {
            return Err(GgufError::Truncated {
                expected: self.len,
                have: self.position,
            });
        }
        Ok(())
    }
}
