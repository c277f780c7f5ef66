//! This engine in its default profile, on either tier, through the benches'
//! own adapter.

use benches::lockstep::{self, Tier};

use super::{Guest, Refusal};

pub(crate) struct Lockstep {
    pub(super) name: &'static str,
    pub(super) tier: Tier,
}

impl super::Engine for Lockstep {
    fn name(&self) -> &'static str {
        self.name
    }

    fn compile(&self, wasm: &[u8]) -> Result<(), Refusal> {
        lockstep::compile(wasm, self.tier)
            .map(drop)
            .map_err(Refusal::new)
    }

    fn open(&self, wasm: &[u8]) -> Result<Box<dyn Guest>, Refusal> {
        let guest = lockstep::Guest::new(wasm, self.tier).map_err(Refusal::new)?;
        Ok(Box::new(Kernel(guest)))
    }
}

struct Kernel(lockstep::Guest);

impl Guest for Kernel {
    fn run(&mut self, n: i32) -> Result<i64, Refusal> {
        self.0
            .run(n)
            .map(|(answer, _)| answer)
            .map_err(Refusal::new)
    }
}
