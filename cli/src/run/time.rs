//! Points in time as a person writes them.

/// Nanoseconds since 1970 of `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM:SSZ`, or a number of seconds.
///
/// # Errors
/// A sentence that says what is expected.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let seconds = match text.parse() {
        Ok(seconds) => Some(seconds),
        Err(_) => date_and_time(text),
    };
    seconds
        .and_then(|seconds: u64| seconds.checked_mul(1_000_000_000))
        .ok_or_else(|| {
            "expected a date (2024-01-31), a time in UTC (2024-01-31T12:00:00Z), or seconds since 1970, and at most \
             the year 2554"
                .to_owned()
        })
}

fn date_and_time(text: &str) -> Option<u64> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, time.strip_suffix('Z')?),
        None => (text, "00:00:00"),
    };
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let longest = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let exists = year >= 1970
        && (1..=12).contains(&month)
        && (1..=longest).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    exists.then(|| ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

/// Exactly three numbers of so many digits each.
fn numbers(text: &str, separator: char, digits: [usize; 3]) -> Option<[u64; 3]> {
    let parts: Vec<&str> = text.split(separator).collect();
    let right = parts.len() == 3
        && parts
            .iter()
            .zip(digits)
            .all(|(part, digits)| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()));
    if !right {
        return None;
    }
    Some([
        parts[0].parse().ok()?,
        parts[1].parse().ok()?,
        parts[2].parse().ok()?,
    ])
}

/// Days from 1 January 1970 to a day of the Gregorian calendar that is not before it. Years are counted from March, so
/// that the leap day is a year's last.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    // 719468 days lie between 1 March of the year 0 and 1 January 1970.
    year * 365 + leap_days + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_counted_from_1970() {
        let seconds = |text| parse(text).map(|nanoseconds| nanoseconds / 1_000_000_000);
        assert_eq!(seconds("1970-01-01"), Ok(0));
        assert_eq!(seconds("1970-03-01"), Ok(59 * 86400));
        assert_eq!(seconds("2000-02-29"), Ok(951_782_400));
        assert_eq!(seconds("2024-01-01"), Ok(1_704_067_200));
        assert_eq!(seconds("2024-12-31T23:59:59Z"), Ok(1_735_689_599));
        assert_eq!(seconds("1704067200"), Ok(1_704_067_200));
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for bad in [
            "2023-02-29",
            "2100-02-29",
            "2024-13-01",
            "2024-00-01",
            "2024-01-32",
            "2024-1-1",
            "1969-12-31",
            "2600-01-01",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:00:00",
            "2024-01-01 00:00:00Z",
            "tomorrow",
            "",
            "-1",
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
