//! Exceptions in flight and at rest.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::context::Context;

/// An exception: which tag, and the values it carries.
pub(crate) struct Exception {
    /// Store-wide number of its tag.
    pub(crate) tag: u32,
    /// The payload, packed as operands from an even slot.
    pub(crate) payload: Box<[u64]>,
}

impl Exception {
    /// Words of memory that it takes, about.
    fn words(&self) -> usize {
        self.payload.len() + 8
    }
}

/// The exceptions of a store. An exception reference in a slot is its index
/// plus 1; 0 is null.
#[derive(Default)]
pub(crate) struct Exceptions {
    entries: Vec<Option<Exception>>,
    free: Vec<u32>,
    words: usize,
    /// Those that the host has got a handle to: they stay.
    held: RefCell<BTreeSet<u64>>,
}

impl Exceptions {
    pub(crate) fn insert(&mut self, exception: Exception) -> u64 {
        self.words += exception.words();
        let index = match self.free.pop() {
            Some(index) => {
                self.entries[index as usize] = Some(exception);
                index
            }
            None => {
                self.entries.push(Some(exception));
                self.entries.len() as u32 - 1
            }
        };
        u64::from(index) + 1
    }

    /// The host gets a handle to an exception.
    pub(crate) fn hold(&self, reference: u64) {
        self.held.borrow_mut().insert(reference);
    }

    /// The host gives its handle back.
    pub(crate) fn release(&self, reference: u64) {
        self.held.borrow_mut().remove(&reference);
    }

    pub(crate) fn get(&self, reference: u64) -> Option<&Exception> {
        self.entries
            .get((reference.checked_sub(1)?) as usize)?
            .as_ref()
    }

    /// Words of memory that they take.
    pub(crate) fn words(&self) -> usize {
        self.words
    }

    /// Keeps those that `is_root` names and those their payloads refer to,
    /// taking every payload word for a possible reference. No guest can tell:
    /// exception references cannot be compared or turned into numbers.
    pub(crate) fn sweep(&mut self, roots: impl Iterator<Item = u64>) {
        let mut marked = vec![false; self.entries.len()];
        let mut work: Vec<usize> = Vec::new();
        let mut mark = |reference: u64, work: &mut Vec<usize>| {
            let index = (reference as usize).wrapping_sub(1);
            if marked.get(index) == Some(&false) {
                marked[index] = true;
                work.push(index);
            }
        };
        for root in roots.chain(self.held.borrow().iter().copied()) {
            mark(root, &mut work);
        }
        while let Some(index) = work.pop() {
            if let Some(exception) = &self.entries[index] {
                for &word in &exception.payload {
                    mark(word, &mut work);
                }
            }
        }
        for (index, keep) in marked.into_iter().enumerate() {
            if !keep && let Some(exception) = self.entries[index].take() {
                self.words -= exception.words();
                self.free.push(index as u32);
            }
        }
    }
}

/// Makes an exception of tag `tag` of the running instance from its payload
/// at `slots`; gives its reference.
///
/// # Safety
/// `slots` holds the payload, and the context's store is alive and not in use.
pub(crate) unsafe fn throw(cx: &mut Context, tag: u32, slots: *const u64) -> u64 {
    // SAFETY: the caller's promise.
    unsafe {
        let store = &mut *cx.store;
        let tag = (*cx.instance).tags[tag as usize];
        let len = store.tags[tag as usize].payload_slots as usize;
        let payload = std::slice::from_raw_parts(slots, len).into();
        store.exceptions.insert(Exception { tag, payload })
    }
}
