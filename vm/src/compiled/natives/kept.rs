//! Machine code that outlives the process: given out to be kept, and taken in
//! again in place of compiling.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Compiled, Placed};
use crate::error::Error;
use crate::jit::native::Native;

/// Where a function's code begins among that of all functions: at a multiple
/// of this, as caches have it.
const ALIGNMENT: u64 = 64;

/// What lies between functions: a trap, should anything ever go there.
const BETWEEN: u8 = 0xcc;

/// What is known of a function.
#[derive(Clone, Debug)]
pub(crate) enum Kept<N> {
    /// Nothing: it was not compiled.
    Nothing,
    /// That the compiler refuses it.
    Refused,
    /// Machine code, without its bytes: they are `len` bytes from `start` on,
    /// counted from the first function's.
    Code { native: N, start: u64, len: u32 },
}

impl<N> Kept<N> {
    /// Whether it says anything.
    pub(crate) fn is_known(&self) -> bool {
        !matches!(self, Kept::Nothing)
    }
}

/// Where code begins if what is before it ends at `end`.
pub(crate) fn start_behind(end: u64) -> u64 {
    end.next_multiple_of(ALIGNMENT)
}

/// The code of all functions in one file, from `at` on.
pub(crate) struct CodeFile {
    pub(crate) file: File,
    pub(crate) at: u64,
    pub(crate) len: u64,
}

impl Compiled {
    /// How many functions machine code can be made of; none if the tier has
    /// none.
    pub(crate) fn native_functions(&self) -> usize {
        self.natives.functions.len()
    }

    /// Of how many functions it is known what the compiler makes of them.
    pub(crate) fn natives_known(&self) -> usize {
        let cells = self.natives.functions.iter();
        cells.filter(|cell| cell.whole.get().is_some()).count()
    }

    /// Of how many functions a file has what is known.
    pub(crate) fn natives_kept(&self) -> usize {
        self.natives.kept.load(Ordering::Relaxed)
    }

    /// Notes that a file has what is known of so many functions.
    pub(crate) fn set_natives_kept(&self, count: usize) {
        self.natives.kept.store(count, Ordering::Relaxed);
    }

    /// What is known of each function by now, and the code of all of them.
    ///
    /// # Errors
    /// [`Error::HostResource`] if code cannot be read back.
    pub(crate) fn known(&self) -> Result<(Vec<Kept<&Native>>, Vec<u8>), Error> {
        // Without memory a function has no code, and another run may have more.
        let starved = self.natives.starved.load(Ordering::Relaxed);
        let mut code = Vec::new();
        let mut functions = Vec::with_capacity(self.natives.functions.len());
        for cell in &self.natives.functions {
            functions.push(match cell.whole.get() {
                None => Kept::Nothing,
                Some(None) if starved => Kept::Nothing,
                Some(None) => Kept::Refused,
                Some(Some(placed)) => {
                    let start = start_behind(code.len() as u64);
                    code.resize(start as usize, BETWEEN);
                    let bytes = self.natives.memory.read(placed.start, placed.len)?;
                    code.extend_from_slice(&bytes);
                    Kept::Code {
                        native: &placed.native,
                        start,
                        len: bytes.len() as u32,
                    }
                }
            });
        }
        Ok((functions, code))
    }

    /// Takes what is known of each function, in order, from an earlier run with
    /// the same module, profile, level and compiler. What is known already
    /// stays. Gives the number of functions that it brought.
    ///
    /// # Errors
    /// [`Error::HostResource`] if the code cannot be mapped.
    pub(crate) fn adopt(
        &self,
        code: CodeFile,
        functions: Vec<Kept<Native>>,
    ) -> Result<usize, Error> {
        let base = match code.len {
            0 => 0,
            len => self.natives.memory.map(code.file, code.at, len)?,
        };
        let mut adopted = 0;
        for (cell, kept) in self.natives.functions.iter().zip(functions) {
            let whole = match kept {
                Kept::Nothing => continue,
                Kept::Refused => None,
                Kept::Code { native, start, len } => Some(Arc::new(Placed {
                    native,
                    start: base + start as usize,
                    len: len as usize,
                })),
            };
            adopted += usize::from(cell.whole.set(whole).is_ok());
        }
        self.natives.kept.fetch_add(adopted, Ordering::Relaxed);
        Ok(adopted)
    }
}
