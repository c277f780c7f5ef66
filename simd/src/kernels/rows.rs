//! Matrices as they lie in memory.

/// Rows of bytes, `stride` bytes between the starts of two. They may overlap;
/// behind the last one nothing needs to follow.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// From the first byte of the first row on.
    pub bytes: &'a [u8],
    /// Distance between the starts of rows.
    pub stride: usize,
}

/// Rows of bytes to write. Rows that overlap are written in their order.
#[derive(Debug)]
pub struct RowsMut<'a> {
    /// From the first byte of the first row on.
    pub bytes: &'a mut [u8],
    /// Distance between the starts of rows.
    pub stride: usize,
}

/// How many bytes `count` rows of `length` bytes reach over; `None` if no
/// address can say.
pub fn extent(count: usize, stride: usize, length: usize) -> Option<usize> {
    match count.checked_sub(1) {
        None => Some(0),
        Some(before) => before.checked_mul(stride)?.checked_add(length),
    }
}

fn assert_holds(have: usize, count: usize, stride: usize, length: usize) {
    let need = extent(count, stride, length);
    assert!(
        need.is_some_and(|need| need <= have),
        "{count} rows of {length} bytes, {stride} apart, do not fit {have} bytes"
    );
}

impl<'a> Rows<'a> {
    /// Rows that begin with `bytes`.
    pub fn new(bytes: &'a [u8], stride: usize) -> Rows<'a> {
        Rows { bytes, stride }
    }

    /// The first `length` bytes of a row.
    pub(super) fn row(&self, index: usize, length: usize) -> &'a [u8] {
        &self.bytes[index * self.stride..][..length]
    }

    /// Panics unless `count` rows of `length` bytes are there.
    pub(super) fn assert_holds(&self, count: usize, length: usize) {
        assert_holds(self.bytes.len(), count, self.stride, length);
    }
}

impl<'a> RowsMut<'a> {
    /// Rows that begin with `bytes`.
    pub fn new(bytes: &'a mut [u8], stride: usize) -> RowsMut<'a> {
        RowsMut { bytes, stride }
    }

    /// The first `length` bytes of a row.
    pub(super) fn row(&mut self, index: usize, length: usize) -> &mut [u8] {
        &mut self.bytes[index * self.stride..][..length]
    }

    /// Panics unless there is room for `count` rows of `length` bytes.
    pub(super) fn assert_holds(&self, count: usize, length: usize) {
        assert_holds(self.bytes.len(), count, self.stride, length);
    }
}
