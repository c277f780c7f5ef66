//! The details of each kind of work.

use maud::{Markup, html};

use super::words;
use crate::compare::{Agreement, Report, Second};
use crate::evidence::{Check, Evidence, Part, Print, Status, Table};

pub(super) fn section(report: &Report) -> Markup {
    let tried =
        |part: &&Part| !matches!(part.status, Status::NotTried { .. }) || !part.checks.is_empty();
    html! {
        section #details {
            h2 { "Details" }
            @if let Second::Failed(why) = &report.second {
                div .trouble { "The second machine gave nothing to compare with. " (why) }
            }
            @for part in report.first.parts.iter().filter(tried) { (details(part, report)) }
        }
    }
}

fn details(part: &Part, report: &Report) -> Markup {
    let agreement = report
        .agreement
        .iter()
        .find(|agreement| agreement.part == part.id);
    let second = match &report.second {
        Second::Found(second) => Some(&**second),
        _ => None,
    };
    html! {
        article .part #(part.id.name()) {
            header {
                h3 { (part.id.title()) }
                span { (words::sign(&part.status)) span .soft { " \u{b7} " (words::seconds(part.seconds)) } }
            }
            p { (part.id.about()) }
            (trouble(part))
            @if !part.checks.is_empty() { (checks(&part.checks)) }
            (prints(part, agreement))
            @if let Some(second) = second { (elsewhere(part, second)) }
            @for note in &part.notes { p .soft { (note) } }
            @for table in &part.tables { (folded(table)) }
        }
    }
}

/// What went wrong, unfolded.
fn trouble(part: &Part) -> Markup {
    html! {
        @if let Status::Failed { why } = &part.status {
            div .trouble { (why) }
        }
        @for check in part.checks.iter().filter(|check| !check.differences.is_empty()) {
            div .trouble {
                (check.name) ": " (words::number(check.differing)) " differ, the first of them:"
                ul { @for difference in &check.differences { li { (difference) } } }
            }
        }
    }
}

fn checks(checks: &[Check]) -> Markup {
    html! {
        table .stack {
            thead {
                tr {
                    th scope="col" { "Compared with" }
                    th scope="col" .num { "Cases" }
                    th scope="col" .num { "Differ" }
                    th scope="col" .num { "Set aside" }
                    th scope="col" { "Result" }
                }
            }
            tbody { @for check in checks { (row(check)) } }
        }
        @for check in checks.iter().filter(|check| !check.masked.is_empty()) {
            details {
                summary { "Set aside: " (check.name) }
                div .scroll tabindex="0" {
                    table {
                        thead { tr { th scope="col" { "What may differ, and why" } th scope="col" .num { "Times" } } }
                        tbody {
                            @for masked in &check.masked {
                                tr { td { (masked.what) } td .num { (words::number(masked.count)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn row(check: &Check) -> Markup {
    let masked: u64 = check.masked.iter().map(|masked| masked.count).sum();
    let was_tried = check.cases > 0;
    html! {
        tr class=[(check.status == Status::Differs).then_some("bad")] {
            th scope="row" { (check.name) }
            @if was_tried {
                td .num data-label="Cases" { (words::count(check.cases, &check.unit)) }
                td .num data-label="Differ" { (words::number(check.differing)) }
                td .num data-label="Set aside" { (words::number(masked)) }
            } @else {
                td .none {} td .none {} td .none {}
            }
            td data-label="Result" {
                div {
                    (words::sign(&check.status))
                    @match &check.status {
                        Status::NotTried { why } | Status::Failed { why } => {
                            " " span .soft { (why) }
                        }
                        _ => {}
                    }
                }
            }
        }
    }
}

/// Hashes: of both machines where both have them, else of this one.
fn prints(part: &Part, agreement: Option<&Agreement>) -> Markup {
    let pairs = agreement.map_or(&[][..], |agreement| &agreement.prints);
    let is_paired = |print: &&Print| pairs.iter().any(|pair| pair.of == print.of);
    // Of this machine's, only the longest run of each.
    let is_last = |(i, print): &(usize, &Print)| {
        part.prints[i + 1..]
            .iter()
            .all(|later| later.of != print.of)
    };
    let alone = part
        .prints
        .iter()
        .enumerate()
        .filter(is_last)
        .map(|(_, print)| print);
    let alone: Vec<&Print> = alone.filter(|print| !is_paired(print)).collect();
    if pairs.is_empty() && alone.is_empty() {
        return html! {};
    }
    html! {
        h4 { @if pairs.is_empty() { "What another machine must give as well" } @else { "Both instruction sets" } }
        table .stack {
            thead {
                tr {
                    th scope="col" { "Of" }
                    th scope="col" .num { "Cases" }
                    th scope="col" { "Hash or value" }
                    th scope="col" { "Second machine" }
                }
            }
            tbody {
                @for pair in pairs {
                    @let is_equal = pair.first == pair.second;
                    tr class=[(!is_equal).then_some("bad")] {
                        th scope="row" { (pair.of) }
                        td .num data-label="Cases" { (words::number(pair.cases)) }
                        td .hash data-label="Hash or value" { span { (pair.first) } }
                        td data-label="Second machine" {
                            @if is_equal { span .sign .holds { "\u{2713} equal" } }
                            @else { span .hash { (pair.second) } }
                        }
                    }
                }
                @for print in alone {
                    tr {
                        th scope="row" { (print.of) }
                        td .num data-label="Cases" { (words::number(print.cases)) }
                        td .hash data-label="Hash or value" { span { (print.hash) } }
                        td data-label="Second machine" { span .sign .not-tried { "\u{2013} not compared" } }
                    }
                }
            }
        }
    }
}

/// What the second machine compared within itself.
fn elsewhere(part: &Part, second: &Evidence) -> Markup {
    let there = second.parts.iter().find(|other| other.id == part.id);
    let Some(there) = there
        .filter(|there| !there.checks.is_empty() || matches!(there.status, Status::Failed { .. }))
    else {
        return html! {};
    };
    html! {
        details open[there.status == Status::Differs || matches!(there.status, Status::Failed { .. })] {
            summary {
                "Checks on " (second.machine.name()) " "
                small { (words::seconds(there.seconds)) }
            }
            (trouble(there))
            (checks(&there.checks))
        }
    }
}

fn folded(table: &Table) -> Markup {
    let is_number = |column: usize| {
        let mut cells = table.rows.iter().filter_map(|row| row.get(column));
        cells.all(|cell| cell.is_empty() || words::is_number(cell))
    };
    let numeric: Vec<bool> = (0..table.columns.len()).map(is_number).collect();
    let class = |column: usize| {
        numeric
            .get(column)
            .copied()
            .unwrap_or(false)
            .then_some("num")
    };
    html! {
        details {
            summary { (table.title) " " small { (words::count(table.rows.len() as u64, "rows")) } }
            div .scroll tabindex="0" {
                table .wide {
                    thead {
                        tr {
                            @for (i, column) in table.columns.iter().enumerate() {
                                th scope="col" class=[class(i)] { (column) }
                            }
                        }
                    }
                    tbody {
                        @for row in &table.rows {
                            tr {
                                @for (i, cell) in row.iter().enumerate() {
                                    td class=[class(i)] { (words::cell(cell)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
