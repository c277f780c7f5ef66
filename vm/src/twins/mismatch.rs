//! What a check found.

use std::fmt;

use crate::error::{TrapInfo, shown};
use crate::val::Val;

/// A twin did not do what the body does. It is a fault of the twin: nothing
/// that it computed elsewhere can be trusted either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwinMismatch {
    /// The name of the twin.
    pub twin: String,
    /// Index of the function in its module, imports counted.
    pub function: u32,
    /// Which of the calls of the store it was that twins can carry out, from 1.
    pub call: u64,
    /// The arguments.
    pub args: Vec<Val>,
    /// Where they part.
    pub difference: TwinDifference,
}

/// Where a twin and the body part; the first that applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TwinDifference {
    /// The body trapped, and a call that a twin can carry out does not.
    Trap(Box<TrapInfo>),
    /// The body used up all the fuel of the store, which is more than the twin
    /// says that the call costs.
    OutOfFuel {
        /// By the twin.
        twin: u64,
    },
    /// They leave different bytes in memory 0.
    Memory {
        /// Address of the first.
        address: u64,
        /// The byte that the body leaves there.
        body: u8,
        /// The byte that the twin leaves there.
        twin: u8,
    },
    /// They give different results.
    Result {
        /// Which result, from 0.
        index: usize,
        /// What the body gives.
        body: Val,
        /// What the twin gives.
        twin: Val,
    },
    /// The call does not cost what the twin says.
    Fuel {
        /// What the body used.
        body: u64,
        /// What the twin says.
        twin: u64,
    },
}

impl fmt::Display for TwinMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TwinMismatch {
            twin,
            function,
            call,
            args,
            difference,
        } = self;
        let twin = shown(twin);
        write!(f, "the twin {twin:?} of function {function} is wrong: ")?;
        write!(f, "{difference}; it was call {call}, with (")?;
        for (i, arg) in args.iter().enumerate() {
            write!(f, "{}{}", if i > 0 { ", " } else { "" }, Number(arg))?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for TwinDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TwinDifference::Trap(info) => write!(f, "the body traps: {}", info.trap.message()),
            TwinDifference::OutOfFuel { twin } => {
                write!(f, "the body costs more than {twin} units of fuel")
            }
            TwinDifference::Memory {
                address,
                body,
                twin,
            } => write!(
                f,
                "at address {address:#x} it leaves {twin:#04x}, the body {body:#04x}"
            ),
            TwinDifference::Result { index, body, twin } => write!(
                f,
                "result {index} is {}, the body gives {}",
                Number(twin),
                Number(body)
            ),
            TwinDifference::Fuel { body, twin } => {
                write!(f, "it says {twin} units of fuel, and the body costs {body}")
            }
        }
    }
}

/// A number as reports show it: addresses and bits are read best without signs.
struct Number<'a>(&'a Val);

impl fmt::Display for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self.0 {
            Val::I32(value) => write!(f, "{}", value as u32),
            Val::I64(value) => write!(f, "{}", value as u64),
            Val::F32(bits) => write!(f, "f32 {bits:#010x}"),
            Val::F64(bits) => write!(f, "f64 {bits:#018x}"),
            other => write!(f, "{other:?}"),
        }
    }
}
