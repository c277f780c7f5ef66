//! The few statistics the tables need.

use serde::{Deserialize, Serialize};

/// The middle of several numbers and how far they spread.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Summary {
    /// Half of the numbers are at most this.
    pub(crate) median: f64,
    /// A quarter of the numbers are at most this.
    pub(crate) lower: f64,
    /// Three quarters of the numbers are at most this.
    pub(crate) upper: f64,
    /// The smallest.
    pub(crate) best: f64,
}

impl Summary {
    /// `None` for no numbers at all.
    pub(crate) fn of(numbers: &[f64]) -> Option<Summary> {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Summary {
            best: *sorted.first()?,
            median: quantile(&sorted, 0.5),
            lower: quantile(&sorted, 0.25),
            upper: quantile(&sorted, 0.75),
        })
    }

    /// The distance of the quartiles, as a share of the median.
    pub(crate) fn spread(&self) -> f64 {
        (self.upper - self.lower) / self.median
    }
}

/// Between two numbers, the weighted mean of both. `sorted` is not empty.
fn quantile(sorted: &[f64], at: f64) -> f64 {
    let place = at * (sorted.len() - 1) as f64;
    let (low, high) = (
        sorted[place.floor() as usize],
        sorted[place.ceil() as usize],
    );
    low + (high - low) * place.fract()
}

/// The geometric mean; `None` for no numbers.
pub(crate) fn geomean(numbers: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (sum, count) = numbers
        .into_iter()
        .fold((0.0, 0u32), |(sum, count), x| (sum + x.ln(), count + 1));
    (count > 0).then(|| (sum / f64::from(count)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_lie_between_numbers() {
        let s = Summary::of(&[4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!((s.best, s.lower, s.median, s.upper), (1.0, 1.75, 2.5, 3.25));
        assert!(Summary::of(&[]).is_none());
    }

    #[test]
    fn geomean_of_reciprocals_is_one() {
        assert!((geomean([4.0, 0.25]).unwrap() - 1.0).abs() < 1e-12);
        assert!(geomean([]).is_none());
    }
}
