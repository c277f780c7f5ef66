//! How data is cut into chunks.
//!
//! Chunks have [`MAX_CHUNK`] bytes. Where that would leave a last chunk shorter than [`MIN_CHUNK`], the last two share
//! their bytes evenly, the first of them taking the odd byte. Data whose length is a multiple of [`MAX_CHUNK`], nothing
//! at all included, ends in a chunk of no bytes: Arweave's clients put it there and it takes part in the root.

use std::io::{self, Read};
use std::ops::Range;

/// The most bytes a chunk can have (256 KiB).
pub const MAX_CHUNK: usize = 256 * 1024;
/// The fewest bytes that are left to a last chunk before it shares with its neighbour (32 KiB).
pub const MIN_CHUNK: usize = 32 * 1024;

/// The size of the next chunk when `rest` bytes are left, the last chunk's bytes included.
fn next_size(rest: u64) -> u64 {
    let max = MAX_CHUNK as u64;
    match rest.checked_sub(max) {
        None => rest,
        Some(after) if after > 0 && after < MIN_CHUNK as u64 => rest.div_ceil(2),
        Some(_) => max,
    }
}

/// The byte ranges of the chunks of `length` bytes of data, in order; an empty last one included.
pub fn chunk_bounds(length: u64) -> impl Iterator<Item = Range<u64>> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = length - start;
        let end = start + next_size(rest);
        // A full chunk is always followed by another, if only by an empty one; so is the first of two that share.
        next = (rest >= MAX_CHUNK as u64).then_some(end);
        Some(start..end)
    })
}

/// Reads `reader` to its end and hands each chunk to `each`, in order, with the offset at which it starts.
/// Returns the number of bytes. Holds one chunk in memory at a time.
///
/// # Errors
/// The reader's errors (interrupted reads are tried again) and those of `each`.
pub fn for_each_chunk<E: From<io::Error>>(
    mut reader: impl Read,
    mut each: impl FnMut(u64, &[u8]) -> Result<(), E>,
) -> Result<u64, E> {
    // Whether a full chunk may be cut off is known only when the bytes after it are enough for a chunk of their own.
    let mut buffer = vec![0; MAX_CHUNK + MIN_CHUNK];
    let (mut filled, mut offset) = (0, 0u64);
    loop {
        filled += fill(&mut reader, &mut buffer[filled..])?;
        if filled < buffer.len() {
            break;
        }
        each(offset, &buffer[..MAX_CHUNK])?;
        offset += MAX_CHUNK as u64;
        buffer.copy_within(MAX_CHUNK.., 0);
        filled = MIN_CHUNK;
    }
    for range in chunk_bounds(filled as u64) {
        each(
            offset + range.start,
            &buffer[range.start as usize..range.end as usize],
        )?;
    }
    Ok(offset + filled as u64)
}

/// Reads until `buffer` is full or the reader is at its end.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const K: u64 = 1024;

    fn ends(length: u64) -> Vec<u64> {
        chunk_bounds(length).map(|range| range.end).collect()
    }

    #[test]
    fn bounds_at_the_seams() {
        assert_eq!(ends(0), [0]);
        assert_eq!(ends(1), [1]);
        assert_eq!(ends(256 * K - 1), [256 * K - 1]);
        assert_eq!(ends(256 * K), [256 * K, 256 * K]);
        assert_eq!(ends(256 * K + 1), [131_073, 262_145]);
        assert_eq!(ends(288 * K - 1), [147_456, 294_911]);
        assert_eq!(ends(288 * K), [256 * K, 288 * K]);
        assert_eq!(ends(512 * K), [256 * K, 512 * K, 512 * K]);
        assert_eq!(ends(512 * K + 1), [256 * K, 393_217, 524_289]);
    }

    /// Gives its bytes in pieces of uneven size, with an interruption now and then.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = self.1 * 5 % 70_001 + 1;
            if self.1.is_multiple_of(7) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let n = self.1.min(buffer.len()).min(self.0.len());
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    #[test]
    fn a_failing_reader_is_reported() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("unplugged"))
            }
        }
        let error = for_each_chunk(Fails, |_, _| Ok::<_, io::Error>(())).unwrap_err();
        assert_eq!(error.to_string(), "unplugged");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn streaming_cuts_as_the_bounds_say(
            full in 0u64..4,
            rest in prop_oneof![0..40 * K, 255 * K..256 * K, Just(0), Just(32 * K), Just(32 * K - 1)],
            pace in 1usize..70_000,
        ) {
            let length = full * 256 * K + rest;
            let data: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            let mut seen = Vec::new();
            let mut joined = Vec::new();
            let total = for_each_chunk(Drip(&data, pace), |start, bytes| {
                seen.push(start..start + bytes.len() as u64);
                joined.extend_from_slice(bytes);
                Ok::<_, io::Error>(())
            }).unwrap();
            prop_assert_eq!(total, length);
            prop_assert_eq!(seen, chunk_bounds(length).collect::<Vec<_>>());
            prop_assert_eq!(joined, data);
        }

        #[test]
        fn bounds_are_gapless_and_within_the_limits(length in 0u64..1 << 24) {
            let bounds: Vec<_> = chunk_bounds(length).collect();
            let mut at = 0;
            for range in &bounds {
                prop_assert_eq!(range.start, at);
                prop_assert!(range.end - range.start <= MAX_CHUNK as u64);
                at = range.end;
            }
            prop_assert_eq!(at, length);
            let last = bounds[bounds.len() - 1].clone();
            let size = last.end - last.start;
            prop_assert!(bounds.len() == 1 || size == 0 || size >= MIN_CHUNK as u64);
        }
    }
}
