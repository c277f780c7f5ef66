//! The conformance suite.

use std::collections::BTreeMap;

use spec_tests::lists::Lists;
use spec_tests::script::{self, Outcome};
use spec_tests::suite;

use super::{PartId, Work};
use crate::evidence::{Against, Check, Part, Table};
use crate::printer::Printer;

/// The sums of a folder of scripts.
#[derive(Default)]
struct Sum {
    scripts: usize,
    skipped: usize,
    assertions: usize,
    expected: usize,
    wrong: usize,
}

pub(super) fn run(work: &Work) -> Result<Part, String> {
    let lists = Lists::read().map_err(|e| e.to_string())?;
    let scripts = suite::scripts().map_err(|e| format!("the suite can not be listed: {e}"))?;
    let mut part = Part::new(PartId::Spec);
    for tier in spec_tests::lockstep::tiers() {
        let name = format!("the suite's demands ({})", tier.name());
        let mut check = Check::new(name, Against::Answers, "assertions");
        let mut printer = Printer::new(format!("what every script came to ({})", tier.name()));
        let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
        let mut skipped: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (i, script) in scripts.iter().enumerate() {
            work.meter
                .update("conformance suite", i as u64, scripts.len() as u64);
            let folder = script
                .name
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder);
            let sum = sums.entry(folder.to_owned()).or_default();
            sum.scripts += 1;
            if let Some(why) = lists.skip_reason(&script.name) {
                sum.skipped += 1;
                skipped
                    .entry(why.to_owned())
                    .or_default()
                    .push(script.name.clone());
                continue;
            }
            let outcome = script::run_guarded(tier.as_ref(), &script.source);
            let verdict = lists.judge(&script.name, &outcome);
            printer.add(&hash(&script.name, &outcome));
            sum.assertions += outcome.assertions;
            sum.expected += verdict.expected;
            sum.wrong += verdict.surprises.len() + verdict.stale.len();
            check.cases += outcome.assertions as u64;
            check.masks(
                "failures that a list expects, each with its reason",
                verdict.expected as u64,
            );
            let surprises = verdict.surprises.iter().map(|&i| &outcome.failures[i]);
            for failure in surprises {
                count(
                    &mut check,
                    format!("{}:{}: {}", script.name, failure.line, failure.why),
                );
            }
            for stale in verdict.stale {
                count(&mut check, stale);
            }
        }
        part.checks.push(check);
        part.prints.extend(printer.finish());
        part.tables.push(table(tier.name(), &sums));
        part.tables.push(not_run(&skipped));
    }
    Ok(part.judged())
}

/// A directive that did something else; its assertion is counted already.
fn count(check: &mut Check, how: String) {
    check.differs(|| how);
    check.cases -= 1;
}

/// Everything a script came to, by its name.
fn hash(name: &str, outcome: &Outcome) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(name);
    add(&format!("{} {}", outcome.assertions, outcome.commands));
    for failure in &outcome.failures {
        add(&format!("{} {}", failure.line, failure.why));
    }
    hasher.finalize()
}

fn table(tier: &str, sums: &BTreeMap<String, Sum>) -> Table {
    let columns = [
        "folder",
        "scripts",
        "not run",
        "assertions",
        "expected failures",
        "wrong",
    ];
    let mut table = Table::new(format!("Scripts by folder ({tier})"), &columns);
    for (folder, sum) in sums {
        let numbers = [
            sum.scripts,
            sum.skipped,
            sum.assertions,
            sum.expected,
            sum.wrong,
        ];
        let mut row = vec![folder.clone()];
        row.extend(numbers.iter().map(ToString::to_string));
        table.rows.push(row);
    }
    table
}

fn not_run(skipped: &BTreeMap<String, Vec<String>>) -> Table {
    let mut table = Table::new("Scripts that are not run", &["reason", "scripts"]);
    for (why, names) in skipped {
        table.rows.push(vec![why.clone(), names.join(" ")]);
    }
    table
}
