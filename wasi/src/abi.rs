//! The guest's memory, and how wide its pointers are.
//!
//! Preview 1 was written for 32-bit guests. For a 64-bit guest the same functions are used with every pointer and every
//! size 64 bits wide and nothing else changed:
//!
//! | record | 32-bit guest | 64-bit guest |
//! |---|---|---|
//! | pointer, size (argument or result) | u32 | u64 |
//! | `iovec`, `ciovec` | 8 bytes: pointer at 0, length at 4 | 16 bytes: pointer at 0, length at 8 |
//! | `argv`, `environ` arrays | u32 pointers | u64 pointers |
//! | `prestat` | 8 bytes: tag u8 at 0, name length u32 at 4 | 16 bytes: tag u8 at 0, name length u64 at 8 |
//! | `fdstat` | 24 bytes: file type u8 at 0, flags u16 at 2, rights u64 at 8, inherited rights u64 at 16 | the same |
//! | `filestat` | 64 bytes: device u64 at 0, inode u64 at 8, file type u8 at 16, links u64 at 24, size u64 at 32, access, modification and change time u64 at 40, 48 and 56 | the same |
//! | `dirent` | 24 bytes: next cookie u64 at 0, inode u64 at 8, name length u32 at 16, file type u8 at 20; the name follows | the same |
//! | `subscription` | 48 bytes: user data u64 at 0, tag u8 at 8; clock: id u32 at 16, timeout u64 at 24, precision u64 at 32, flags u16 at 40; descriptor: u32 at 16 | the same |
//! | `event` | 32 bytes: user data u64 at 0, error u16 at 8, type u8 at 10, byte count u64 at 16, flags u16 at 24 | the same |
//!
//! Descriptors, error numbers and flags keep their widths (i32 arguments; a descriptor is stored as u32), and offsets,
//! cookies, rights and times are i64 in both. All numbers are little-endian; no alignment is asked for.

use crate::errno::Errno;
use std::ops::Range;

/// The most iovecs that one call takes, as in POSIX systems (`IOV_MAX`). More are answered with `EINVAL`.
pub const MAX_IOVECS: u64 = 1024;
/// The longest path that a call takes, in bytes.
pub const MAX_PATH: u64 = 4096;

/// How wide the guest's pointers and sizes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PtrWidth {
    /// A guest with a 32-bit memory.
    W32,
    /// A guest with a 64-bit memory.
    W64,
}

impl PtrWidth {
    /// The size of a pointer in bytes.
    pub fn bytes(self) -> u64 {
        match self {
            PtrWidth::W32 => 4,
            PtrWidth::W64 => 8,
        }
    }

    /// The most bytes that one read or write moves: the largest count that the guest's `ssize_t` can hold.
    pub(crate) fn max_transfer(self) -> u64 {
        match self {
            PtrWidth::W32 => i32::MAX as u64,
            PtrWidth::W64 => i64::MAX as u64,
        }
    }
}

/// The guest's memory for the time of one call. Every access is checked; what lies outside is `EFAULT`.
pub struct Guest<'a> {
    bytes: &'a mut [u8],
    width: PtrWidth,
}

impl<'a> Guest<'a> {
    /// Looks at `bytes` as the memory of a guest of the given width.
    pub fn new(bytes: &'a mut [u8], width: PtrWidth) -> Guest<'a> {
        Guest { bytes, width }
    }

    /// How wide the guest's pointers are.
    pub fn width(&self) -> PtrWidth {
        self.width
    }

    /// The memory's size in bytes.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn range(&self, pointer: u64, length: u64) -> Result<Range<usize>, Errno> {
        let end = pointer
            .checked_add(length)
            .filter(|&end| end <= self.size())
            .ok_or(Errno::Fault)?;
        // Both fit: they are at most the length of a slice.
        Ok(pointer as usize..end as usize)
    }

    /// The bytes at `pointer`.
    ///
    /// # Errors
    /// `EFAULT` if not all of them are in the memory.
    pub fn slice(&self, pointer: u64, length: u64) -> Result<&[u8], Errno> {
        self.range(pointer, length).map(|range| &self.bytes[range])
    }

    /// The bytes at `pointer`, to be written.
    ///
    /// # Errors
    /// `EFAULT` if not all of them are in the memory.
    pub fn slice_mut(&mut self, pointer: u64, length: u64) -> Result<&mut [u8], Errno> {
        self.range(pointer, length)
            .map(|range| &mut self.bytes[range])
    }

    /// Copies `bytes` to `pointer`.
    ///
    /// # Errors
    /// `EFAULT`, and then nothing is written.
    pub fn write(&mut self, pointer: u64, bytes: &[u8]) -> Result<(), Errno> {
        self.slice_mut(pointer, bytes.len() as u64)?
            .copy_from_slice(bytes);
        Ok(())
    }

    pub(crate) fn read_array<const N: usize>(&self, pointer: u64) -> Result<[u8; N], Errno> {
        let mut array = [0; N];
        array.copy_from_slice(self.slice(pointer, N as u64)?);
        Ok(array)
    }

    /// Reads a pointer or a size.
    pub(crate) fn read_size(&self, pointer: u64) -> Result<u64, Errno> {
        match self.width {
            PtrWidth::W32 => self
                .read_array(pointer)
                .map(|bytes| u64::from(u32::from_le_bytes(bytes))),
            PtrWidth::W64 => self.read_array(pointer).map(u64::from_le_bytes),
        }
    }

    /// Writes a pointer or a size; `EOVERFLOW` if it is too large for the guest.
    pub(crate) fn write_size(&mut self, pointer: u64, value: u64) -> Result<(), Errno> {
        match self.width {
            PtrWidth::W32 => {
                let value = u32::try_from(value).map_err(|_| Errno::Overflow)?;
                self.write(pointer, &value.to_le_bytes())
            }
            PtrWidth::W64 => self.write(pointer, &value.to_le_bytes()),
        }
    }

    /// Whether a size can be written there. Calls ask before they do what can not be undone.
    pub(crate) fn check_size(&self, pointer: u64) -> Result<(), Errno> {
        self.range(pointer, self.width.bytes()).map(drop)
    }

    /// Reads `count` iovecs, all of which must lie in the memory. Their lengths are cut so that together they do not
    /// exceed what one call can move, which makes the transfer a short one.
    pub(crate) fn iovecs(&self, pointer: u64, count: u64) -> Result<Vec<(u64, u64)>, Errno> {
        if count > MAX_IOVECS {
            return Err(Errno::Inval);
        }
        let width = self.width.bytes();
        let mut left = self.width.max_transfer();
        let mut iovecs = Vec::with_capacity(count as usize);
        for i in 0..count {
            let at = pointer.checked_add(i * 2 * width).ok_or(Errno::Fault)?;
            let buffer = self.read_size(at)?;
            let length = self.read_size(at.checked_add(width).ok_or(Errno::Fault)?)?;
            self.range(buffer, length)?;
            iovecs.push((buffer, length.min(left)));
            left -= length.min(left);
        }
        Ok(iovecs)
    }

    /// Reads a path: UTF-8 without NUL, not too long.
    pub(crate) fn path(&self, pointer: u64, length: u64) -> Result<String, Errno> {
        let bytes = self.slice(pointer, length)?;
        if length > MAX_PATH {
            return Err(Errno::Nametoolong);
        }
        let path = std::str::from_utf8(bytes).map_err(|_| Errno::Ilseq)?;
        if path.contains('\0') {
            return Err(Errno::Inval);
        }
        Ok(path.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_have_the_guests_width() {
        let mut bytes = [0xff; 16];
        Guest::new(&mut bytes, PtrWidth::W32)
            .write_size(0, 5)
            .unwrap();
        assert_eq!(bytes[..8], [5, 0, 0, 0, 255, 255, 255, 255]);
        Guest::new(&mut bytes, PtrWidth::W64)
            .write_size(8, 1 << 40)
            .unwrap();
        assert_eq!(bytes[8..], [0, 0, 0, 0, 0, 1, 0, 0]);
        let mut narrow = Guest::new(&mut bytes, PtrWidth::W32);
        assert_eq!(narrow.write_size(0, 1 << 32), Err(Errno::Overflow));
        assert_eq!(narrow.read_size(12), Ok(256));
        assert_eq!(narrow.read_size(13), Err(Errno::Fault));
    }

    #[test]
    fn iovecs_are_cut_to_the_largest_transfer() {
        // 64 times 64 MiB is more than 2 GiB; the memory is one buffer named again and again.
        let mut bytes = vec![0; 64 << 20];
        for i in 0..64 {
            bytes[i * 8 + 4..i * 8 + 8].copy_from_slice(&(64u32 << 20).to_le_bytes());
        }
        let guest = Guest::new(&mut bytes, PtrWidth::W32);
        let iovecs = guest.iovecs(0, 64).unwrap();
        assert_eq!(
            iovecs.iter().map(|(_, length)| length).sum::<u64>(),
            i32::MAX as u64
        );
        assert_eq!(guest.iovecs(0, MAX_IOVECS + 1), Err(Errno::Inval));
        assert_eq!(guest.iovecs(0, u64::MAX), Err(Errno::Inval));
    }

    proptest! {
        #[test]
        fn no_pointer_panics(
            pointer in prop_oneof![0u64..200, any::<u64>(), Just(u64::MAX)],
            length in prop_oneof![0u64..200, any::<u64>(), Just(u64::MAX)],
            wide: bool,
        ) {
            let mut bytes = vec![0xa5; 100];
            let mut guest = Guest::new(&mut bytes, if wide { PtrWidth::W64 } else { PtrWidth::W32 });
            let inside = pointer.checked_add(length).is_some_and(|end| end <= 100);
            prop_assert_eq!(guest.slice(pointer, length).is_ok(), inside);
            prop_assert_eq!(guest.slice_mut(pointer, length).is_ok(), inside);
            prop_assert!(guest.path(pointer, length).is_err() || length == 0);
            let _ = guest.iovecs(pointer, length);
            let _ = guest.write_size(pointer, length);
        }
    }
}
