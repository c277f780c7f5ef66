//! What machine code is for: it is used for nothing else.

use std::mem::offset_of;

use simd::CpuLevel;

use crate::machine::context::Context;
use crate::machine::function::Function;
use crate::machine::instance::{GlobalInst, Instance, TYPE_BYTES};
use crate::machine::memory::MemoryInst;
use crate::machine::table::TableInst;

/// Everything that the machine code of a module depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// The compiler's own hash; see [`compiler`].
    pub(crate) compiler: [u8; 32],
    /// BLAKE3 of the module.
    pub(crate) module: [u8; 32],
    /// Hash of the profile.
    pub(crate) profile: [u8; 32],
    pub(crate) level: CpuLevel,
    /// Whether memories lie between guards.
    pub(crate) guards: bool,
}

impl Key {
    /// BLAKE3 of all of it, which names the file.
    pub(crate) fn hash(&self) -> [u8; 32] {
        let Key {
            compiler,
            module,
            profile,
            level,
            guards,
        } = self;
        let mut hasher = blake3::Hasher::new();
        for part in [compiler, module, profile] {
            hasher.update(part);
        }
        hasher.update(&[u8::from(*guards)]);
        hasher.update(level.name().as_bytes());
        *hasher.finalize().as_bytes()
    }
}

/// A hash that changes when machine code of another build may not be run by
/// this one: when a source changes that code or layouts come from, the Rust
/// compiler or its options, or the place of anything that machine code touches.
pub(crate) fn compiler() -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    hasher.update(env!("LOCKSTEP_COMPILER").as_bytes());
    for number in layout() {
        hasher.update(&(number as u64).to_le_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// Where things are that machine code touches.
fn layout() -> [usize; 32] {
    [
        size_of::<Context>(),
        offset_of!(Context, fuel),
        offset_of!(Context, records),
        offset_of!(Context, units),
        offset_of!(Context, instance),
        offset_of!(Context, fp),
        offset_of!(Context, mem),
        offset_of!(Context, len),
        offset_of!(Context, acc),
        offset_of!(Context, vec),
        offset_of!(Context, callee),
        offset_of!(Context, callee_fp),
        offset_of!(Context, roots),
        offset_of!(Context, roots.types),
        offset_of!(Context, roots.mem_limit),
        offset_of!(Context, to_native),
        offset_of!(Context, stubs),
        offset_of!(Context, operands),
        offset_of!(Context, save),
        size_of::<Function>(),
        offset_of!(Function, native),
        offset_of!(Function, units),
        offset_of!(Function, ty),
        offset_of!(Function, instance),
        size_of::<Instance>(),
        offset_of!(MemoryInst, base),
        offset_of!(MemoryInst, len),
        offset_of!(MemoryInst, reserved),
        offset_of!(TableInst, base),
        offset_of!(TableInst, len),
        offset_of!(GlobalInst, value),
        TYPE_BYTES as usize,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_names_another_file() {
        let base = Key {
            compiler: compiler(),
            module: [1; 32],
            profile: [2; 32],
            level: CpuLevel::Portable,
            guards: false,
        };
        let mut keys = vec![
            base,
            Key {
                compiler: [0; 32],
                ..base
            },
            Key {
                module: [0; 32],
                ..base
            },
            Key {
                profile: [0; 32],
                ..base
            },
            Key {
                guards: true,
                ..base
            },
        ];
        let others = CpuLevel::ALL.iter().filter(|&&level| level != base.level);
        keys.extend(others.map(|&level| Key { level, ..base }));
        let mut hashes: Vec<_> = keys.iter().map(Key::hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), keys.len());
    }
}
