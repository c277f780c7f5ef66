//! The two lists a person keeps: scripts not run, and failures expected.
//!
//! Both are text files beside `Cargo.toml`. A line is a place (a script's name,
//! or `name:line` with one or more lines of it), white space, and the reason; `#` starts a comment line. A reason is not optional.

use std::fs;
use std::io;

use crate::script::Outcome;
use crate::suite::home;

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// A script's name; in the list of skipped scripts a trailing `*` stands
    /// for any ending.
    pub script: String,
    /// A line of the script, or `None` for the script as a whole.
    pub line: Option<usize>,
    /// Why it stands in the list.
    pub reason: String,
}

/// What keeps a list from being read.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The file cannot be read.
    #[error("cannot read {file}: {source}")]
    Read {
        /// The list's file name.
        file: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A line has no reason, or a place of another form.
    #[error("{file}:{line}: wanted `script[:line,line...]  reason`, found `{text}`")]
    Form {
        /// The list's file name.
        file: &'static str,
        /// Line in the list, from 1.
        line: usize,
        /// The line.
        text: String,
    },
}

/// Both lists.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// `skipped.txt`.
    pub skipped: Vec<Entry>,
    /// `expected-failures.txt`.
    pub expected: Vec<Entry>,
}

/// How a script's outcome stands to the list of expected failures.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Failures the list does not have: indices into the outcome's failures.
    pub surprises: Vec<usize>,
    /// Failures the list has.
    pub expected: usize,
    /// Entries of the list that did not come true; each is a sentence.
    pub stale: Vec<String>,
}

impl Verdict {
    /// Whether everything happened as the script or the list says.
    pub fn is_good(&self) -> bool {
        self.surprises.is_empty() && self.stale.is_empty()
    }
}

impl Lists {
    /// Reads both lists.
    ///
    /// # Errors
    /// When a file cannot be read or has a line of the wrong form.
    pub fn read() -> Result<Lists, ListError> {
        Ok(Lists {
            skipped: read("skipped.txt")?,
            expected: read("expected-failures.txt")?,
        })
    }

    /// Why `script` is not run, if it is not.
    pub fn skip_reason(&self, script: &str) -> Option<&str> {
        self.skipped
            .iter()
            .find(|entry| match entry.script.strip_suffix('*') {
                Some(beginning) => script.starts_with(beginning),
                None => entry.script == script,
            })
            .map(|entry| entry.reason.as_str())
    }

    /// Compares what happened with what was expected.
    pub fn judge(&self, script: &str, outcome: &Outcome) -> Verdict {
        let entries: Vec<&Entry> = self
            .expected
            .iter()
            .filter(|e| e.script == script)
            .collect();
        let mut verdict = Verdict::default();
        for (index, failure) in outcome.failures.iter().enumerate() {
            let is_listed = entries
                .iter()
                .any(|e| e.line.is_none_or(|line| line == failure.line));
            if is_listed {
                verdict.expected += 1;
            } else {
                verdict.surprises.push(index);
            }
        }
        for entry in entries {
            let came_true = outcome
                .failures
                .iter()
                .any(|f| entry.line.is_none_or(|line| line == f.line));
            if !came_true {
                let place = match entry.line {
                    Some(line) => format!("{script}:{line}"),
                    None => script.to_owned(),
                };
                verdict.stale.push(format!(
                    "{place} passes, but expected-failures.txt lists it ({}): remove the entry",
                    entry.reason
                ));
            }
        }
        verdict
    }
}

fn read(file: &'static str) -> Result<Vec<Entry>, ListError> {
    let text =
        fs::read_to_string(home().join(file)).map_err(|source| ListError::Read { file, source })?;
    parse(file, &text)
}

fn parse(file: &'static str, text: &str) -> Result<Vec<Entry>, ListError> {
    let mut entries = Vec::new();
    for (index, text) in text.lines().enumerate() {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        entries.extend(parse_entries(text).ok_or_else(|| ListError::Form {
            file,
            line: index + 1,
            text: text.to_owned(),
        })?);
    }
    Ok(entries)
}

/// One line may name several lines of a script: `v3/a:7,12  reason`.
fn parse_entries(text: &str) -> Option<Vec<Entry>> {
    let (place, reason) = text.split_once(char::is_whitespace)?;
    let entry = |script: &str, line| Entry {
        script: script.to_owned(),
        line,
        reason: reason.trim().to_owned(),
    };
    match place.split_once(':') {
        Some((script, lines)) => lines
            .split(',')
            .map(|line| Some(entry(script, Some(line.parse().ok()?))))
            .collect(),
        None => Some(vec![entry(place, None)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::DirectiveFailure;

    fn lists(expected: &str, skipped: &str) -> Lists {
        Lists {
            skipped: parse("skipped.txt", skipped).unwrap(),
            expected: parse("expected-failures.txt", expected).unwrap(),
        }
    }

    fn failing_at(lines: &[usize]) -> Outcome {
        Outcome {
            assertions: 10,
            commands: 1,
            failures: lines
                .iter()
                .map(|&line| DirectiveFailure {
                    line,
                    is_assertion: true,
                    why: String::new(),
                })
                .collect(),
        }
    }

    #[test]
    fn an_expected_failure_that_passes_is_not_good() {
        let lists = lists("v3/a:7  says why\n", "");
        assert!(lists.judge("v3/a", &failing_at(&[7])).is_good());
        let verdict = lists.judge("v3/a", &failing_at(&[]));
        assert_eq!(verdict.stale.len(), 1);
        assert!(!verdict.is_good());
    }

    #[test]
    fn a_failure_off_the_list_is_a_surprise() {
        let lists = lists("# comment\nv3/a:7  says why\n", "");
        let verdict = lists.judge("v3/a", &failing_at(&[7, 9]));
        assert_eq!((verdict.expected, verdict.surprises), (1, vec![1]));
    }

    #[test]
    fn skips_match_whole_names_or_beginnings() {
        let lists = lists("", "v3/a  one\nproposals/gc/*  two\n");
        assert_eq!(lists.skip_reason("v3/a"), Some("one"));
        assert_eq!(lists.skip_reason("v3/ab"), None);
        assert_eq!(lists.skip_reason("proposals/gc/struct"), Some("two"));
    }

    #[test]
    fn a_reason_is_not_optional() {
        assert!(matches!(
            parse("skipped.txt", "# fine\nv3/a\n"),
            Err(ListError::Form { line: 2, .. })
        ));
        assert!(parse("skipped.txt", "v3/a:x why\n").is_err());
    }

    #[test]
    fn one_entry_may_name_several_lines() {
        let entries = parse("expected-failures.txt", "v3/a:7,12  why not\n").unwrap();
        let lines: Vec<_> = entries
            .iter()
            .map(|e| (e.line, e.reason.as_str()))
            .collect();
        assert_eq!(lines, [(Some(7), "why not"), (Some(12), "why not")]);
    }
}
