//! How an instruction sees its operands.

use super::int;
use crate::witness::Format;

/// How 128 bits, or a scalar, divide into lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// How wide a lane is.
    pub(crate) bits: u32,
    /// How many there are.
    pub(crate) lanes: u32,
    /// Whether the lanes are floats.
    pub(super) float: bool,
}

impl Shape {
    /// The shape with a name such as `i32` or `f64x2`.
    pub(super) fn parse(name: &str) -> Option<Shape> {
        let (float, rest) = match name.strip_prefix('f') {
            Some(rest) => (true, rest),
            None => (false, name.strip_prefix('i')?),
        };
        let (bits, lanes) = rest.split_once('x').unwrap_or((rest, "1"));
        Some(Shape {
            bits: bits.parse().ok()?,
            lanes: lanes.parse().ok()?,
            float,
        })
    }

    /// Lanes of integers.
    pub(super) fn ints(bits: u32, lanes: u32) -> Shape {
        Shape {
            bits,
            lanes,
            float: false,
        }
    }

    /// The lanes' format, if they are floats.
    pub(crate) fn format(self) -> Option<Format> {
        Format::of(self.bits).filter(|_| self.float)
    }

    /// The bits of a lane.
    pub(super) fn lane(self, vector: u128, lane: u32) -> u128 {
        vector >> (self.bits * lane) & (u128::MAX >> (128 - self.bits))
    }

    /// The lane as a signed number.
    pub(super) fn signed_lane(self, vector: u128, lane: u32) -> i128 {
        int::signed(self.lane(vector, lane), self.bits)
    }

    /// The lane as the number it stands for under `_s` or `_u`.
    pub(super) fn number(self, vector: u128, lane: u32, signed: bool) -> i128 {
        if signed {
            self.signed_lane(vector, lane)
        } else {
            self.lane(vector, lane) as i128
        }
    }

    /// The vector of `f` of every lane number.
    pub(super) fn build(self, mut f: impl FnMut(u32) -> u128) -> u128 {
        (0..self.lanes).fold(0, |vector, lane| vector | f(lane) << (self.bits * lane))
    }

    /// The vector with another value in one lane.
    pub(super) fn replace(self, vector: u128, at: u32, value: u128) -> u128 {
        self.build(|lane| {
            if lane == at {
                value
            } else {
                self.lane(vector, lane)
            }
        })
    }
}
