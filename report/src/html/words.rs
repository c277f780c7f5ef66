//! Numbers, times and statuses as people read them.

use maud::{Markup, html};

use crate::evidence::Status;

/// A number with its thousands apart.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            // A space that does not break and is narrow.
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A count of things that are named in the plural.
pub(super) fn count(count: u64, plural: &str) -> String {
    let name = match (count, plural.strip_suffix('s')) {
        (1, Some(_)) if plural.ends_with("hashes") => "hash",
        (1, Some(singular)) => singular,
        _ => plural,
    };
    format!("{} {name}", number(count))
}

/// A time.
pub(super) fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 0.1 => format!("{:.0} ms", s * 1e3),
        s if s < 99.5 => format!("{s:.1} s"),
        s => format!(
            "{:.0} min {:02.0} s",
            (s / 60.0).floor(),
            (s % 60.0).floor()
        ),
    }
}

/// The name of a status, also of its look.
pub(super) fn class(status: &Status) -> &'static str {
    match status {
        Status::Holds => "holds",
        Status::Differs => "differs",
        Status::NotTried { .. } => "not-tried",
        Status::Failed { .. } => "failed",
    }
}

/// A status in a sign and a word: neither colour nor shape alone tells it.
pub(super) fn sign(status: &Status) -> Markup {
    let text = match status {
        Status::Holds => "\u{2713} holds",
        Status::Differs => "\u{2717} differs",
        Status::NotTried { .. } => "\u{2013} not tried",
        Status::Failed { .. } => "! failed",
    };
    html! { span class={ "sign " (class(status)) } { (text) } }
}

/// Whether a cell holds a number and nothing else.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || ".%-".contains(c))
}

/// A cell's text: numbers of more than four digits with their thousands apart.
pub(super) fn cell(text: &str) -> String {
    match text.parse() {
        Ok(value) if text.len() > 4 => number(value),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_234_567), "1\u{202f}234\u{202f}567");
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(count(1, "programs"), "1 program");
        assert_eq!(count(1, "hashes"), "1 hash");
        assert_eq!(count(2, "hashes"), "2 hashes");
    }

    #[test]
    fn times_have_sensible_units() {
        assert_eq!(seconds(0.0421), "42 ms");
        assert_eq!(seconds(12.34), "12.3 s");
        assert_eq!(seconds(125.9), "2 min 05 s");
    }
}
