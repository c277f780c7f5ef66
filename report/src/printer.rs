//! Hashes over long series of cases.

use crate::evidence::Print;

/// Makes a [`Print`] and notes it on the way too: after 10, 100, 1000, ...
/// cases, so that runs of different lengths can be compared as far as both go.
pub(crate) struct Printer {
    of: String,
    hasher: blake3::Hasher,
    cases: u64,
    prints: Vec<Print>,
}

impl Printer {
    /// A printer of this.
    pub(crate) fn new(of: impl Into<String>) -> Printer {
        Printer {
            of: of.into(),
            hasher: blake3::Hasher::new(),
            cases: 0,
            prints: Vec::new(),
        }
    }

    /// Adds a case by its hash.
    pub(crate) fn add(&mut self, hash: &blake3::Hash) {
        self.hasher.update(hash.as_bytes());
        self.cases += 1;
        if self.cases >= 10 && is_power_of_ten(self.cases) {
            self.note();
        }
    }

    fn note(&mut self) {
        self.prints.push(Print {
            of: self.of.clone(),
            cases: self.cases,
            hash: self.hasher.finalize().to_hex().to_string(),
        });
    }

    /// The prints, the one of all cases last.
    pub(crate) fn finish(mut self) -> Vec<Print> {
        if self
            .prints
            .last()
            .is_none_or(|last| last.cases < self.cases)
        {
            self.note();
        }
        self.prints
    }
}

fn is_power_of_ten(mut number: u64) -> bool {
    while number > 0 && number.is_multiple_of(10) {
        number /= 10;
    }
    number == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_run_has_the_prints_of_a_shorter_one() {
        let run = |cases: u64| {
            let mut printer = Printer::new("x");
            for case in 0..cases {
                printer.add(&blake3::hash(&case.to_le_bytes()));
            }
            printer.finish()
        };
        let (short, long) = (run(100), run(1234));
        let cases: Vec<u64> = long.iter().map(|print| print.cases).collect();
        assert_eq!(cases, [10, 100, 1000, 1234]);
        assert_eq!(long[..2], short[..]);
        assert_ne!(long[2].hash, long[3].hash);
    }
}
