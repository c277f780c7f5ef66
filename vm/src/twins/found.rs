//! The functions of a module that have twins.

use std::sync::Arc;

use super::closed::open;
use super::{Twin, Twins};
use crate::error::Error;
use crate::module::ModuleData;

/// A module's functions that have twins, by their indices.
#[derive(Default)]
pub(crate) struct Found {
    functions: Box<[(u32, Arc<dyn Twin>)]>,
}

impl Found {
    /// Looks for them.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is a twin for a body that is not closed: no
    /// native code can be the same as that.
    pub(crate) fn in_module(data: &ModuleData, twins: &Twins) -> Result<Found, Error> {
        if twins.is_empty() {
            return Ok(Found::default());
        }
        // Few functions are of a twin's type, so few bodies are hashed.
        let wanted: Vec<bool> = data.types.iter().map(|ty| twins.has_type(ty)).collect();
        let mut functions = Vec::new();
        for (defined, body) in data.bodies.iter().enumerate() {
            let index = data.imported.funcs + defined as u32;
            if !wanted[data.funcs[index as usize] as usize] {
                continue;
            }
            let ty = data.func_type(index);
            if let Some(twin) = twins.find(ty, &data.bytes[body.clone()]) {
                if let Some(open) = open(data, defined)? {
                    return Err(Error::Usage(format!(
                        "function {index} is known to the twin {:?}, but it is not closed: at byte {:#x} {}",
                        twin.name(),
                        open.offset,
                        open.why
                    )));
                }
                functions.push((index, twin.clone()));
            }
        }
        let functions = functions.into();
        Ok(Found { functions })
    }

    /// The twin of function `index` (imports counted).
    pub(crate) fn get(&self, index: u32) -> Option<&dyn Twin> {
        let place = self.functions.binary_search_by_key(&index, |(at, _)| *at);
        Some(&*self.functions[place.ok()?].1)
    }

    /// All of them, in order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (u32, &dyn Twin)> {
        self.functions.iter().map(|(index, twin)| (*index, &**twin))
    }
}
