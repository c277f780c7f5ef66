//! Address space from the operating system.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr::{self, NonNull};

use crate::error::Error;

/// The unit in which files are mapped, on every host: the smallest page that
/// hosts have. Theirs may be larger; see [`Mapping::map_file`].
pub(crate) const MAP_PAGE: u64 = 4096;

/// Size of a page of this host, a power of two.
fn host_page() -> u64 {
    // SAFETY: asks for a number.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    u64::try_from(size).expect("a host that has mappings has a page size")
}

/// A mapping, unmapped when dropped.
pub(crate) struct Mapping {
    base: NonNull<u8>,
    len: usize,
}

// SAFETY: a mapping is plain address space; who may touch it is decided by its
// owner, as for a `Vec`.
unsafe impl Send for Mapping {}
// SAFETY: as above; a shared mapping gives out nothing but its address.
unsafe impl Sync for Mapping {}

fn os_error(what: &str, len: u64) -> Error {
    let error = io::Error::last_os_error();
    Error::HostResource(format!(
        "cannot {what} {len} bytes of address space: {error}"
    ))
}

impl Mapping {
    fn map(len: u64, protection: i32) -> Result<Mapping, Error> {
        let size = usize::try_from(len.max(1)).map_err(|_| {
            Error::HostResource(format!("{len} bytes do not fit the address space"))
        })?;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: a fresh anonymous mapping at an address of the kernel's choice.
        let base = unsafe { libc::mmap(ptr::null_mut(), size, protection, flags, -1, 0) };
        match NonNull::new(base.cast::<u8>()) {
            Some(base) if base.as_ptr().cast() != libc::MAP_FAILED => {
                Ok(Mapping { base, len: size })
            }
            _ => Err(os_error("reserve", len)),
        }
    }

    /// Zeroed memory, committed page by page on first touch.
    pub(crate) fn anonymous(len: u64) -> Result<Mapping, Error> {
        Mapping::map(len, libc::PROT_READ | libc::PROT_WRITE)
    }

    /// Address space that cannot be touched until it is opened.
    pub(crate) fn reserve(len: u64) -> Result<Mapping, Error> {
        Mapping::map(len, libc::PROT_NONE)
    }

    /// The first `len` bytes of `file`, to be run: what is written to the file
    /// later is seen here too.
    pub(crate) fn executable(file: &File, len: u64) -> Result<Mapping, Error> {
        Mapping::to_run(file, 0, len, libc::MAP_SHARED)
    }

    /// `len` bytes of `file`, from a whole page on, to be run. The file must not
    /// change any more: pages are read when they are first touched.
    pub(crate) fn executable_part(file: &File, offset: u64, len: u64) -> Result<Mapping, Error> {
        Mapping::to_run(file, offset, len, libc::MAP_PRIVATE)
    }

    fn to_run(file: &File, offset: u64, len: u64, sharing: i32) -> Result<Mapping, Error> {
        let too_large = || Error::HostResource(format!("{len} bytes of machine code"));
        let size = usize::try_from(len).map_err(|_| too_large())?;
        let offset = libc::off_t::try_from(offset).map_err(|_| too_large())?;
        let protection = libc::PROT_READ | libc::PROT_EXEC;
        // SAFETY: a fresh mapping at an address of the kernel's choice.
        let base = unsafe {
            let fd = file.as_raw_fd();
            libc::mmap(ptr::null_mut(), size, protection, sharing, fd, offset)
        };
        match NonNull::new(base.cast::<u8>()) {
            Some(base) if base.as_ptr().cast() != libc::MAP_FAILED => {
                Ok(Mapping { base, len: size })
            }
            _ => Err(os_error("map for machine code", len)),
        }
    }

    pub(crate) fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// Behind the last byte.
    pub(crate) fn end(&self) -> NonNull<u8> {
        // SAFETY: the mapping is `len` bytes long, and none wraps around.
        unsafe { self.base.add(self.len) }
    }

    /// Makes `len` bytes from `start` readable and writable.
    pub(crate) fn open(&mut self, start: u64, len: u64) -> Result<(), Error> {
        if len == 0 {
            return Ok(());
        }
        assert!(
            start
                .checked_add(len)
                .is_some_and(|end| end <= self.len as u64)
        );
        // SAFETY: the range lies inside this mapping, by the assertion.
        let failed = unsafe {
            let at = self.base.as_ptr().add(start as usize);
            libc::mprotect(at.cast(), len as usize, libc::PROT_READ | libc::PROT_WRITE)
        };
        if failed == 0 {
            return Ok(());
        }
        let error = os_error("commit", len);
        // Nothing stays open that nobody knows of.
        // SAFETY: as above.
        unsafe {
            let at = self.base.as_ptr().add(start as usize);
            libc::mprotect(at.cast(), len as usize, libc::PROT_NONE);
        }
        Err(error)
    }

    /// Replaces bytes from `start` by a private, copy-on-write view of `file`
    /// from `offset`: as many of `len` as make whole pages of this host, which
    /// may be none where its pages are larger than [`MAP_PAGE`]. Gives their
    /// number; the rest is for the caller to copy.
    pub(crate) fn map_file(
        &mut self,
        start: u64,
        file: &File,
        offset: u64,
        len: u64,
    ) -> Result<u64, Error> {
        let page = host_page();
        let len = len - len % page;
        if len == 0 || !(start | offset).is_multiple_of(page) {
            return Ok(0);
        }
        assert!(
            start
                .checked_add(len)
                .is_some_and(|end| end <= self.len as u64)
        );
        let offset = libc::off_t::try_from(offset)
            .map_err(|_| Error::usage(format!("file offset {offset} is too large")))?;
        // SAFETY: the range lies inside this mapping, by the assertion, so
        // MAP_FIXED replaces nothing of anybody else's.
        let at = unsafe {
            let at = self.base.as_ptr().add(start as usize);
            let protection = libc::PROT_READ | libc::PROT_WRITE;
            let flags = libc::MAP_PRIVATE | libc::MAP_FIXED | libc::MAP_NORESERVE;
            libc::mmap(
                at.cast(),
                len as usize,
                protection,
                flags,
                file.as_raw_fd(),
                offset,
            )
        };
        if at == libc::MAP_FAILED {
            Err(os_error("map a file over", len))
        } else {
            Ok(len)
        }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours and nobody can name it any more.
        unsafe { libc::munmap(self.base.as_ptr().cast(), self.len) };
    }
}
