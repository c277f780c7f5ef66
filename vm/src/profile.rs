//! Every free choice of the Wasm standard, named, and hashed.

use std::fmt;

/// How `relaxed_madd` and `relaxed_nmadd` round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelaxedMadd {
    /// One rounding, as the reference interpreter and every engine's
    /// deterministic mode do.
    Fused,
    /// Two roundings, as the text of the standard's deterministic profile says.
    Unfused,
}

/// Bounds on what a guest may ask for. Reaching one has the same effect on
/// every machine; docs/determinism.md says which effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a module.
    pub module_bytes: u64,
    /// Functions of a module, imported ones included.
    pub functions: u32,
    /// Pages of 64 KiB to which one memory can grow.
    pub memory_pages: u64,
    /// Elements to which one table can grow.
    pub table_elements: u64,
    /// Call stack in units: per frame, 4 plus one for each parameter, local
    /// and deepest operand (two for a `v128`).
    pub stack_units: u32,
    /// Frame slots of one function: parameters, locals and operands, two for
    /// a `v128`, alignment included.
    pub frame_slots: u32,
    /// Guest entries nested through host functions.
    pub host_nesting: u32,
}

/// The largest number of frame slots that register code can name.
pub(crate) const MAX_FRAME_SLOTS: u32 = 0xfff0;

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            module_bytes: 1 << 30,
            functions: 1_000_000,
            // 64 GiB.
            memory_pages: 1 << 20,
            table_elements: 10_000_000,
            stack_units: 1 << 20,
            frame_slots: MAX_FRAME_SLOTS,
            host_nesting: 64,
        }
    }
}

/// The choices under which a run is the same on every machine.
///
/// Two runs agree bit for bit when their modules, inputs and profiles do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Rounding of the relaxed multiply-add.
    pub relaxed_madd: RelaxedMadd,
    /// Bounds on resources.
    pub limits: Limits,
}

impl Default for Profile {
    fn default() -> Profile {
        Profile {
            relaxed_madd: RelaxedMadd::Fused,
            limits: Limits::default(),
        }
    }
}

impl Profile {
    /// The profile as lines of `name = value`, in a fixed order: what
    /// [`Profile::hash`] hashes, and what a person can compare.
    pub fn canonical_text(&self) -> String {
        let Limits {
            module_bytes,
            functions,
            memory_pages,
            table_elements,
            stack_units,
            frame_slots,
            host_nesting,
        } = self.limits;
        let madd = match self.relaxed_madd {
            RelaxedMadd::Fused => "fused",
            RelaxedMadd::Unfused => "unfused",
        };
        let costs = isa::COST_TABLE_VERSION;
        format!(
            "lockstep-profile = 1\n\
             cost-table = {costs}\n\
             bulk-charge = 1 per 64 bytes, in steps of 4096\n\
             stack-rule = 1\n\
             nan = canonical-positive\n\
             relaxed-simd = index-0\n\
             relaxed-madd = {madd}\n\
             grow = fails-at-limit-only\n\
             module-bytes = {module_bytes}\n\
             functions = {functions}\n\
             memory-pages = {memory_pages}\n\
             table-elements = {table_elements}\n\
             stack-units = {stack_units}\n\
             frame-slots = {frame_slots}\n\
             host-nesting = {host_nesting}\n"
        )
    }

    /// BLAKE3 of [`Profile::canonical_text`].
    pub fn hash(&self) -> [u8; 32] {
        *blake3::hash(self.canonical_text().as_bytes()).as_bytes()
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_in_the_hash() {
        let base = Profile::default();
        let mut seen = vec![base.hash()];
        let mut check = |profile: Profile| {
            let hash = profile.hash();
            assert!(
                !seen.contains(&hash),
                "two profiles share a hash: {profile}"
            );
            seen.push(hash);
        };
        check(Profile {
            relaxed_madd: RelaxedMadd::Unfused,
            ..base
        });
        let with = |change: fn(&mut Limits)| {
            let mut profile = base;
            change(&mut profile.limits);
            profile
        };
        check(with(|l| l.module_bytes += 1));
        check(with(|l| l.functions += 1));
        check(with(|l| l.memory_pages += 1));
        check(with(|l| l.table_elements += 1));
        check(with(|l| l.stack_units += 1));
        check(with(|l| l.frame_slots -= 1));
        check(with(|l| l.host_nesting += 1));
    }
}
