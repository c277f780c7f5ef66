//! The first page of a file of machine code: what the file is for, how long its
//! parts are, and the hash of everything.
//!
//! ```text
//! 0          header, and zeros up to a whole page
//! 4096       code of all functions, each from a multiple of 64 on
//! (a page)   tables
//! ```

use simd::CpuLevel;

use super::key::Key;

/// The unit in which the parts of a file lie, so that code can be mapped.
pub(super) const PAGE: u64 = 4096;

/// Most bytes of code, or of tables, in one file.
const MAX_PART: u64 = 1 << 31;

const MAGIC: [u8; 16] = *b"\x7flockstep code\r\n";

/// The version of this format.
const FORMAT: u32 = 1;

const AT_FORMAT: usize = 16;
const AT_GUARDS: usize = 20;
const AT_LEVEL: usize = 24;
const AT_COMPILER: usize = 40;
const AT_MODULE: usize = 72;
const AT_PROFILE: usize = 104;
const AT_CODE_LEN: usize = 136;
const AT_TABLES_LEN: usize = 144;
const AT_HASH: usize = 152;
const END: usize = AT_HASH + 32;

/// What the parts of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) code_len: u64,
    pub(super) tables_len: u64,
    /// BLAKE3 of the header without this hash, the code and the tables.
    pub(super) hash: [u8; 32],
}

impl Parts {
    /// Bytes from the beginning of the code to that of the tables.
    pub(super) fn code_room(&self) -> u64 {
        self.code_len.next_multiple_of(PAGE)
    }

    /// Bytes of the whole file.
    pub(super) fn file_len(&self) -> u64 {
        PAGE + self.code_room() + self.tables_len
    }
}

/// Why a header is not that of the file that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It is whole, and of a file for something else: this.
    Foreign(&'static str),
    /// This is wrong.
    Damaged(&'static str),
}

fn level_name(level: CpuLevel) -> [u8; 16] {
    let mut name = [0; 16];
    let bytes = level.name().as_bytes();
    name[..bytes.len()].copy_from_slice(bytes);
    name
}

/// The first page of a file.
pub(super) fn write(key: &Key, parts: &Parts) -> [u8; PAGE as usize] {
    let mut page = [0; PAGE as usize];
    let mut put = |at: usize, bytes: &[u8]| page[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &MAGIC);
    put(AT_FORMAT, &FORMAT.to_le_bytes());
    put(AT_GUARDS, &u32::from(key.guards).to_le_bytes());
    put(AT_LEVEL, &level_name(key.level));
    put(AT_COMPILER, &key.compiler);
    put(AT_MODULE, &key.module);
    put(AT_PROFILE, &key.profile);
    put(AT_CODE_LEN, &parts.code_len.to_le_bytes());
    put(AT_TABLES_LEN, &parts.tables_len.to_le_bytes());
    put(AT_HASH, &parts.hash);
    page
}

/// Reads the first page of a file that is to be for `key`.
pub(super) fn read(page: &[u8; PAGE as usize], key: &Key) -> Result<Parts, Unfit> {
    fn at<const N: usize>(page: &[u8], at: usize) -> [u8; N] {
        *page[at..].first_chunk().expect("the header is in a page")
    }
    if at(page, 0) != MAGIC {
        return Err(Unfit::Damaged("it does not begin as machine code does"));
    }
    let rules = [
        (
            at(page, AT_FORMAT) == FORMAT.to_le_bytes(),
            "another version of the format",
        ),
        (
            at(page, AT_COMPILER) == key.compiler,
            "another build of the compiler",
        ),
        (at(page, AT_MODULE) == key.module, "another module"),
        (at(page, AT_PROFILE) == key.profile, "another profile"),
        (
            at(page, AT_LEVEL) == level_name(key.level),
            "another CPU level",
        ),
        (
            at(page, AT_GUARDS) == u32::from(key.guards).to_le_bytes(),
            "another way of checking bounds",
        ),
    ];
    if let Some((_, what)) = rules.iter().find(|(holds, _)| !holds) {
        return Err(Unfit::Foreign(what));
    }
    let parts = Parts {
        code_len: u64::from_le_bytes(at(page, AT_CODE_LEN)),
        tables_len: u64::from_le_bytes(at(page, AT_TABLES_LEN)),
        hash: at(page, AT_HASH),
    };
    if parts.code_len > MAX_PART || parts.tables_len > MAX_PART {
        return Err(Unfit::Damaged("its header asks for too much"));
    }
    Ok(parts)
}

/// A hasher that has what of the first page is hashed. Code and tables, with
/// the bytes between them, come next.
pub(super) fn hasher(page: &[u8; PAGE as usize]) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&page[..AT_HASH]);
    hasher.update(&page[END..]);
    hasher
}

#[cfg(test)]
mod tests {
    use super::super::key;
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let key = Key {
            compiler: key::compiler(),
            module: [1; 32],
            profile: [2; 32],
            level: CpuLevel::Portable,
            guards: true,
        };
        let parts = Parts {
            code_len: 5000,
            tables_len: 7,
            hash: [9; 32],
        };
        assert_eq!(parts.file_len(), 3 * PAGE + 7);
        let page = write(&key, &parts);
        assert_eq!(read(&page, &key), Ok(parts));
        for (at, what) in [
            (0, Unfit::Damaged("it does not begin as machine code does")),
            (AT_FORMAT, Unfit::Foreign("another version of the format")),
            (AT_COMPILER, Unfit::Foreign("another build of the compiler")),
            (AT_MODULE, Unfit::Foreign("another module")),
            (AT_PROFILE, Unfit::Foreign("another profile")),
            (AT_LEVEL, Unfit::Foreign("another CPU level")),
            (AT_GUARDS, Unfit::Foreign("another way of checking bounds")),
            (
                AT_CODE_LEN + 7,
                Unfit::Damaged("its header asks for too much"),
            ),
            (
                AT_TABLES_LEN + 7,
                Unfit::Damaged("its header asks for too much"),
            ),
        ] {
            let mut page = page;
            page[at] ^= 1;
            assert_eq!(read(&page, &key), Err(what));
        }
    }
}
