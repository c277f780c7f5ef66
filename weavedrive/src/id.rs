//! The names of objects: 32 bytes, written as 43 characters of base64url without padding.

use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The length of an id in its text form.
pub const TEXT_LEN: usize = 43;

/// The id of an object: a SHA-256 sized name.
///
/// For data added locally it is the Arweave `data_root` of the bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub [u8; 32]);

impl Id {
    /// The raw 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; TEXT_LEN];
        for (i, character) in text.iter_mut().enumerate() {
            *character = ALPHABET[sextet(&self.0, i) as usize];
        }
        // Every byte comes from the alphabet above, which is ASCII.
        f.pad(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

/// The `i`-th group of six bits, counted from the most significant bit of the first byte.
fn sextet(bytes: &[u8; 32], i: usize) -> u8 {
    let (byte, shift) = (i * 6 / 8, i * 6 % 8);
    let high = u16::from(bytes[byte]) << 8;
    let low = bytes.get(byte + 1).copied().map_or(0, u16::from);
    (((high | low) >> (10 - shift)) & 63) as u8
}

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseIdError {
    /// The text has another length.
    #[error("an id has 43 characters, this has {0} bytes")]
    Length(usize),
    /// A character is outside of `A-Z a-z 0-9 - _`.
    #[error("the character at position {0} is not one of A-Z, a-z, 0-9, '-' and '_'")]
    Character(usize),
    /// The text has bits beyond the 256 of an id. They are refused because otherwise four texts would name one object.
    #[error("the last character carries bits beyond the 32 bytes of an id")]
    TrailingBits,
}

impl FromStr for Id {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Id, ParseIdError> {
        if text.len() != TEXT_LEN {
            return Err(ParseIdError::Length(text.len()));
        }
        let mut bytes = [0u8; 33];
        for (i, character) in text.bytes().enumerate() {
            let value = ALPHABET
                .iter()
                .position(|&c| c == character)
                .ok_or(ParseIdError::Character(i))? as u16;
            let (byte, shift) = (i * 6 / 8, i * 6 % 8);
            let placed = value << (10 - shift);
            bytes[byte] |= (placed >> 8) as u8;
            bytes[byte + 1] |= placed as u8;
        }
        if bytes[32] != 0 {
            return Err(ParseIdError::TrailingBits);
        }
        let mut id = [0; 32];
        id.copy_from_slice(&bytes[..32]);
        Ok(Id(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_texts() {
        assert_eq!(Id([0; 32]).to_string(), "A".repeat(43));
        assert_eq!(Id([255; 32]).to_string(), format!("{}8", "_".repeat(42)));
        let mut counting = [0; 32];
        for (i, byte) in counting.iter_mut().enumerate() {
            *byte = i as u8;
        }
        let text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        assert_eq!(Id(counting).to_string(), text);
        assert_eq!(text.parse(), Ok(Id(counting)));
    }

    #[test]
    fn bad_texts_say_why() {
        assert_eq!("AAA".parse::<Id>(), Err(ParseIdError::Length(3)));
        let mut text = "A".repeat(43);
        text.replace_range(7..8, "+");
        assert_eq!(text.parse::<Id>(), Err(ParseIdError::Character(7)));
        text.replace_range(7..9, "é");
        assert_eq!(text.parse::<Id>(), Err(ParseIdError::Character(7)));
        let spare_bit = format!("{}B", "A".repeat(42));
        assert_eq!(spare_bit.parse::<Id>(), Err(ParseIdError::TrailingBits));
    }

    proptest! {
        #[test]
        fn text_round_trips(bytes: [u8; 32]) {
            prop_assert_eq!(Id(bytes).to_string().parse::<Id>(), Ok(Id(bytes)));
        }

        #[test]
        fn every_accepted_text_is_the_canonical_one(text in "[A-Za-z0-9_-]{43}") {
            if let Ok(id) = text.parse::<Id>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
