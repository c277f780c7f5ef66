//! Linear memories.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::map::{MAP_PAGE, Mapping};
use crate::error::Error;
use crate::module::types::MemoryType;
use crate::profile::Limits;

/// Bytes in a Wasm page.
pub(crate) const PAGE: u64 = 65536;

/// Untouchable space before a memory's first byte, and behind the space that
/// is reserved for it: what the offset of an access can add to an address of
/// which only a part is checked.
pub(crate) const GUARD_BEFORE: u64 = 1 << 16;
pub(crate) const GUARD_BEHIND: u64 = (1 << 31) + PAGE;

/// Least space that is reserved: any index of 32 bits is inside.
pub(crate) const RESERVED_MIN: u64 = 1 << 32;

/// A linear memory whose base never moves: its address space is reserved up
/// to the largest size it can reach, and growing opens pages.
///
/// Running code reads `base` and `len` directly.
#[repr(C)]
pub(crate) struct MemoryInst {
    pub(crate) base: *mut u8,
    /// Present size in bytes.
    pub(crate) len: u64,
    /// Bytes from `base` that are its own, whether they are open or not.
    pub(crate) reserved: u64,
    mapping: Mapping,
    ty: MemoryType,
    /// Pages beyond which growing fails.
    limit: u64,
}

impl MemoryInst {
    pub(crate) fn new(ty: MemoryType, limits: &Limits) -> Result<MemoryInst, Error> {
        let limit = ty.max.unwrap_or(u64::MAX).min(limits.memory_pages);
        let limit = if ty.is_64 { limit } else { limit.min(1 << 16) };
        if ty.min > limit {
            return Err(Error::Limit(format!(
                "a memory of {} pages, more than {limit}",
                ty.min
            )));
        }
        let reserved = (limit * PAGE).max(RESERVED_MIN);
        let mut mapping = Mapping::reserve(GUARD_BEFORE + reserved + GUARD_BEHIND)?;
        mapping.open(GUARD_BEFORE, ty.min * PAGE)?;
        let base = mapping.base().as_ptr().wrapping_add(GUARD_BEFORE as usize);
        Ok(MemoryInst {
            base,
            len: ty.min * PAGE,
            reserved,
            mapping,
            ty,
            limit,
        })
    }

    /// Present type: the minimum is the present size.
    pub(crate) fn ty(&self) -> MemoryType {
        MemoryType {
            min: self.pages(),
            ..self.ty
        }
    }

    pub(crate) fn pages(&self) -> u64 {
        self.len / PAGE
    }

    /// Grows by `delta` pages: the old size, or `None` if that would pass the
    /// declared maximum or the profile's limit.
    ///
    /// # Errors
    /// [`Error::HostResource`] if the host cannot give the pages.
    pub(crate) fn grow(&mut self, delta: u64) -> Result<Option<u64>, Error> {
        let old = self.pages();
        match old.checked_add(delta) {
            Some(new) if new <= self.limit => {
                self.mapping.open(GUARD_BEFORE + self.len, delta * PAGE)?;
                self.len = new * PAGE;
                Ok(Some(old))
            }
            _ => Ok(None),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: `len` bytes from `base` are open, and no guest runs while
        // the host holds the store.
        unsafe { std::slice::from_raw_parts(self.base, self.len as usize) }
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and `self` is borrowed mutably.
        unsafe { std::slice::from_raw_parts_mut(self.base, self.len as usize) }
    }

    /// Whether the byte at a host's address is out of bounds, but in the
    /// address space of this memory: touching it faults.
    #[cfg_attr(
        not(all(target_arch = "x86_64", target_os = "linux")),
        allow(dead_code, reason = "without guards nobody asks")
    )]
    pub(crate) fn is_guard(&self, address: usize) -> bool {
        let behind = (address as u64).wrapping_sub(self.base.addr() as u64);
        let before = behind.wrapping_neg();
        (self.len..self.reserved + GUARD_BEHIND).contains(&behind)
            || (1..=GUARD_BEFORE).contains(&before)
    }

    /// Whether `len` bytes from `addr` lie inside.
    pub(crate) fn contains(&self, addr: u64, len: u64) -> bool {
        addr.checked_add(len).is_some_and(|end| end <= self.len)
    }

    /// Maps whole pages of a file, copy-on-write. What does not begin and end
    /// with pages of this host is copied; no guest can tell.
    ///
    /// # Errors
    /// [`Error::Usage`] if something is not a multiple of [`MAP_PAGE`] or the
    /// range lies outside, [`Error::HostResource`] if the host refuses.
    pub(crate) fn map_file(
        &mut self,
        addr: u64,
        file: &File,
        offset: u64,
        len: u64,
    ) -> Result<(), Error> {
        if !(addr | offset | len).is_multiple_of(MAP_PAGE) {
            return Err(Error::usage(format!(
                "mapping needs multiples of {MAP_PAGE}: address {addr}, offset {offset}, length {len}"
            )));
        }
        if !self.contains(addr, len) {
            return Err(Error::usage(format!(
                "{len} bytes at {addr} lie outside a memory of {} bytes",
                self.len
            )));
        }
        let mapped = self
            .mapping
            .map_file(GUARD_BEFORE + addr, file, offset, len)?;
        let rest = (addr + mapped) as usize..(addr + len) as usize;
        read_or_zero(&mut self.bytes_mut()[rest], file, offset + mapped).map_err(|error| {
            Error::HostResource(format!(
                "cannot read a file that is to be mapped at {addr}: {error}"
            ))
        })
    }
}

/// Fills `bytes` from `offset` of `file`; behind its end they become zero, as
/// in a mapped page.
fn read_or_zero(mut bytes: &mut [u8], file: &File, mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.read_at(bytes, offset) {
            Ok(0) => {
                bytes.fill(0);
                break;
            }
            Ok(count) => {
                bytes = &mut bytes[count..];
                offset += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
