//! What evidence is: the form of the JSON file.

use serde::{Deserialize, Serialize};

use crate::parts::PartId;

/// The version of the JSON file's form. Files of another version are refused.
pub const SCHEMA: u32 = 2;

/// How many differences are kept of a check; all are counted.
pub const DIFFERENCES_KEPT: usize = 5;

/// Whether something was found to be so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Status {
    /// It was tried, and nothing differs.
    Holds,
    /// It was tried, and something differs.
    Differs,
    /// It was not tried.
    NotTried {
        /// The reason.
        why: String,
    },
    /// It was tried and came to no end, so nothing is known.
    Failed {
        /// What went wrong.
        why: String,
    },
}

/// How much is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Bounded to a couple of minutes.
    Quick,
    /// What one looks at on a working day.
    Normal,
    /// Everything.
    Full,
}

impl Scale {
    /// The value for this scale.
    pub fn pick<T>(self, quick: T, normal: T, full: T) -> T {
        match self {
            Scale::Quick => quick,
            Scale::Normal => normal,
            Scale::Full => full,
        }
    }

    /// Its name, as in the JSON file.
    pub fn name(self) -> &'static str {
        self.pick("quick", "normal", "full")
    }
}

/// With what the engine's answers were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Against {
    /// With answers that are known from elsewhere: the standard's suite, an
    /// independent definition of arithmetic, a limit that must be kept.
    Answers,
    /// With the same run, its fuel handed out in slices.
    Slices,
    /// With the same run, with the code of another CPU level.
    Levels,
    /// Machine code, in every way in which it can run.
    Tiers,
    /// With the same run, and native kernels standing in for functions.
    Twins,
    /// With other engines.
    Engines,
}

/// Everything one machine has found out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Where it was found.
    pub machine: Machine,
    /// With what it was found, by name.
    pub versions: Vec<Fact>,
    /// How much was done.
    pub scale: Scale,
    /// What was found, in the order of [`PartId::ALL`].
    pub parts: Vec<Part>,
    /// Time of all parts.
    pub seconds: f64,
}

/// A machine, real or emulated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// The instruction set, such as `x86_64`.
    pub arch: String,
    /// What emulates it, if something does.
    pub emulator: Option<String>,
    /// Everything else worth knowing.
    pub facts: Vec<Fact>,
}

impl Machine {
    /// How the machine is called in tables.
    pub fn name(&self) -> String {
        match self.emulator {
            Some(_) => format!("{} (emulated)", self.arch),
            None => self.arch.clone(),
        }
    }
}

/// A name and a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Of what.
    pub name: String,
    /// What it is.
    pub value: String,
}

impl Fact {
    /// A fact.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Fact {
        Fact {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// A kind of work, what it was compared with, and what it gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Which.
    pub id: PartId,
    /// The worst of the checks.
    pub status: Status,
    /// What was compared on this machine.
    pub checks: Vec<Check>,
    /// What another machine must give as well.
    pub prints: Vec<Print>,
    /// Details.
    pub tables: Vec<Table>,
    /// What a reader should know, a sentence each.
    pub notes: Vec<String>,
    /// Result bits of several engines, for the mirror.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bits: Option<Bits>,
    /// Time it took.
    pub seconds: f64,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What was compared with what.
    pub name: String,
    /// With what, in general.
    pub against: Against,
    /// What came out.
    pub status: Status,
    /// How many comparisons were made.
    pub cases: u64,
    /// What a case is, in the plural, such as `programs`.
    pub unit: String,
    /// How many cases differ.
    pub differing: u64,
    /// The first of them.
    pub differences: Vec<String>,
    /// Differences with a name and a reason, which are no faults.
    pub masked: Vec<Masked>,
}

/// Differences that are no faults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Masked {
    /// What differs, and why it may.
    pub what: String,
    /// How often.
    pub count: u64,
}

/// A hash over the first so many cases of something: two machines that agree
/// have the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Print {
    /// Of what.
    pub of: String,
    /// Over how many cases.
    pub cases: u64,
    /// BLAKE3, in hexadecimal.
    pub hash: String,
}

/// A table of details.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// Heads of its columns.
    pub columns: Vec<String>,
    /// Its rows, with a cell for each column.
    pub rows: Vec<Vec<String>>,
}

/// What the same operations gave in several engines, bit by bit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bits {
    /// The operations.
    pub operations: Vec<String>,
    /// The engines.
    pub engines: Vec<EngineBits>,
}

/// What the operations gave in one engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineBits {
    /// Its name, and what is particular about how it was run.
    pub engine: String,
    /// Whether it promises the same bits everywhere.
    pub promises: bool,
    /// The result of each operation in hexadecimal; None if it has no such.
    pub results: Vec<Option<String>>,
    /// Why it has no results at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

impl Part {
    /// A part whose checks say how it went.
    pub fn new(id: PartId) -> Part {
        Part {
            id,
            status: Status::Holds,
            checks: Vec::new(),
            prints: Vec::new(),
            tables: Vec::new(),
            notes: Vec::new(),
            bits: None,
            seconds: 0.0,
        }
    }

    /// A part that was not tried.
    pub fn not_tried(id: PartId, why: impl Into<String>) -> Part {
        let why = why.into();
        Part {
            status: Status::NotTried { why },
            ..Part::new(id)
        }
    }

    /// A part that came to no end.
    pub fn failed(id: PartId, why: impl Into<String>) -> Part {
        let why = why.into();
        Part {
            status: Status::Failed { why },
            ..Part::new(id)
        }
    }

    /// The worst of the checks becomes the part's own status.
    pub fn judged(mut self) -> Part {
        self.status = worst(self.checks.iter().map(|check| &check.status));
        self
    }

    /// All comparisons of this part.
    pub fn cases(&self) -> u64 {
        self.checks.iter().map(|check| check.cases).sum()
    }
}

/// What is to be said of several: that something differs, else that something
/// failed; that it holds if anything was tried and holds.
pub fn worst<'a>(statuses: impl IntoIterator<Item = &'a Status>) -> Status {
    let rank = |status: &Status| match status {
        Status::NotTried { .. } => 0,
        Status::Holds => 1,
        Status::Failed { .. } => 2,
        Status::Differs => 3,
    };
    let mut found: Option<&Status> = None;
    for status in statuses {
        if found.is_none_or(|found| rank(status) > rank(found)) {
            found = Some(status);
        }
    }
    found.cloned().unwrap_or_else(|| Status::NotTried {
        why: "nothing was compared".to_owned(),
    })
}

impl Check {
    /// A check that has compared nothing yet.
    pub fn new(name: impl Into<String>, against: Against, unit: impl Into<String>) -> Check {
        Check {
            name: name.into(),
            against,
            status: Status::Holds,
            cases: 0,
            unit: unit.into(),
            differing: 0,
            differences: Vec::new(),
            masked: Vec::new(),
        }
    }

    /// A check that is not made.
    pub fn not_tried(
        name: impl Into<String>,
        against: Against,
        unit: impl Into<String>,
        why: impl Into<String>,
    ) -> Check {
        let status = Status::NotTried { why: why.into() };
        Check {
            status,
            ..Check::new(name, against, unit)
        }
    }

    /// A case that agrees.
    pub fn agrees(&mut self) {
        self.cases += 1;
    }

    /// A case that differs, in this.
    pub fn differs(&mut self, how: impl FnOnce() -> String) {
        self.cases += 1;
        self.differing += 1;
        self.status = Status::Differs;
        if self.differences.len() < DIFFERENCES_KEPT {
            self.differences.push(how());
        }
    }

    /// A difference that has a name.
    pub fn masks(&mut self, what: &str, count: u64) {
        if count == 0 {
            return;
        }
        match self.masked.iter_mut().find(|masked| masked.what == what) {
            Some(masked) => masked.count += count,
            None => self.masked.push(Masked {
                what: what.to_owned(),
                count,
            }),
        }
    }
}

impl Table {
    /// A table without rows.
    pub fn new(title: impl Into<String>, columns: &[&str]) -> Table {
        Table {
            title: title.into(),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            rows: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_told() {
        let not = Status::NotTried { why: "x".into() };
        let failed = Status::Failed { why: "y".into() };
        assert_eq!(worst([&not, &Status::Holds, &not]), Status::Holds);
        assert_eq!(worst([&Status::Holds, &failed]), failed);
        assert_eq!(worst([&failed, &Status::Differs]), Status::Differs);
        assert!(matches!(worst([]), Status::NotTried { .. }));
    }

    #[test]
    fn differences_are_counted_and_the_first_are_kept() {
        let mut check = Check::new("a", Against::Slices, "programs");
        check.agrees();
        for n in 0..9 {
            check.differs(|| n.to_string());
        }
        assert_eq!((check.cases, check.differing), (10, 9));
        assert_eq!(check.differences.len(), DIFFERENCES_KEPT);
        assert_eq!(check.status, Status::Differs);
    }
}
