//! A module as its list of sections, each a vector of items in bytes.
//!
//! Rewriting appends items to sections and never decodes what it keeps, so
//! every byte that is not meant to change stays.

use wasm_encoder::Encode;

/// Ids of sections in the order in which they stand in a module
/// (Wasm 3.0, section 5.5.2).
const ORDER: [u8; 13] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/// Ids that rewriting touches.
pub(super) mod id {
    pub(crate) const CUSTOM: u8 = 0;
    pub(crate) const TYPE: u8 = 1;
    pub(crate) const FUNCTION: u8 = 3;
    pub(crate) const MEMORY: u8 = 5;
    pub(crate) const GLOBAL: u8 = 6;
    pub(crate) const EXPORT: u8 = 7;
    pub(crate) const CODE: u8 = 10;
}

/// One section: its id and its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) id: u8,
    pub(super) content: Vec<u8>,
}

/// A module's sections, in order.
#[derive(Clone, Debug)]
pub(super) struct Sections {
    head: Vec<u8>,
    pub(super) list: Vec<Section>,
}

impl Sections {
    /// Takes a module apart. None if the bytes are cut short.
    pub(super) fn parse(wasm: &[u8]) -> Option<Sections> {
        let (head, mut rest) = wasm.split_at_checked(8)?;
        let mut list = Vec::new();
        while let Some((&id, behind)) = rest.split_first() {
            let (size, digits) = number(behind)?;
            let content = behind.get(digits..digits.checked_add(size as usize)?)?;
            rest = &behind[digits + content.len()..];
            list.push(Section {
                id,
                content: content.to_vec(),
            });
        }
        Some(Sections {
            head: head.to_vec(),
            list,
        })
    }

    /// Puts the module together.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut wasm = self.head.clone();
        for section in &self.list {
            wasm.push(section.id);
            section.content.encode(&mut wasm);
        }
        wasm
    }

    /// Appends items, already encoded, to a section, which is made if there
    /// is none.
    pub(super) fn append(&mut self, id: u8, items: &[Vec<u8>]) {
        let section = self.section(id);
        let (count, digits) = number(&section.content).unwrap_or((0, 0));
        let mut content = Vec::new();
        (count + items.len() as u32).encode(&mut content);
        content.extend_from_slice(&section.content[digits..]);
        content.extend(items.iter().flatten());
        section.content = content;
    }

    /// The section with this id, an empty one if there was none.
    fn section(&mut self, id: u8) -> &mut Section {
        if let Some(at) = self.list.iter().position(|section| section.id == id) {
            return &mut self.list[at];
        }
        let rank = |id: u8| ORDER.iter().position(|&other| other == id);
        let before =
            |section: &Section| rank(section.id).is_some_and(|other| Some(other) > rank(id));
        let at = self.list.iter().position(before).unwrap_or(self.list.len());
        let content = vec![0];
        self.list.insert(at, Section { id, content });
        &mut self.list[at]
    }

    /// Replaces a section's content by these items, already encoded.
    pub(super) fn replace(&mut self, id: u8, items: &[Vec<u8>]) {
        self.section(id).content = vec![0];
        self.append(id, items);
    }
}

impl Section {
    /// Name and data, if this is a custom section.
    pub(super) fn custom(&self) -> Option<(&[u8], &[u8])> {
        if self.id != id::CUSTOM {
            return None;
        }
        let (length, digits) = number(&self.content)?;
        self.content[digits..].split_at_checked(length as usize)
    }
}

/// An unsigned LEB128 number of 32 bits, and how many bytes it takes.
pub(super) fn number(bytes: &[u8]) -> Option<(u32, usize)> {
    let mut value = 0u64;
    for (i, byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Some((value.try_into().ok()?, i + 1));
        }
    }
    None
}
