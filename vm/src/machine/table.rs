//! Tables of references.

use crate::error::Error;
use crate::module::types::TableType;
use crate::profile::Limits;

/// A table. References are kept as slots keep them: 0 is null.
///
/// Running code reads `base` and `len` directly.
#[repr(C)]
pub(crate) struct TableInst {
    pub(crate) base: *mut u64,
    /// Present number of elements.
    pub(crate) len: u64,
    elements: Vec<u64>,
    ty: TableType,
    /// Elements beyond which growing fails.
    limit: u64,
}

impl TableInst {
    pub(crate) fn new(ty: TableType, limits: &Limits, init: u64) -> Result<TableInst, Error> {
        let limit = ty.max.unwrap_or(u64::MAX).min(limits.table_elements);
        let limit = if ty.is_64 {
            limit
        } else {
            limit.min(u64::from(u32::MAX))
        };
        let mut table = TableInst {
            base: std::ptr::null_mut(),
            len: 0,
            elements: Vec::new(),
            ty,
            limit,
        };
        match table.grow(ty.min, init)? {
            Some(_) => Ok(table),
            None => Err(Error::Limit(format!(
                "a table of {} elements, more than {limit}",
                ty.min
            ))),
        }
    }

    /// Present type: the minimum is the present size.
    pub(crate) fn ty(&self) -> TableType {
        TableType {
            min: self.len,
            ..self.ty
        }
    }

    /// Whether growing by `delta` elements stays within the limits.
    pub(crate) fn can_grow(&self, delta: u64) -> bool {
        self.len
            .checked_add(delta)
            .is_some_and(|new| new <= self.limit)
    }

    /// Grows by `delta` elements: the old size, or `None` if that would pass
    /// the declared maximum or the profile's limit.
    ///
    /// # Errors
    /// [`Error::HostResource`] if the host has no memory for them.
    pub(crate) fn grow(&mut self, delta: u64, init: u64) -> Result<Option<u64>, Error> {
        let old = self.len;
        match old.checked_add(delta) {
            Some(new) if self.can_grow(delta) => {
                let refused = |e| Error::HostResource(format!("a table of {new} elements: {e}"));
                if old == 0 && init == 0 {
                    // Zeroed memory takes no pages before it is written. That
                    // the host has room is asked first, because this way of
                    // asking for it aborts where it has not.
                    Vec::<u64>::new()
                        .try_reserve_exact(new as usize)
                        .map_err(refused)?;
                    self.elements = vec![0; new as usize];
                } else {
                    self.elements.try_reserve(delta as usize).map_err(refused)?;
                    self.elements.resize(new as usize, init);
                }
                self.base = self.elements.as_mut_ptr();
                self.len = new;
                Ok(Some(old))
            }
            _ => Ok(None),
        }
    }

    pub(crate) fn elements(&self) -> &[u64] {
        &self.elements
    }

    pub(crate) fn elements_mut(&mut self) -> &mut [u64] {
        &mut self.elements
    }

    /// Whether `len` elements from `index` lie inside.
    pub(crate) fn contains(&self, index: u64, len: u64) -> bool {
        index.checked_add(len).is_some_and(|end| end <= self.len)
    }
}
