//! The same operations in engines that promise nothing, bit by bit.

use maud::{Markup, html};

use super::words;
use crate::compare::Report;
use crate::evidence::EngineBits;
use crate::parts::PartId;

/// A column of the table: runs with the same name, or runs of this engine
/// that all gave the same.
struct Column {
    title: String,
    bits: EngineBits,
}

pub(super) fn section(report: &Report) -> Markup {
    let found = columns(report);
    let [reference, ..] = &found[..] else {
        return html! {};
    };
    let operations = report
        .first
        .parts
        .iter()
        .find_map(|part| part.bits.as_ref())
        .map_or(&[][..], |bits| &bits.operations);
    let promised = found.iter().filter(|column| column.bits.promises).count();
    let differs = |row: usize| {
        let expected = &reference.bits.results[row];
        found.iter().any(|column| is_other(column, row, expected))
    };
    let (unlike, alike): (Vec<usize>, Vec<usize>) =
        (0..operations.len()).partition(|&row| differs(row));
    let quarrels = (0..operations.len())
        .filter(|&row| is_quarrel(&found, row))
        .count();
    let runs: usize = report
        .evidence()
        .iter()
        .flat_map(|evidence| &evidence.parts)
        .filter_map(|part| part.bits.as_ref())
        .flat_map(|bits| &bits.engines)
        .filter(|engine| engine.promises)
        .count();
    html! {
        section #mirror {
            h2 { "Why it is not a matter of course" }
            p { (PartId::Mirror.about()) }
            p {
                "Of " (words::number(operations.len() as u64)) " operations, "
                b { (words::number(unlike.len() as u64)) }
                " give other bits in at least one of these engines, and in "
                b { (words::number(quarrels as u64)) }
                " the others do not agree with one another. "
                @if promised == 1 { "Lockstep gave the same in all " (runs) " of its runs." }
                @else { b { "Lockstep itself did not give the same everywhere." } }
            }
            (summary(&found, operations.len()))
            h3 { "The bits" }
            p .soft { "Operations that differ somewhere; " span .key { "marked" } " where the bits are not Lockstep\u{2019}s." }
            (bits(&found, operations, &unlike))
            @if !alike.is_empty() {
                details {
                    summary { "Operations that are the same everywhere " small { (words::count(alike.len() as u64, "rows")) } }
                    (bits(&found, operations, &alike))
                }
            }
        }
    }
}

/// All engines of all machines; this engine's first, as one if they agree.
fn columns(report: &Report) -> Vec<Column> {
    let (mut own, mut others): (Vec<Column>, Vec<Column>) = (Vec::new(), Vec::new());
    for evidence in report.evidence() {
        let arch = &evidence.machine.arch;
        for engine in evidence
            .parts
            .iter()
            .filter_map(|part| part.bits.as_ref())
            .flat_map(|bits| &bits.engines)
        {
            // Elsewhere most engines are missing, which the summary of this machine says well enough.
            if engine.results.iter().all(Option::is_none) && !std::ptr::eq(evidence, &report.first)
            {
                continue;
            }
            let column = Column {
                title: format!("{}, {arch}", engine.engine),
                bits: engine.clone(),
            };
            match engine.promises {
                true => own.push(column),
                false => others.push(column),
            }
        }
    }
    let agree = own
        .windows(2)
        .all(|pair| pair[0].bits.results == pair[1].bits.results);
    if agree && own.len() > 1 {
        let names: Vec<&str> = own
            .iter()
            .map(|column| {
                column
                    .title
                    .strip_prefix("Lockstep, ")
                    .unwrap_or(&column.title)
            })
            .collect();
        let title = format!("Lockstep ({})", names.join("; "));
        own.truncate(1);
        own[0].title = title;
    }
    own.extend(others);
    own
}

fn is_other(column: &Column, row: usize, expected: &Option<String>) -> bool {
    let result = column.bits.results.get(row).and_then(Option::as_ref);
    result.is_some() && result != expected.as_ref()
}

/// Whether those that promise nothing differ among themselves.
fn is_quarrel(columns: &[Column], row: usize) -> bool {
    let others = columns.iter().filter(|column| !column.bits.promises);
    let mut results = others.filter_map(|column| column.bits.results.get(row)?.as_ref());
    let first = results.next();
    results.any(|result| Some(result) != first)
}

fn summary(columns: &[Column], operations: usize) -> Markup {
    let expected = &columns[0].bits.results;
    html! {
        table .stack {
            thead {
                tr {
                    th scope="col" { "Engine" }
                    th scope="col" { "Same bits everywhere?" }
                    th scope="col" .num { "Operations it has" }
                    th scope="col" .num { "Other bits than Lockstep" }
                    th scope="col" { "BLAKE3 of its bits" }
                }
            }
            tbody {
                @for column in columns {
                    @let has = column.bits.results.iter().flatten().count();
                    @let other = (0..operations).filter(|&row| is_other(column, row, &expected[row])).count();
                    tr {
                        th scope="row" { (column.title) }
                        td data-label="Same bits?" { @if column.bits.promises { "promised" } @else { "not promised" } }
                        td .num data-label="Operations" { (has) }
                        @if has == 0 {
                            td data-label="Why" { span .soft { "not tried" } }
                            td data-label="Reason" { span .soft { (column.bits.missing.as_deref().unwrap_or_default()) } }
                        } @else {
                            td .num data-label="Other bits" { (other) }
                            td .hash data-label="BLAKE3" { span { (hash(column)) } }
                        }
                    }
                }
            }
        }
    }
}

fn hash(column: &Column) -> String {
    let mut hasher = blake3::Hasher::new();
    for result in &column.bits.results {
        hasher.update(result.as_deref().unwrap_or("none").as_bytes());
        hasher.update(b";");
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

fn bits(columns: &[Column], operations: &[String], rows: &[usize]) -> Markup {
    let columns: Vec<&Column> = columns
        .iter()
        .filter(|column| column.bits.results.iter().any(Option::is_some))
        .collect();
    let expected = &columns[0].bits.results;
    html! {
        div .scroll tabindex="0" {
            table .bits {
                thead {
                    tr {
                        th scope="col" { "Operation" }
                        @for column in &columns { th scope="col" { (column.title) } }
                    }
                }
                tbody {
                    @for &row in rows {
                        tr {
                            th scope="row" { (operations[row]) }
                            @for column in &columns {
                                td class=[is_other(column, row, &expected[row]).then_some("other")] {
                                    @match column.bits.results.get(row).and_then(Option::as_deref) {
                                        Some(bits) if bits.len() > 16 => { (bits[..16]) br; (bits[16..]) }
                                        Some(bits) => { (bits) }
                                        None => { span .soft { "\u{2013}" } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
