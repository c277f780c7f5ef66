//! Memory that machine code runs in.
//!
//! It is never writable and executable at once, and never both in turn: code
//! is written to a file in memory, and only the file is mapped, to be read and
//! run. So code that runs on other threads is not disturbed when more is added.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, PoisonError};

use super::chain::Chain;
use super::map::Mapping;
use crate::error::Error;

/// Bytes that are mapped in one go.
const CHUNK: u64 = 1 << 20;

/// Where each piece of code begins: at a multiple of this, as caches have it.
const ALIGNMENT: u64 = 64;

/// The machine code of one module.
#[derive(Default)]
pub(crate) struct CodeMemory {
    chunks: Mutex<Vec<Chunk>>,
    /// Where the chunks are.
    spans: Chain<Range<usize>>,
}

/// A file with its one mapping, filled from the start.
struct Chunk {
    file: File,
    /// Where in the file the mapping begins.
    offset: u64,
    mapping: Mapping,
    len: u64,
    used: u64,
}

impl CodeMemory {
    /// Puts `code` where it can run, for as long as this lives; gives its
    /// address.
    ///
    /// # Errors
    /// [`Error::HostResource`] if the host gives no memory for it.
    pub(crate) fn add(&self, code: &[u8]) -> Result<usize, Error> {
        let mut chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        let len = code.len() as u64;
        if !chunks.last().is_some_and(|chunk| chunk.has_room(len)) {
            let chunk = Chunk::new(len.max(1).next_multiple_of(CHUNK))?;
            self.spans.push(chunk.span());
            chunks.push(chunk);
        }
        let chunk = chunks.last_mut().expect("there is one with room");
        chunk.add(code)
    }

    /// Has `len` bytes of `file`, from a whole page on, where they can run, for
    /// as long as this lives; gives their address. Nobody may change them.
    ///
    /// # Errors
    /// [`Error::HostResource`] if the host does not map them.
    pub(crate) fn map(&self, file: File, offset: u64, len: u64) -> Result<usize, Error> {
        let mapping = Mapping::executable_part(&file, offset, len)?;
        let base = mapping.base().as_ptr().addr();
        let full = Chunk {
            file,
            offset,
            mapping,
            len,
            used: len,
        };
        // The last one is the one with room.
        let mut chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        self.spans.push(full.span());
        chunks.insert(0, full);
        Ok(base)
    }

    /// The `len` bytes of code at an address that [`CodeMemory::add`] or
    /// [`CodeMemory::map`] gave, or inside of it.
    ///
    /// # Errors
    /// [`Error::HostResource`] if the host does not read them.
    pub(crate) fn read(&self, address: usize, len: usize) -> Result<Vec<u8>, Error> {
        let chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        let chunk = chunks.iter().find(|chunk| chunk.span().contains(&address));
        let chunk = chunk.expect("code is read where it was put");
        let start = (address - chunk.mapping.base().as_ptr().addr()) as u64;
        let mut code = vec![0; len];
        let read = chunk.file.read_exact_at(&mut code, chunk.offset + start);
        read.map_err(|error| {
            Error::HostResource(format!("cannot read {len} bytes of machine code: {error}"))
        })?;
        Ok(code)
    }

    /// Whether `address` is in this memory. Takes no lock.
    pub(crate) fn holds(&self, address: usize) -> bool {
        self.spans.iter().any(|span| span.contains(&address))
    }
}

impl Chunk {
    fn new(len: u64) -> Result<Chunk, Error> {
        let refused = |error| {
            Error::HostResource(format!("cannot get {len} bytes for machine code: {error}"))
        };
        let file = memory_file().map_err(refused)?;
        file.set_len(len).map_err(refused)?;
        let mapping = Mapping::executable(&file, len)?;
        Ok(Chunk {
            file,
            offset: 0,
            mapping,
            len,
            used: 0,
        })
    }

    fn span(&self) -> Range<usize> {
        self.mapping.base().as_ptr().addr()..self.mapping.end().as_ptr().addr()
    }

    fn has_room(&self, len: u64) -> bool {
        self.len - self.used >= len
    }

    fn add(&mut self, code: &[u8]) -> Result<usize, Error> {
        let start = self.used;
        self.file.write_all_at(code, start).map_err(|error| {
            let len = code.len();
            Error::HostResource(format!("cannot write {len} bytes of machine code: {error}"))
        })?;
        let behind = start + code.len() as u64;
        self.used = behind.next_multiple_of(ALIGNMENT).min(self.len);
        Ok(self.mapping.base().as_ptr().addr() + start as usize)
    }
}

/// An unnamed file that lives in memory and may be mapped to be run.
#[cfg(target_os = "linux")]
fn memory_file() -> std::io::Result<File> {
    use std::io::{Error, ErrorKind};
    use std::os::fd::FromRawFd;

    let name = c"lockstep code";
    let create = |flags| {
        // SAFETY: the name is a string with its end, and the kernel copies it.
        let fd = unsafe { libc::memfd_create(name.as_ptr(), flags) };
        match fd {
            // SAFETY: the descriptor is new, and nobody else has it.
            0.. => Ok(unsafe { File::from_raw_fd(fd) }),
            _ => Err(Error::last_os_error()),
        }
    };
    match create(libc::MFD_CLOEXEC | libc::MFD_EXEC) {
        // Kernels that do not know the flag let any such file be run.
        Err(error) if error.kind() == ErrorKind::InvalidInput => create(libc::MFD_CLOEXEC),
        other => other,
    }
}

#[cfg(not(target_os = "linux"))]
fn memory_file() -> std::io::Result<File> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod tests {
    use super::*;

    /// `mov eax, number; ret`
    fn code(number: u8) -> [u8; 6] {
        [0xb8, number, 0, 0, 0, 0xc3]
    }

    fn run(at: usize) -> u32 {
        // SAFETY: the code at this address follows the convention and touches
        // one scratch register.
        unsafe { std::mem::transmute::<usize, extern "C" fn() -> u32>(at)() }
    }

    #[test]
    fn code_runs_and_more_can_be_added() {
        let memory = CodeMemory::default();
        let all: Vec<usize> = (0..200).map(|n| memory.add(&code(n)).unwrap()).collect();
        let large = memory.add(&[0xc3; 3 << 20]).unwrap();
        run(large + (3 << 20) - 1);
        let behind = memory.add(&code(201)).unwrap();
        for (number, &at) in all.iter().enumerate() {
            assert_eq!(at % ALIGNMENT as usize, 0);
            assert_eq!(run(at), number as u32);
        }
        assert_eq!(run(behind), 201);
        assert_eq!(memory.read(all[7], 6).unwrap(), code(7));
        assert_eq!(memory.read(behind, 6).unwrap(), code(201));
        assert!(all.iter().all(|&at| memory.holds(at)));
        assert!(memory.holds(large + (3 << 20) - 1) && memory.holds(behind));
        assert!(!memory.holds(run as *const () as usize));
    }

    #[test]
    fn code_of_a_file_runs_beside_other_code() {
        let memory = CodeMemory::default();
        let first = memory.add(&code(1)).unwrap();
        let mut file = tempfile::tempfile().unwrap();
        let mut bytes = vec![0; 4096 + 64];
        bytes.extend_from_slice(&code(2));
        std::io::Write::write_all(&mut file, &bytes).unwrap();
        let base = memory.map(file, 4096, 70).unwrap();
        let behind = memory.add(&code(3)).unwrap();
        assert_eq!([first, base + 64, behind].map(run), [1, 2, 3]);
        assert_eq!(behind - first, ALIGNMENT as usize);
        assert_eq!(memory.read(base + 64, 6).unwrap(), code(2));
        let gone = tempfile::tempfile().unwrap();
        assert!(memory.map(gone, 1, 70).is_err());
        assert!(memory.holds(base) && memory.holds(base + 69));
    }
}
