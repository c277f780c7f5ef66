//! What was not tried, with the reason of each.

use maud::{Markup, html};

use crate::compare::{Report, Second};
use crate::evidence::Status;

pub(super) fn section(report: &Report) -> Markup {
    let items = list(report);
    html! {
        section #untried {
            h2 { "What was not tried" }
            @if items.is_empty() {
                p { "Everything that this version can try was tried." }
            } @else {
                p { "This page says nothing about these, neither good nor bad." }
                ul .untried {
                    @for (what, why) in &items {
                        li { b { (what) } span { (why) } }
                    }
                }
            }
        }
    }
}

/// Everything that was not tried, and why; what goes for all of a part or of a
/// machine is said once.
pub(super) fn list(report: &Report) -> Vec<(String, String)> {
    let mut items = Vec::new();
    for part in &report.first.parts {
        match &part.status {
            Status::NotTried { why } if part.checks.is_empty() => {
                items.push((part.id.title().to_owned(), why.clone()));
            }
            _ => {}
        }
        for check in &part.checks {
            if let Status::NotTried { why } = &check.status {
                items.push((format!("{}: {}", part.id.title(), check.name), why.clone()));
            }
        }
    }
    let tried = |id| {
        let part = report.first.parts.iter().find(|part| part.id == id);
        part.is_some_and(|part| !matches!(part.status, Status::NotTried { .. }))
    };
    match &report.second {
        Second::NotTried(why) => items.push(("A second instruction set".to_owned(), why.clone())),
        Second::Failed(_) => {}
        Second::Found(second) => {
            for agreement in report
                .agreement
                .iter()
                .filter(|agreement| tried(agreement.part))
            {
                if let Status::NotTried { why } = &agreement.status {
                    let title = agreement.part.title();
                    items.push((
                        format!("{title}: comparison with {}", second.machine.name()),
                        why.clone(),
                    ));
                }
            }
        }
    }
    items
}
