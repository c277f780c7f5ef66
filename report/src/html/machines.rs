//! Where and with what the evidence was found.

use maud::{Markup, html};

use super::words;
use crate::compare::Report;
use crate::evidence::{Evidence, Fact};

pub(super) fn section(report: &Report) -> Markup {
    let evidence = report.evidence();
    html! {
        section #machines {
            h2 { "Machines and versions" }
            h3 { "Machines" }
            (facts(&evidence, |evidence| {
                let mut facts = vec![
                    Fact::new("size of the run", evidence.scale.name()),
                    Fact::new("time", words::seconds(evidence.seconds)),
                ];
                facts.splice(0..0, evidence.machine.facts.iter().cloned());
                facts
            }, false))
            h3 { "Versions" }
            p { "Runs can agree only if the profile, which names every choice the engine makes, is the same." }
            (facts(&evidence, |evidence| evidence.versions.clone(), true))
        }
    }
}

/// A column for each machine; `is_same` says that the values ought to be equal.
fn facts(evidence: &[&Evidence], of: impl Fn(&Evidence) -> Vec<Fact>, is_same: bool) -> Markup {
    let columns: Vec<Vec<Fact>> = evidence.iter().map(|evidence| of(evidence)).collect();
    let mut names: Vec<&str> = Vec::new();
    for fact in columns.iter().flatten() {
        if !names.contains(&fact.name.as_str()) {
            names.push(&fact.name);
        }
    }
    let value = |facts: &[Fact], name: &str| {
        let fact = facts.iter().find(|fact| fact.name == name);
        fact.map(|fact| fact.value.clone())
    };
    html! {
        table .facts .stack {
            thead {
                tr {
                    th scope="col" {}
                    @for evidence in evidence { th scope="col" { (evidence.machine.name()) } }
                }
            }
            tbody {
                @for name in names {
                    @let values: Vec<Option<String>> = columns.iter().map(|facts| value(facts, name)).collect();
                    @let known: Vec<&String> = values.iter().flatten().collect();
                    @let is_unlike = is_same && known.windows(2).any(|pair| pair[0] != pair[1]);
                    tr class=[is_unlike.then_some("unlike")] {
                        th scope="row" { (name) }
                        @for (value, evidence) in values.iter().zip(evidence) {
                            td data-label=(evidence.machine.name()) class=[value.is_none().then_some("none")] {
                                @if let Some(value) = value {
                                    span class=[is_hash(value).then_some("hash")] { (value) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit())
}
