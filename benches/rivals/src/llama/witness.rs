//! Watches a machine at work: how long it computes, and every logit that a token is chosen from.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use lockstep_llama::{Error, Machine, Value};

use crate::clock;

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// CPU time of the call that computed the prompt.
    pub(super) prefill: Option<Duration>,
    /// CPU time of all calls that computed a token of the answer.
    pub(super) decode: Duration,
    /// How many these were.
    pub(super) decoded: u32,
    /// The logits before each choice, as the guest's bytes.
    pub(super) logits: Vec<Vec<u8>>,
}

/// A machine that is watched.
pub(super) struct Witness {
    machine: Box<dyn Machine>,
    log: Rc<RefCell<Log>>,
    /// Where the guest said that the logits are, until they are read.
    logits_at: Cell<Option<u64>>,
}

impl Witness {
    /// Watches a machine from its start on.
    pub(super) fn new(machine: Box<dyn Machine>) -> (Witness, Rc<RefCell<Log>>) {
        let log = Rc::new(RefCell::new(Log::default()));
        let witness = Witness {
            machine,
            log: Rc::clone(&log),
            logits_at: Cell::new(None),
        };
        (witness, log)
    }
}

impl Machine for Witness {
    fn call(&mut self, export: &str, args: &[Value]) -> Result<Option<Value>, Error> {
        let (result, time) = clock::time(|| self.machine.call(export, args));
        match (export, &result) {
            ("ll_decode", _) => {
                let mut log = self.log.borrow_mut();
                if log.prefill.is_none() {
                    log.prefill = Some(time);
                } else {
                    log.decode += time;
                    log.decoded += 1;
                }
            }
            ("ll_logits", Ok(Some(Value::I64(address)))) => {
                self.logits_at.set(Some(*address as u64));
            }
            _ => {}
        }
        result
    }

    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Error> {
        self.machine.read(address, bytes)?;
        if self.logits_at.get() == Some(address) {
            self.logits_at.set(None);
            self.log.borrow_mut().logits.push(bytes.to_vec());
        }
        Ok(())
    }

    fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), Error> {
        self.machine.write(address, bytes)
    }

    fn fuel_consumed(&self) -> u64 {
        self.machine.fuel_consumed()
    }

    fn memory_state(&self) -> (u64, [u8; 32]) {
        self.machine.memory_state()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine that is nothing but memory, and answers every call with the address 4.
    struct Bytes(Vec<u8>);

    impl Machine for Bytes {
        fn call(&mut self, _: &str, _: &[Value]) -> Result<Option<Value>, Error> {
            Ok(Some(Value::I64(4)))
        }

        fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Error> {
            let address = address as usize;
            bytes.copy_from_slice(&self.0[address..address + bytes.len()]);
            Ok(())
        }

        fn write(&mut self, _: u64, _: &[u8]) -> Result<(), Error> {
            Ok(())
        }

        fn fuel_consumed(&self) -> u64 {
            0
        }

        fn memory_state(&self) -> (u64, [u8; 32]) {
            (0, [0; 32])
        }
    }

    #[test]
    fn logits_and_decodes_are_told_from_the_rest() {
        let (mut witness, log) = Witness::new(Box::new(Bytes(vec![1, 2, 3, 4, 5, 6, 7, 8])));
        let mut four = [0; 4];
        witness.read(4, &mut four).unwrap();
        for _ in 0..3 {
            witness.call("ll_decode", &[]).unwrap();
            witness.call("ll_logits", &[]).unwrap();
            witness.read(0, &mut four).unwrap();
            witness.read(4, &mut four).unwrap();
            witness.read(4, &mut four).unwrap();
        }
        let log = log.take();
        assert!(log.prefill.is_some());
        assert_eq!(log.decoded, 2);
        assert_eq!(log.logits, vec![vec![5, 6, 7, 8]; 3]);
    }
}
