//! This engine in its default profile, through the benches' own adapter.

use benches::lockstep;

use super::{Guest, Refusal};

pub(crate) struct Lockstep;

impl super::Engine for Lockstep {
    fn name(&self) -> &'static str {
        "lockstep"
    }

    fn compile(&self, wasm: &[u8]) -> Result<(), Refusal> {
        lockstep::compile(wasm).map_err(Refusal::new)
    }

    fn open(&self, wasm: &[u8]) -> Result<Box<dyn Guest>, Refusal> {
        let guest = lockstep::Guest::new(wasm).map_err(Refusal::new)?;
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
