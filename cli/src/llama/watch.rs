//! A machine that passes everything on and keeps the times, and the logits if they are asked for.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use lockstep_llama::{Error, Machine, Value};

/// How many of the most likely tokens are kept of every step.
const TOP: usize = 5;

/// Tokens computed, and the time it took.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    pub(super) tokens: u64,
    pub(super) time: Duration,
}

impl Pace {
    /// Tokens per second, if there were any.
    pub(super) fn per_second(&self) -> Option<f64> {
        let seconds = self.time.as_secs_f64();
        (self.tokens > 0 && seconds > 0.0).then(|| self.tokens as f64 / seconds)
    }
}

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The prompt, which is computed in one call.
    pub(super) prompt: Pace,
    /// The answer, a token per call. The last token of an answer is not computed.
    pub(super) answer: Pace,
    /// Of every step the most likely tokens with their logits, largest first.
    pub(super) steps: Vec<Vec<(usize, f32)>>,
    /// All logits of every step, as the guest's bytes.
    pub(super) logits: Vec<Vec<u8>>,
    prompted: bool,
    logits_at: Option<u64>,
}

/// What is kept of the logits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    Nothing,
    /// The most likely tokens.
    Top,
    /// All of them.
    All,
}

/// The machine.
pub(super) struct Watch {
    inner: Box<dyn Machine>,
    seen: Arc<Mutex<Seen>>,
    keep: Keep,
}

impl Watch {
    pub(super) fn new(inner: Box<dyn Machine>, keep: Keep) -> (Watch, Arc<Mutex<Seen>>) {
        let seen = Arc::<Mutex<Seen>>::default();
        let watch = Watch {
            inner,
            seen: Arc::clone(&seen),
            keep,
        };
        (watch, seen)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Machine for Watch {
    fn call(&mut self, export: &str, args: &[Value]) -> Result<Option<Value>, Error> {
        let begun = Instant::now();
        let result = self.inner.call(export, args)?;
        let mut seen = self.seen();
        match (export, args, result) {
            ("ll_decode", [_, Value::I32(count)], _) => {
                let first = !std::mem::replace(&mut seen.prompted, true);
                let pace = if first {
                    &mut seen.prompt
                } else {
                    &mut seen.answer
                };
                pace.tokens += u64::from(count.unsigned_abs());
                pace.time += begun.elapsed();
            }
            ("ll_logits", _, Some(Value::I64(address))) => seen.logits_at = Some(address as u64),
            _ => {}
        }
        drop(seen);
        Ok(result)
    }

    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Error> {
        self.inner.read(address, bytes)?;
        let mut seen = self.seen();
        if seen.logits_at.take_if(|at| *at == address).is_some() {
            match self.keep {
                Keep::Nothing => {}
                Keep::Top => seen.steps.push(top(bytes)),
                Keep::All => seen.logits.push(bytes.to_vec()),
            }
        }
        Ok(())
    }

    fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), Error> {
        self.inner.write(address, bytes)
    }

    fn fuel_consumed(&self) -> u64 {
        self.inner.fuel_consumed()
    }

    fn memory_state(&self) -> (u64, [u8; 32]) {
        self.inner.memory_state()
    }
}

/// The largest logits, the smaller token first if two are equal. What is not a number is not among them.
fn top(bytes: &[u8]) -> Vec<(usize, f32)> {
    let (logits, _) = bytes.as_chunks::<4>();
    let logits = logits.iter().map(|bytes| f32::from_le_bytes(*bytes));
    let mut order: Vec<(usize, f32)> = logits.enumerate().collect();
    order.retain(|(_, logit)| !logit.is_nan());
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    order.truncate(TOP);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake;

    impl Machine for Fake {
        fn call(&mut self, export: &str, _: &[Value]) -> Result<Option<Value>, Error> {
            Ok((export == "ll_logits").then_some(Value::I64(64)))
        }

        fn read(&self, _: u64, bytes: &mut [u8]) -> Result<(), Error> {
            for (i, bytes) in bytes.chunks_exact_mut(4).enumerate() {
                bytes.copy_from_slice(&[1.0, f32::NAN, 3.0, 1.0][i % 4].to_le_bytes());
            }
            Ok(())
        }

        fn write(&mut self, _: u64, _: &[u8]) -> Result<(), Error> {
            Ok(())
        }

        fn fuel_consumed(&self) -> u64 {
            7
        }

        fn memory_state(&self) -> (u64, [u8; 32]) {
            (0, [0; 32])
        }
    }

    #[test]
    fn the_first_decode_is_the_prompt_s() {
        let (mut machine, seen) = Watch::new(Box::new(Fake), Keep::Nothing);
        for count in [12, 1, 1] {
            let args = [Value::I64(0), Value::I32(count)];
            machine.call("ll_decode", &args).unwrap();
        }
        let seen = seen.lock().unwrap();
        assert_eq!((seen.prompt.tokens, seen.answer.tokens), (12, 2));
    }

    #[test]
    fn only_reads_of_logits_are_kept_and_only_if_asked_for() {
        for keep in [Keep::Nothing, Keep::Top, Keep::All] {
            let (mut machine, seen) = Watch::new(Box::new(Fake), keep);
            machine.read(64, &mut [0; 16]).unwrap();
            machine.call("ll_logits", &[]).unwrap();
            machine.read(128, &mut [0; 16]).unwrap();
            machine.read(64, &mut [0; 16]).unwrap();
            machine.read(64, &mut [0; 16]).unwrap();
            let step = vec![(2, 3.0), (0, 1.0), (3, 1.0)];
            let steps = if keep == Keep::Top {
                vec![step]
            } else {
                Vec::new()
            };
            let seen = seen.lock().unwrap();
            assert_eq!(seen.steps, steps);
            assert_eq!(seen.logits.len(), usize::from(keep == Keep::All));
        }
    }
}
