//! Hostile guests, each in a process of its own.

use ::attack::{Kind, Outcome, Verdict, attempts, child, parent};

use super::{PartId, Work};
use crate::evidence::{Against, Check, Part, Table};
use crate::printer::Printer;

const EMULATED: &str = "processor time and memory say nothing in an emulator";

pub(super) fn run(work: &Work) -> Result<Part, String> {
    if work.plan.emulator.is_some() {
        return Ok(Part::not_tried(PartId::Attack, EMULATED));
    }
    let program =
        std::env::current_exe().map_err(|e| format!("this program can not find itself: {e}"))?;
    let all: Vec<_> = attempts::all().collect();
    let mut part = Part::new(PartId::Attack);
    let mut check = Check::new(
        "outcomes and bounds that are written down",
        Against::Answers,
        "attempts",
    );
    let mut printer = Printer::new("what every attempt came to, and its fuel");
    let columns = [
        "attempt",
        "what it tries",
        "outcome",
        "CPU, s",
        "at most",
        "MiB",
        "at most",
        "verdict",
    ];
    let mut table = Table::new("Attempts", &columns);
    for (i, attempt) in all.iter().enumerate() {
        work.meter
            .update("hostile guests", i as u64, all.len() as u64);
        let rows = parent::run_all(&program, &[attempt], 1, |_| {}).map_err(|e| e.to_string())?;
        for (attempt, outcome, verdict) in rows {
            match &verdict {
                Verdict::Holds => check.agrees(),
                Verdict::Open(why) => {
                    check.agrees();
                    let reason = attempt.open.unwrap_or_default();
                    check.masks(
                        &format!("{}: {} ({reason})", attempt.name, why.join(", ")),
                        1,
                    );
                }
                Verdict::Misses(why) => {
                    check.differs(|| format!("{}: {}", attempt.name, why.join(", ")))
                }
                Verdict::Unexpected => {
                    check.differs(|| format!("{}: holds, and is listed as open", attempt.name));
                }
            }
            printer.add(&hash(attempt.name, &outcome));
            table.rows.push(vec![
                attempt.name.to_owned(),
                attempt.tries.to_owned(),
                outcome.kind.to_string(),
                format!("{:.2}", outcome.cpu),
                attempt.seconds.to_string(),
                outcome.mebibytes.to_string(),
                attempt.mebibytes.to_string(),
                word(&verdict).to_owned(),
            ]);
        }
    }
    part.checks.push(check);
    part.prints = printer.finish();
    part.tables.push(table);
    Ok(part.judged())
}

/// One attempt in this process; None if there is none of this name.
pub(super) fn attempt(name: &str) -> Option<Outcome> {
    attempts::all()
        .find(|attempt| attempt.name == name)
        .map(child::run)
}

/// What a guest could tell; refusals of the host are the host's affair.
fn hash(name: &str, outcome: &Outcome) -> blake3::Hash {
    let fuel = match outcome.kind {
        Kind::HostResource => 0,
        _ => outcome.fuel,
    };
    blake3::hash(format!("{name}: {}, {fuel}", outcome.kind).as_bytes())
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::Misses(_) => "misses",
        Verdict::Open(_) => "known to miss",
        Verdict::Unexpected => "holds, is listed as open",
    }
}
