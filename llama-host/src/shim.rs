//! The module's exported functions as Rust functions: arguments checked and passed, error codes turned into errors.

use crate::Error;
use crate::machine::{Machine, Value};

/// The version of the interface that this crate speaks.
const ABI: i32 = 1;
/// The code for an output buffer that is too small; `ll_needed` tells the size.
const NO_ROOM: i32 = -6;
/// Longer error texts than this are cut.
const MAX_ERROR_TEXT: usize = 1024;

/// A guest with its library prepared.
pub(crate) struct Shim {
    machine: Box<dyn Machine>,
    /// A block of the guest's memory for arguments and results, and its size. It grows as needed.
    buffer: (i64, usize),
}

impl Shim {
    /// Runs the module's constructors, checks its interface and prepares the library.
    pub(crate) fn start(machine: Box<dyn Machine>, verbose: bool) -> Result<Self, Error> {
        let mut shim = Self {
            machine,
            buffer: (0, 0),
        };
        shim.machine.call("_initialize", &[])?;
        let abi = shim.number("ll_abi", &[])?;
        if abi != ABI {
            return Err(Error::WrongAbi {
                found: abi,
                expected: ABI,
            });
        }
        shim.number("ll_init", &[Value::I32(i32::from(verbose))])?;
        Ok(shim)
    }

    pub(crate) fn machine(&self) -> &dyn Machine {
        self.machine.as_ref()
    }

    /// Calls an export that returns an i32; a negative one is an error with the guest's own words.
    pub(crate) fn number(&mut self, export: &'static str, args: &[Value]) -> Result<i32, Error> {
        let value = self.plain_number(export, args)?;
        if value >= 0 {
            Ok(value)
        } else {
            Err(self.failure(export, value))
        }
    }

    /// Calls an export that returns an i32 for which no value is an error.
    pub(crate) fn plain_number(
        &mut self,
        export: &'static str,
        args: &[Value],
    ) -> Result<i32, Error> {
        match self.call(export, args)? {
            Some(Value::I32(value)) => Ok(value),
            _ => Err(wrong_type(export)),
        }
    }

    /// Calls an export that returns an i64.
    pub(crate) fn address(&mut self, export: &'static str, args: &[Value]) -> Result<i64, Error> {
        match self.call(export, args)? {
            Some(Value::I64(value)) => Ok(value),
            _ => Err(wrong_type(export)),
        }
    }

    /// Calls an export that fills the buffer: `args` gets its address and its room in units of `unit` bytes, and the result
    /// is the number of units, which are returned as bytes. Input, if any, lies in front of the output.
    pub(crate) fn fill(
        &mut self,
        export: &'static str,
        input: &[u8],
        unit: usize,
        args: impl Fn(Filled) -> Vec<Value>,
    ) -> Result<Vec<u8>, Error> {
        let start = input.len().next_multiple_of(16);
        let mut room = 4096;
        loop {
            let input_at = self.reserve(start + room * unit)?;
            self.machine.write(input_at as u64, input)?;
            let output_at = input_at + start as i64;
            let filled = Filled {
                input: input_at,
                input_len: input.len() as i64,
                output: output_at,
                room: room as i32,
            };
            let count = self.plain_number(export, &args(filled))?;
            if count >= 0 {
                return self.bytes(output_at, count as usize * unit);
            }
            let needed = if count == NO_ROOM {
                self.address("ll_needed", &[])?
            } else {
                0
            };
            match usize::try_from(needed) {
                Ok(needed) if needed > room && needed <= i32::MAX as usize => room = needed,
                _ => return Err(self.failure(export, count)),
            }
        }
    }

    /// Copies input into the guest and calls an export with its address.
    pub(crate) fn with_input(
        &mut self,
        export: &'static str,
        input: &[u8],
        args: impl Fn(i64) -> Vec<Value>,
    ) -> Result<i32, Error> {
        let address = self.reserve(input.len())?;
        self.machine.write(address as u64, input)?;
        self.number(export, &args(address))
    }

    /// Copies bytes out of the guest.
    pub(crate) fn bytes(&self, address: i64, len: usize) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; len];
        self.machine.read(address as u64, &mut bytes)?;
        Ok(bytes)
    }

    /// Returns the address of the buffer, which is at least `size` bytes long.
    fn reserve(&mut self, size: usize) -> Result<i64, Error> {
        if self.buffer.1 < size || self.buffer.0 == 0 {
            self.machine
                .call("ll_release", &[Value::I64(self.buffer.0)])?;
            self.buffer = (0, 0);
            let size = size.next_power_of_two().max(1 << 16);
            let address = self.address("ll_alloc", &[Value::I64(size as i64)])?;
            if address == 0 {
                return Err(Error::guest(format!(
                    "the guest has no memory for {size} bytes"
                )));
            }
            self.buffer = (address, size);
        }
        Ok(self.buffer.0)
    }

    /// Calls an export; if it traps, the guest may have left a better explanation than the engine has.
    fn call(&mut self, export: &'static str, args: &[Value]) -> Result<Option<Value>, Error> {
        match self.machine.call(export, args) {
            Err(Error::Guest { reason, source }) => {
                let reason = match self.last_error() {
                    Some(text) => format!("{export}: {text} ({reason})"),
                    None => format!("{export}: {reason}"),
                };
                Err(Error::Guest { reason, source })
            }
            other => other,
        }
    }

    fn failure(&mut self, export: &'static str, code: i32) -> Error {
        let text = self
            .last_error()
            .unwrap_or_else(|| "no reason given".into());
        Error::Llama {
            call: export,
            code,
            text,
        }
    }

    fn last_error(&mut self) -> Option<String> {
        let address = match self.machine.call("ll_last_error", &[]) {
            Ok(Some(Value::I64(address))) => address as u64,
            _ => return None,
        };
        let mut text = Vec::new();
        let mut byte = [0];
        while text.len() < MAX_ERROR_TEXT
            && self
                .machine
                .read(address + text.len() as u64, &mut byte)
                .is_ok()
            && byte[0] != 0
        {
            text.push(byte[0]);
        }
        (!text.is_empty()).then(|| String::from_utf8_lossy(&text).into_owned())
    }
}

/// Where the input and the output of a call lie in the guest.
#[derive(Clone, Copy)]
pub(crate) struct Filled {
    pub(crate) input: i64,
    pub(crate) input_len: i64,
    pub(crate) output: i64,
    /// In units of the output.
    pub(crate) room: i32,
}

fn wrong_type(export: &str) -> Error {
    Error::guest(format!(
        "{export} returned no value of the expected type: this is not the module that this version builds"
    ))
}
