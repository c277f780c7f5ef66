//! Two machines beside each other, and the whole report.

use serde::{Deserialize, Serialize};

use crate::evidence::{Evidence, Part, Print, SCHEMA, Status, worst};
use crate::parts::PartId;

/// Everything: the form of `report.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The day it was made, in UTC, such as `2030-01-31`.
    pub made: String,
    /// The commit of the sources, with a word on changes, if known.
    pub source: Option<String>,
    /// What this machine found.
    pub first: Evidence,
    /// What a second machine found, or why there is none.
    pub second: Second,
    /// What follows from the two, part by part. Not read back: it is made
    /// afresh from the evidence.
    #[serde(skip_deserializing)]
    pub agreement: Vec<Agreement>,
    /// The status of everything. Not read back either.
    #[serde(skip_deserializing, default = "unknown")]
    pub status: Status,
}

/// The other instruction set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Second {
    /// What it found.
    Found(Box<Evidence>),
    /// Why there is none.
    NotTried(String),
    /// Why it came to nothing, though it was tried.
    Failed(String),
}

/// Whether two machines agree in a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// Which part.
    pub part: PartId,
    /// Whether they do.
    pub status: Status,
    /// What was compared.
    pub prints: Vec<Pair>,
}

/// A hash of each of two machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// Of what.
    pub of: String,
    /// Over how many cases.
    pub cases: u64,
    /// The first machine's.
    pub first: String,
    /// The second machine's.
    pub second: String,
}

fn unknown() -> Status {
    worst([])
}

impl Report {
    /// Puts the evidence together.
    pub fn new(made: String, source: Option<String>, first: Evidence, second: Second) -> Report {
        let report = Report {
            schema: SCHEMA,
            made,
            source,
            first,
            second,
            agreement: Vec::new(),
            status: unknown(),
        };
        report.judged()
    }

    /// Compares afresh, as is needed after reading a file.
    pub fn judged(mut self) -> Report {
        self.agreement = self
            .first
            .parts
            .iter()
            .map(|part| agreement(part, &self.first, &self.second))
            .collect();
        let parts = self
            .evidence()
            .into_iter()
            .flat_map(|evidence| &evidence.parts);
        let found = parts.map(|part| &part.status);
        let failed = match &self.second {
            Second::Failed(why) => Some(Status::Failed { why: why.clone() }),
            _ => None,
        };
        let agreed = self.agreement.iter().map(|agreement| &agreement.status);
        self.status = worst(found.chain(agreed).chain(&failed));
        self
    }

    /// The evidence of one or two machines.
    pub fn evidence(&self) -> Vec<&Evidence> {
        match &self.second {
            Second::Found(second) => vec![&self.first, second],
            _ => vec![&self.first],
        }
    }

    /// Whether nothing that was tried differs or failed.
    pub fn is_good(&self) -> bool {
        !matches!(self.status, Status::Differs | Status::Failed { .. })
    }
}

/// Compares a part of two machines by its hashes.
fn agreement(part: &Part, first: &Evidence, second: &Second) -> Agreement {
    let not_tried = |why: &str| Agreement {
        part: part.id,
        status: Status::NotTried {
            why: why.to_owned(),
        },
        prints: Vec::new(),
    };
    let second = match second {
        Second::Found(second) => second,
        Second::NotTried(why) | Second::Failed(why) => return not_tried(why),
    };
    if let Status::NotTried { why } | Status::Failed { why } = &part.status {
        return not_tried(&format!("on {}: {why}", first.machine.name()));
    }
    let there = match second.parts.iter().find(|other| other.id == part.id) {
        Some(there) => there,
        None => return not_tried(&format!("not asked for on {}", second.machine.name())),
    };
    if let Status::NotTried { why } | Status::Failed { why } = &there.status {
        return not_tried(&format!("on {}: {why}", second.machine.name()));
    }
    let prints = pairs(&part.prints, &there.prints);
    let status = if prints.is_empty() {
        Status::NotTried {
            why: match part.prints.is_empty() {
                true => "this part has nothing that two machines could compare".to_owned(),
                false => "the two machines did different work".to_owned(),
            },
        }
    } else if prints.iter().all(|pair| pair.first == pair.second) {
        Status::Holds
    } else {
        Status::Differs
    };
    Agreement {
        part: part.id,
        status,
        prints,
    }
}

/// What both have, each over as many cases as both have.
fn pairs(first: &[Print], second: &[Print]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for here in first {
        let same = |there: &&Print| there.of == here.of && there.cases == here.cases;
        let Some(there) = second.iter().find(same) else {
            continue;
        };
        let pair = Pair {
            of: here.of.clone(),
            cases: here.cases,
            first: here.hash.clone(),
            second: there.hash.clone(),
        };
        match pairs.iter_mut().find(|known| known.of == pair.of) {
            // The shortest run that differs says most; of runs that agree, the longest.
            Some(known) if known.first == known.second && known.cases < pair.cases => *known = pair,
            Some(_) => {}
            None => pairs.push(pair),
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(of: &str, cases: u64, hash: &str) -> Print {
        Print {
            of: of.to_owned(),
            cases,
            hash: hash.to_owned(),
        }
    }

    #[test]
    fn runs_are_compared_as_far_as_both_go() {
        let here = [
            print("a", 10, "1"),
            print("a", 100, "2"),
            print("a", 777, "3"),
        ];
        let there = [
            print("a", 10, "1"),
            print("a", 100, "2"),
            print("b", 5, "9"),
        ];
        let found = pairs(&here, &there);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].cases, 100);
    }

    #[test]
    fn the_first_difference_is_kept() {
        let here = [
            print("a", 10, "1"),
            print("a", 100, "2"),
            print("a", 777, "3"),
        ];
        let there = [
            print("a", 10, "1"),
            print("a", 100, "x"),
            print("a", 777, "y"),
        ];
        assert_eq!(pairs(&here, &there)[0].cases, 100);
    }
}
