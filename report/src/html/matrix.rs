//! What holds, at a glance: kinds of work against ways of comparing.

use maud::{Markup, html};

use super::words;
use crate::compare::{Agreement, Report};
use crate::evidence::{Against, Check, Part, Status, worst};

const COLUMNS: [(Against, &str); 6] = [
    (Against::Answers, "Known answers"),
    (Against::Slices, "Fuel in slices"),
    (Against::Levels, "Other CPU level"),
    (Against::Tiers, "Machine code"),
    (Against::Twins, "Native kernels"),
    (Against::Engines, "Other engines"),
];

const INSTRUCTION_SETS: &str = "Other instruction set";

pub(super) fn section(report: &Report) -> Markup {
    let parts = report
        .first
        .parts
        .iter()
        .filter(|part| !part.checks.is_empty() || is_failed(part));
    html! {
        section #holds {
            h2 { "What holds" }
            p {
                "Each row is a kind of work, each column something its bits were compared with. "
                "Any difference in a result, a trap, the place of a trap, memory or fuel counts."
            }
            table .matrix .stack {
                thead {
                    tr {
                        th scope="col" { "Work" }
                        @for (_, title) in COLUMNS { th scope="col" { (title) } }
                        th scope="col" { (INSTRUCTION_SETS) }
                    }
                }
                tbody {
                    @for part in parts {
                        @let agreement = report.agreement.iter().find(|agreement| agreement.part == part.id);
                        tr {
                            th scope="row" { a href={ "#" (part.id.name()) } { (part.id.title()) } }
                            @for (against, title) in COLUMNS { (cell(part, against, title)) }
                            (agreed(agreement))
                        }
                    }
                }
            }
            p .legend {
                "An empty place means that there is nothing to compare in this way. \u{201c}Set aside\u{201d} counts "
                "differences that have a name and a reason and are no faults; the details list them."
            }
        }
    }
}

fn is_failed(part: &Part) -> bool {
    matches!(part.status, Status::Failed { .. })
}

fn cell(part: &Part, against: Against, title: &str) -> Markup {
    let checks: Vec<&Check> = part
        .checks
        .iter()
        .filter(|check| check.against == against)
        .collect();
    if checks.is_empty() {
        return match (&part.status, against) {
            (Status::Failed { .. }, Against::Answers) => html! {
                td .failed data-label=(title) { div { (words::sign(&part.status)) } }
            },
            _ => html! { td .none {} },
        };
    }
    let status = worst(checks.iter().map(|check| &check.status));
    let cases: u64 = checks.iter().map(|check| check.cases).sum();
    let masked: u64 = checks
        .iter()
        .flat_map(|check| &check.masked)
        .map(|masked| masked.count)
        .sum();
    let unit = &checks[0].unit;
    html! {
        td class=(words::class(&status)) data-label=(title) {
            div {
                (words::sign(&status)) " "
                @if cases > 0 { small { (words::count(cases, unit)) } }
                @if masked > 0 { small { " " (words::number(masked)) " set aside" } }
            }
        }
    }
}

fn agreed(agreement: Option<&Agreement>) -> Markup {
    let Some(agreement) = agreement else {
        return html! { td .none {} };
    };
    let pairs = &agreement.prints;
    let differ = pairs
        .iter()
        .filter(|pair| pair.first != pair.second)
        .count();
    html! {
        td class=(words::class(&agreement.status)) data-label=(INSTRUCTION_SETS) {
            div {
                (words::sign(&agreement.status)) " "
                @if differ > 0 { small { (differ) " of " (words::count(pairs.len() as u64, "hashes")) } }
                @else if !pairs.is_empty() { small { (words::count(pairs.len() as u64, "hashes")) } }
            }
        }
    }
}
