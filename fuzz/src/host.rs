//! The host that every tier offers: pure answers to whatever a guest imports.
//!
//! A function's answer follows from its name, its arguments and how many calls
//! came before, so tiers that disagree in one argument soon disagree in much.

use spec_tests::tier::{RefKind, Value};

/// The kind of a value, as all engines have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `i32`.
    I32,
    /// `i64`.
    I64,
    /// `f32`.
    F32,
    /// `f64`.
    F64,
    /// `v128`.
    V128,
    /// A reference that may be null.
    Ref(RefKind),
}

/// What the guest asked of the host: how often, and what in sum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostLog {
    calls: u64,
    digest: u64,
}

impl HostLog {
    /// A number that stands for all calls and their arguments, in order.
    pub fn digest(&self) -> u64 {
        mix(self.digest, self.calls)
    }

    /// Calls of imported functions.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// Answers a call of an imported function.
    pub fn answer(
        &mut self,
        module: &str,
        name: &str,
        arguments: &[Value],
        results: &[Kind],
    ) -> Vec<Value> {
        self.calls += 1;
        for byte in module.bytes().chain([0]).chain(name.bytes()) {
            self.digest = mix(self.digest, byte.into());
        }
        for argument in arguments {
            let bits = bits(argument);
            self.digest = mix(mix(self.digest, bits as u64), (bits >> 64) as u64);
        }
        let answer = |(i, &kind): (usize, &Kind)| value(kind, mix(self.digest, i as u64 + 1));
        results.iter().enumerate().map(answer).collect()
    }
}

/// The value an imported global begins with.
pub fn global(module: &str, name: &str, kind: Kind) -> Value {
    let mut log = HostLog::default();
    log.answer(module, name, &[], &[kind])[0]
}

/// A value of `kind` out of a number: small ones as often as large ones.
fn value(kind: Kind, seed: u64) -> Value {
    let low = if seed & 1 == 0 {
        seed >> 8 & 0xff
    } else {
        seed
    };
    match kind {
        Kind::I32 => Value::I32(low as i32),
        Kind::I64 => Value::I64(low as i64),
        // Converted, not reinterpreted: a host makes no strange NaNs.
        Kind::F32 => Value::F32(((low as i16) as f32).to_bits()),
        Kind::F64 => Value::F64(((low as i32) as f64).to_bits()),
        Kind::V128 => Value::V128(u128::from(low) << 64 | u128::from(seed)),
        Kind::Ref(kind) => Value::Null(kind),
    }
}

fn bits(value: &Value) -> u128 {
    match *value {
        Value::I32(v) => (v as u32).into(),
        Value::I64(v) => (v as u64).into(),
        Value::F32(bits) => bits.into(),
        Value::F64(bits) => bits.into(),
        Value::V128(bits) => bits,
        Value::Null(_) => 0,
        Value::Func | Value::Exn => 1,
        Value::Extern(n) => u128::from(n) + 2,
    }
}

/// One round of SplitMix64 over both.
fn mix(state: u64, word: u64) -> u64 {
    let mut z = (state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}
