//! The page: one file, no scripts, nothing fetched.
//!
//! Everything that comes from evidence goes through `maud`, which escapes it.

mod machines;
mod matrix;
mod mirror;
mod part;
mod untried;
mod words;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::compare::{Report, Second};
use crate::evidence::{Part, Status};

const STYLE: &str = include_str!("style.css");

/// The report as a page.
pub fn page(report: &Report) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Lockstep determinism report, " (report.made) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (head(report))
                main {
                    (matrix::section(report))
                    (untried::section(report))
                    (mirror::section(report))
                    (part::section(report))
                    (machines::section(report))
                    (repeat(report))
                }
                footer {
                    "This page was made from " code { "report.json" } " and from nothing else; "
                    code { "report render report.json" } " makes it again. "
                    "Hashes are BLAKE3. Equal hashes stand for equal bits."
                }
            }
        }
    };
    page.into_string()
}

/// What the report comes to, in one sentence.
pub fn verdict(report: &Report) -> String {
    let (mut wrong, mut tried) = (0, 0);
    for status in statuses(report) {
        match status {
            Status::NotTried { .. } => {}
            Status::Holds => tried += 1,
            Status::Differs | Status::Failed { .. } => {
                tried += 1;
                wrong += 1;
            }
        }
    }
    match (wrong, tried) {
        (0, 0) => "Nothing was tried.".to_owned(),
        (0, _) => "Everything that was tried holds.".to_owned(),
        (1, _) => format!("One of {tried} claims that were tried does not hold."),
        _ => format!("{wrong} of {tried} claims that were tried do not hold."),
    }
}

/// The status of every single claim: each check of each machine, parts that
/// have none, and the agreement of the machines in each part.
fn statuses(report: &Report) -> Vec<&Status> {
    let parts = report
        .evidence()
        .into_iter()
        .flat_map(|evidence| &evidence.parts);
    let of_part = |part| -> Vec<&Status> {
        let Part { checks, status, .. }: &Part = part;
        match status {
            Status::Failed { .. } => vec![status],
            _ => checks.iter().map(|check| &check.status).collect(),
        }
    };
    let mut all: Vec<&Status> = parts.flat_map(of_part).collect();
    all.extend(report.agreement.iter().map(|agreement| &agreement.status));
    if let Second::Failed(_) = report.second {
        all.push(&report.status);
    }
    all
}

fn head(report: &Report) -> Markup {
    let evidence = report.evidence();
    let parts = || evidence.iter().flat_map(|evidence| &evidence.parts);
    let cases: u64 = parts().map(Part::cases).sum();
    let checks = parts().flat_map(|part| &part.checks);
    let differing: u64 = checks.map(|check| check.differing).sum();
    let equal = report
        .agreement
        .iter()
        .flat_map(|agreement| &agreement.prints);
    let (equal, unequal): (Vec<_>, Vec<_>) = equal.partition(|pair| pair.first == pair.second);
    let source = report.source.as_deref().unwrap_or("unknown");
    html! {
        header {
            p .brand { b { "Lockstep" } " \u{b7} " (report.made) }
            h1 { "Determinism report" }
            p .soft {
                "The same WebAssembly program must give the same bits on every machine, however it is run. "
                "This page shows what was compared to find out whether it does, and what was not. "
                "Sources at commit " code { (source) } "; size of this run: " (report.first.scale.name()) "."
            }
            div class={ "verdict " (words::class(&report.status)) } {
                p { (verdict(report)) }
                dl .figures {
                    (figure(words::number(cases), "comparisons made", false))
                    (figure(words::number(differing), "of them differ", differing > 0))
                    @match evidence.len() {
                        1 => (figure("1".to_owned(), "instruction set", false)),
                        _ => (figure(
                            format!("{} of {}", equal.len(), equal.len() + unequal.len()),
                            "hashes equal on two instruction sets",
                            !unequal.is_empty(),
                        )),
                    }
                    (figure(untried::list(report).len().to_string(), "things not tried", false))
                }
            }
            nav aria-label="Sections" {
                a href="#holds" { "What holds" }
                a href="#untried" { "What was not tried" }
                a href="#mirror" { "Other engines" }
                a href="#details" { "Details" }
                a href="#machines" { "Machines and versions" }
                a href="#repeat" { "How to repeat it" }
            }
        }
    }
}

fn figure(value: String, what: &str, is_bad: bool) -> Markup {
    html! {
        div class=[is_bad.then_some("bad")] {
            dt { (what) }
            dd { (value) }
        }
    }
}

fn repeat(report: &Report) -> Markup {
    let scale = report.first.scale.name();
    html! {
        section #repeat {
            h2 { "How to repeat it" }
            p {
                "On this machine, from the sources at the commit above. Every hash of this page must come out again; "
                "times, and the facts about the machine, need not."
            }
            pre { "cargo run --release -p report -- --" (scale) }
            p { "To put another machine beside this one, gather evidence there and bring its file here:" }
            pre {
                "cargo run --release -p report -- collect --" (scale) " --json there.json\n"
                "cargo run --release -p report -- --" (scale) " --second there.json"
            }
        }
    }
}
