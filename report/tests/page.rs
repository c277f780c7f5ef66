//! The page and the exit code say what the evidence says.

use report::compare::{Report, Second};
use report::evidence::{Against, Check, Evidence, Machine, Part, Print, SCHEMA, Scale, Status};
use report::html;
use report::parts::PartId;

fn evidence(arch: &str, parts: Vec<Part>) -> Evidence {
    Evidence {
        schema: SCHEMA,
        machine: Machine {
            arch: arch.to_owned(),
            emulator: None,
            facts: Vec::new(),
        },
        versions: Vec::new(),
        scale: Scale::Quick,
        parts,
        seconds: 1.0,
    }
}

fn spec(hash: &str) -> Part {
    let mut part = Part::new(PartId::Spec);
    let mut check = Check::new("the suite", Against::Answers, "assertions");
    check.agrees();
    part.checks.push(check);
    part.prints.push(Print {
        of: "all".to_owned(),
        cases: 1,
        hash: hash.to_owned(),
    });
    part.judged()
}

fn report(first: Vec<Part>, second: Second) -> Report {
    Report::new(
        "2030-01-31".to_owned(),
        None,
        evidence("here", first),
        second,
    )
}

fn found(parts: Vec<Part>) -> Second {
    Second::Found(Box::new(evidence("there", parts)))
}

#[test]
fn text_from_evidence_is_escaped() {
    let mut part = spec("<i>hash</i>");
    part.checks[0].differs(|| "<script>alert('x')</script> & \"more\"".to_owned());
    part.notes.push("</article><b>".to_owned());
    let page = html::page(&report(vec![part.judged()], found(vec![spec("<u>")])));
    for evil in ["<script", "<i>hash", "</article><b>", "<u>"] {
        assert!(!page.contains(evil), "{evil} is in the page");
    }
    assert!(page.contains("&lt;script&gt;alert('x')&lt;/script&gt; &amp; &quot;more&quot;"));
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = html::page(&report(vec![spec("a")], found(vec![spec("a")])));
    for foreign in ["http:", "https:", "src=", "<link", "@import", "url("] {
        assert!(!page.contains(foreign), "the page contains {foreign}");
    }
}

#[test]
fn equal_hashes_hold() {
    let report = report(vec![spec("a")], found(vec![spec("a")]));
    assert!(report.is_good());
    assert_eq!(report.agreement[0].status, Status::Holds);
    assert!(html::verdict(&report).starts_with("Everything that was tried holds"));
}

#[test]
fn a_hash_that_differs_is_a_difference() {
    let report = report(vec![spec("a")], found(vec![spec("b")]));
    assert_eq!(report.agreement[0].status, Status::Differs);
    assert_eq!(report.status, Status::Differs);
    assert!(!report.is_good());
    assert!(html::page(&report).contains("\u{2717} differs"));
    assert!(html::verdict(&report).contains("does not hold"));
}

#[test]
fn a_check_that_differs_is_a_difference_on_either_machine() {
    let wrong = || {
        let mut part = spec("a");
        part.checks[0].differs(|| "1 and 2".to_owned());
        part.judged()
    };
    assert!(!report(vec![wrong()], found(vec![spec("a")])).is_good());
    assert!(!report(vec![spec("a")], found(vec![wrong()])).is_good());
}

#[test]
fn what_is_missing_was_not_tried() {
    let parts = vec![spec("a"), Part::not_tried(PartId::Llama, "no model here")];
    let report = report(parts, Second::NotTried("no such machine".to_owned()));
    assert!(report.is_good());
    let page = html::page(&report);
    let untried = page.split("What was not tried</h2>").nth(1).unwrap();
    assert!(untried.contains("no model here"));
    assert!(untried.contains("no such machine"));
    let nothing = Part::not_tried(PartId::Spec, "not asked for");
    let report = self::report(vec![nothing], Second::NotTried(String::new()));
    assert_eq!(html::verdict(&report), "Nothing was tried.");
}

#[test]
fn what_failed_is_not_good() {
    let failed = Part::failed(PartId::Spec, "the list is gone");
    let first = report(vec![failed], Second::NotTried(String::new()));
    assert!(!first.is_good());
    assert!(html::page(&first).contains("the list is gone"));
    let second = report(
        vec![spec("a")],
        Second::Failed("the emulator hung".to_owned()),
    );
    assert!(!second.is_good());
    assert!(html::page(&second).contains("the emulator hung"));
}

#[test]
fn the_file_gives_the_same_page() {
    let first = report(vec![spec("a")], found(vec![spec("b")]));
    let text = serde_json::to_string(&first).unwrap();
    let again: Report = serde_json::from_str(&text).unwrap();
    let again = again.judged();
    assert_eq!(again, first);
    assert_eq!(html::page(&again), html::page(&first));
    // What the file says of itself is not believed.
    let text = text.replace("\"differs\"", "\"holds\"");
    let again: Report = serde_json::from_str(&text).unwrap();
    assert!(!again.judged().is_good());
}
