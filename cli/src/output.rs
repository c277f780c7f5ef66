//! Writing for people and for programs: standard output that may break, colours, sizes, JSON.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, IsTerminal, Write};

use serde_json::Value;

use crate::error::{Failure, Kind};

/// Writes to standard output. A reader that went away ends the command, silently.
///
/// # Errors
/// [`Kind::BrokenPipe`] or [`Kind::Host`].
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => Failure::new(Kind::BrokenPipe, error),
            _ => Failure::host(format!("can not write to standard output: {error}")),
        })
}

/// Writes a value to standard output as JSON.
///
/// # Errors
/// As [`print()`].
pub(crate) fn print_json(value: &Value) -> Result<(), Failure> {
    print(&format!("{value:#}\n"))
}

/// Writes to standard error. If that fails there is nobody left to tell.
pub(crate) fn write_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Colours, or none: only a terminal gets them, and only if `NO_COLOR` is not set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    coloured: bool,
}

macro_rules! colours {
    ($($name:ident $code:literal)*) => {$(
        pub(crate) fn $name(self, text: impl std::fmt::Display) -> String {
            if self.coloured {
                format!(concat!("\x1b[", $code, "m{}\x1b[0m"), text)
            } else {
                text.to_string()
            }
        }
    )*};
}

impl Style {
    /// For what goes to standard output.
    pub(crate) fn stdout() -> Style {
        Style::on(io::stdout().is_terminal())
    }

    /// For what goes to standard error.
    pub(crate) fn stderr() -> Style {
        Style::on(io::stderr().is_terminal())
    }

    fn on(terminal: bool) -> Style {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Style {
            coloured: terminal && !refused,
        }
    }

    colours! { bold "1" dim "2" red "1;31" green "32" cyan "36" }
}

/// How many columns the terminal has that standard output is.
pub(crate) fn terminal_columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|&columns| columns > 0)
}

/// A number of bytes as people say it: `512 B`, `1.5 KiB`, `93.8 MiB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    // Below 1023.95 the tenths do not round up to the next unit.
    let mut value = count as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.95 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// A number with its digits in groups of three: `1 234 567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// `one file`, `2 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string can not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Text of unknown origin for a terminal: control characters are written out.
pub(crate) fn visible(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let escaped: Box<dyn Iterator<Item = char>> = if c.is_control() {
                Box::new(c.escape_default())
            } else {
                Box::new(std::iter::once(c))
            };
            escaped
        })
        .collect()
}

/// Rows under headings, each column as wide as its widest cell. Columns whose heading starts with `>` are flush right.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>], style: Style) -> String {
    let right: Vec<bool> = headings.iter().map(|h| h.starts_with('>')).collect();
    let headings: Vec<String> = headings
        .iter()
        .map(|h| h.trim_start_matches('>').to_owned())
        .collect();
    let width = |column: usize| {
        let cells = rows
            .iter()
            .chain([&headings])
            .filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(i, cell)| match right.get(i) {
            Some(true) => format!("{cell:>0$}", widths[i]),
            _ => format!("{cell:<0$}", widths.get(i).copied().unwrap_or(0)),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut text = format!("{}\n", style.dim(line(&headings)));
    for row in rows {
        text += &line(row);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { coloured: false };

    #[test]
    fn sizes_read_well() {
        let cases = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            ((1 << 20) - 1, "1.0 MiB"),
            (98_362_432, "93.8 MiB"),
            (u64::MAX, "16.0 EiB"),
        ];
        for (number, text) in cases {
            assert_eq!(bytes(number), text);
        }
        assert_eq!(
            (grouped(7), grouped(1_234_567)),
            ("7".to_owned(), "1 234 567".to_owned())
        );
        assert_eq!(
            (count(1, "file"), count(0, "file")),
            ("1 file".to_owned(), "0 files".to_owned())
        );
    }

    #[test]
    fn tables_line_up() {
        let rows = [
            vec!["a".to_owned(), "10".to_owned()],
            vec!["bcd".to_owned(), "5".to_owned()],
        ];
        let text = table(&["name", ">n"], &rows, PLAIN);
        assert_eq!(text, "name   n\na     10\nbcd    5\n");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(visible("a\x1b[31mé"), "a\\u{1b}[31mé");
        let coloured = Style { coloured: true };
        assert_eq!(
            (PLAIN.green("x"), coloured.green("x")),
            ("x".to_owned(), "\x1b[32mx\x1b[0m".to_owned())
        );
    }
}
