//! What an attempt is.

use lockstep_vm::Error;

use crate::outcome::Kind;

/// How far a module is taken.
#[derive(Clone, Copy)]
pub enum How {
    /// It is read and validated.
    Validate,
    /// It is validated, and all of its functions are lowered.
    Lower,
    /// It is instantiated without imports, with this fuel for its start
    /// function.
    Instantiate(u64),
    /// Its export `f`, without parameters, is called with this fuel.
    Call(u64),
    /// As [`How::Call`], with the functions of WASI to import.
    World(u64),
    /// The embedder does with the bytes what this says. What it gives back is
    /// shown.
    Script(fn(&[u8]) -> Result<String, Error>),
}

/// What an attempt must come to.
#[derive(Clone, Copy, Debug)]
pub enum Must {
    /// It is well-formed, only large, and does no harm.
    Succeed,
    /// An error of this kind whose message has this phrase.
    Fail(Kind, &'static str),
}

/// One thing a hostile guest can try.
pub struct Attempt {
    /// Its name, unique, in lower case with hyphens.
    pub name: &'static str,
    /// What it tries, as a phrase.
    pub tries: &'static str,
    /// Makes the module. Its own cost is not counted.
    pub module: fn() -> Vec<u8>,
    /// How far the module is taken.
    pub how: How,
    /// What must come of it.
    pub must: Must,
    /// Most processor time, in seconds, of an optimised build.
    pub seconds: f64,
    /// Most resident memory over what the process had before, in MiB.
    pub mebibytes: u64,
    /// If it is known to miss: why.
    pub open: Option<&'static str>,
}

impl Attempt {
    /// An attempt that must succeed within a second and 64 MiB.
    pub const fn new(
        name: &'static str,
        tries: &'static str,
        how: How,
        module: fn() -> Vec<u8>,
    ) -> Attempt {
        Attempt {
            name,
            tries,
            module,
            how,
            must: Must::Succeed,
            seconds: 1.0,
            mebibytes: 64,
            open: None,
        }
    }

    /// It must fail with an error of this kind that says `phrase`.
    pub const fn fails(mut self, kind: Kind, phrase: &'static str) -> Attempt {
        self.must = Must::Fail(kind, phrase);
        self
    }

    /// Its bounds: processor time in seconds, memory in MiB.
    pub const fn within(mut self, seconds: f64, mebibytes: u64) -> Attempt {
        self.seconds = seconds;
        self.mebibytes = mebibytes;
        self
    }

    /// It is known to miss, for this reason.
    pub const fn open(mut self, why: &'static str) -> Attempt {
        self.open = Some(why);
        self
    }
}
