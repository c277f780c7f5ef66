//! Bytes to other places.

use x64::{VecOp, Xm, Xmm};

use super::super::super::ir::Val;
use super::super::{Emitter, VEC_SCRATCH};
use super::Row;
use super::form::ONES8;

/// For each byte of the result a byte of the first operand, or from 16 on of
/// the second.
type Lanes = [u8; 16];

/// An instruction that does a shuffle of one operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum One {
    Copy,
    /// With an immediate.
    Words(VecOp, u8),
    /// The lowest lane everywhere; VEX only.
    Splat(VecOp),
    /// The operand against itself.
    Unpack(VecOp),
    Rotate(u8),
    /// By a constant that names bytes.
    Bytes,
}

/// The same for two operands, perhaps exchanged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Two {
    Unpack(VecOp),
    /// The first operand from a byte on, then the second.
    Rotate(u8),
    /// With an immediate.
    Imm(VecOp, u8),
    /// As [`Two::Imm`], where the second operand is a register.
    Insert(u8),
}

/// Lanes of `N` parts, if bytes stay together in them.
fn parts<const N: usize>(lanes: &Lanes) -> Option<[u8; N]> {
    let size = 16 / N;
    let mut parts = [0; N];
    for (part, bytes) in parts.iter_mut().zip(lanes.chunks(size)) {
        let first = usize::from(bytes[0]);
        let together = (first..)
            .zip(bytes)
            .all(|(at, &byte)| at == usize::from(byte));
        if first % size != 0 || !together {
            return None;
        }
        *part = (first / size) as u8;
    }
    Some(parts)
}

/// Four numbers below four, as immediates have them.
fn quad(numbers: [u8; 4]) -> u8 {
    let [a, b, c, d] = numbers.map(|number| number & 3);
    a | b << 2 | c << 4 | d << 6
}

/// The instruction that interleaves halves of two operands this way; of one
/// and the same if all lanes are below 16.
fn unpack(lanes: &Lanes) -> Option<VecOp> {
    use VecOp as V;
    const ROWS: [(VecOp, u8, u8); 8] = [
        (V::Punpcklbw, 1, 0),
        (V::Punpckhbw, 1, 8),
        (V::Punpcklwd, 2, 0),
        (V::Punpckhwd, 2, 8),
        (V::Punpckldq, 4, 0),
        (V::Punpckhdq, 4, 8),
        (V::Punpcklqdq, 8, 0),
        (V::Punpckhqdq, 8, 8),
    ];
    let one = lanes.iter().all(|&lane| lane < 16);
    let found = ROWS.into_iter().find(|&(_, size, start)| {
        (0..).zip(lanes).all(|(at, &lane)| {
            let second = at / size % 2 == 1 && !one;
            lane == start + at / size / 2 * size + at % size + 16 * u8::from(second)
        })
    });
    found.map(|(op, _, _)| op)
}

fn one(lanes: &Lanes, avx: bool) -> One {
    let from = |start: u8| (start..).zip(lanes).all(|(at, &lane)| lane == at % 16);
    if from(0) {
        return One::Copy;
    }
    if let Some(doubles) = parts::<4>(lanes) {
        return One::Words(VecOp::Pshufd, quad(doubles));
    }
    if avx && *lanes == [0; 16] {
        return One::Splat(VecOp::Vpbroadcastb);
    }
    if let Some(words) = parts::<8>(lanes) {
        let [a, b, c, d, e, f, g, h] = words;
        if words[4..] == [4, 5, 6, 7] && words[..4].iter().all(|&word| word < 4) {
            return One::Words(VecOp::Pshuflw, quad([a, b, c, d]));
        }
        if words[..4] == [0, 1, 2, 3] && words[4..].iter().all(|&word| word >= 4) {
            return One::Words(VecOp::Pshufhw, quad([e, f, g, h]));
        }
        if avx && words == [0; 8] {
            return One::Splat(VecOp::Vpbroadcastw);
        }
    }
    if let Some(op) = unpack(lanes) {
        return One::Unpack(op);
    }
    match from(lanes[0]) {
        true => One::Rotate(lanes[0]),
        false => One::Bytes,
    }
}

/// An instruction for two operands in this order.
fn two(lanes: &Lanes, avx: bool) -> Option<Two> {
    if let Some(op) = unpack(lanes) {
        return Some(Two::Unpack(op));
    }
    let mut from_first = (lanes[0]..).zip(lanes);
    if lanes[0] < 16 && from_first.all(|(at, &lane)| lane == at) {
        return Some(Two::Rotate(lanes[0]));
    }
    if let Some(doubles) = parts::<4>(lanes) {
        return two_doubles(doubles, avx);
    }
    blend(parts::<8>(lanes)?).map(|mask| Two::Imm(VecOp::Pblendw, mask))
}

/// A bit for each lane of the second operand, if lanes stay in their places.
fn blend<const N: usize>(parts: [u8; N]) -> Option<u8> {
    let count = N as u8;
    let stays = (0..).zip(parts).all(|(at, part)| part % count == at);
    let bits = (0..).zip(parts).map(|(at, part)| (part / count) << at);
    stays.then(|| bits.sum())
}

fn two_doubles(doubles: [u8; 4], avx: bool) -> Option<Two> {
    if let Some(mask) = blend(doubles) {
        let words = (0..4).map(|at| (mask >> at & 1) * (0b11 << (2 * at))).sum();
        return Some(match avx {
            true => Two::Imm(VecOp::Vpblendd, mask),
            false => Two::Imm(VecOp::Pblendw, words),
        });
    }
    let [a, b, c, d] = doubles;
    if a < 4 && b < 4 && c >= 4 && d >= 4 {
        return Some(Two::Imm(VecOp::Shufps, quad(doubles)));
    }
    let mut others = (0..4).zip(doubles).filter(|&(at, part)| part != at);
    match (others.next(), others.next()) {
        (Some((at, part)), None) if part >= 4 => Some(Two::Insert((part - 4) << 6 | at << 4)),
        _ => None,
    }
}

/// What `pshufb` takes for the lanes of one operand, those from `start`; it
/// gives zero for all others.
fn chosen(lanes: &Lanes, start: u8) -> Lanes {
    lanes.map(|lane| match lane & 16 == start {
        true => lane & 15,
        false => 0x80,
    })
}

/// A shuffle of constants.
fn shuffled(lanes: &Lanes, a: [u8; 16], b: [u8; 16]) -> [u8; 16] {
    lanes.map(|lane| {
        let from = if lane < 16 { a } else { b };
        from[usize::from(lane & 15)]
    })
}

impl Emitter<'_> {
    pub(super) fn shuffle(&mut self, row: &Row<'_>) {
        let [a, b, _] = row.inst.args;
        let [low, high] = self.f.wides[row.inst.imm as usize];
        let wide = u128::from(low) | u128::from(high) << 64;
        let lanes = wide.to_le_bytes().map(|lane| lane & 31);
        if lanes.iter().all(|&lane| lane >= 16) {
            self.shuffle_one(b, lanes.map(|lane| lane & 15));
        } else if a == b || lanes.iter().all(|&lane| lane < 16) {
            self.shuffle_one(a, lanes.map(|lane| lane & 15));
        } else {
            self.shuffle_two(a, b, lanes);
        }
    }

    fn shuffle_one(&mut self, val: Val, lanes: Lanes) {
        let to = self.def_xmm();
        if let Some(bytes) = self.constant_bytes(val) {
            return self.load_constant(to, &shuffled(&lanes, bytes, bytes));
        }
        let from = self.xmm(val);
        match one(&lanes, self.avx()) {
            One::Copy => self.copy_xmm(to, from),
            One::Words(op, imm) => self.v2_i(op, to, from, imm),
            One::Splat(op) => self.v2(op, to, from),
            One::Unpack(op) => self.v3(op, to, from, from),
            One::Rotate(bytes) => self.v3_i(VecOp::Palignr, to, from, from, bytes),
            One::Bytes => self.shuffle_bytes(to, from, &lanes),
        }
    }

    fn shuffle_bytes(&mut self, to: Xmm, from: Xmm, lanes: &Lanes) {
        let lanes = self.pool(lanes);
        self.v3(VecOp::Pshufb, to, from, lanes);
    }

    fn shuffle_two(&mut self, a: Val, b: Val, lanes: Lanes) {
        let to = self.def_xmm();
        let constants = (self.constant_bytes(a), self.constant_bytes(b));
        if let (Some(a), Some(b)) = constants {
            return self.load_constant(to, &shuffled(&lanes, a, b));
        }
        let swapped = lanes.map(|lane| lane ^ 16);
        if self.shuffle_at_once(a, b, &lanes) || self.shuffle_at_once(b, a, &swapped) {
            return;
        }
        match constants {
            (Some(bytes), _) => self.shuffle_with_constant(b, bytes, &swapped),
            (_, Some(bytes)) => self.shuffle_with_constant(a, bytes, &lanes),
            _ => self.shuffle_registers(a, b, &lanes),
        }
    }

    /// One instruction, if there is one.
    fn shuffle_at_once(&mut self, a: Val, b: Val, lanes: &Lanes) -> bool {
        let Some(two) = two(lanes, self.avx()) else {
            return false;
        };
        if matches!(two, Two::Insert(_)) && self.is_known(b) {
            return false;
        }
        let to = self.def_xmm();
        // The rotation takes what comes last first.
        let (first, second) = if matches!(two, Two::Rotate(_)) {
            (b, a)
        } else {
            (a, b)
        };
        let first = self.vec_reg(first, VEC_SCRATCH);
        let second: Xm = self.vec(second);
        match two {
            Two::Unpack(op) => self.v3(op, to, first, second),
            Two::Rotate(bytes) => self.v3_i(VecOp::Palignr, to, first, second, bytes),
            Two::Imm(op, imm) => self.v3_i(op, to, first, second, imm),
            Two::Insert(imm) => self.v3_i(VecOp::Insertps, to, first, second, imm),
        }
        true
    }

    /// Bytes of a register between bytes of a constant.
    fn shuffle_with_constant(&mut self, val: Val, bytes: [u8; 16], lanes: &Lanes) {
        let to = self.def_xmm();
        let from = self.xmm(val);
        self.shuffle_bytes(to, from, &chosen(lanes, 0));
        let rest = shuffled(lanes, [0; 16], bytes);
        if rest != [0; 16] {
            let rest = self.pool(&rest);
            self.v3(VecOp::Por, to, to, rest);
        }
    }

    fn shuffle_registers(&mut self, a: Val, b: Val, lanes: &Lanes) {
        let to = self.def_xmm();
        let (a, b) = (self.xmm(a), self.xmm(b));
        if self.avx512()
            && let Some(doubles) = parts::<4>(lanes)
        {
            return self.shuffle_doubles(to, a, b, doubles);
        }
        self.shuffle_bytes(VEC_SCRATCH, a, &chosen(lanes, 0));
        self.shuffle_bytes(to, b, &chosen(lanes, 16));
        self.v3(VecOp::Por, to, to, VEC_SCRATCH);
    }

    /// By an instruction that overwrites its first operand.
    fn shuffle_doubles(&mut self, to: Xmm, a: Xmm, b: Xmm, doubles: [u8; 4]) {
        let (first, second, flip) = if to == b { (b, a, 4) } else { (a, b, 0) };
        let numbers = doubles.map(|double| u32::from(double ^ flip));
        let bits = (0..)
            .zip(numbers)
            .map(|(at, number)| u128::from(number) << (32 * at));
        let bits = bits.sum();
        let places = self.pool_bits(bits);
        self.copy_xmm(to, first);
        self.v2(VecOp::Movups, VEC_SCRATCH, places);
        self.evex3(VecOp::Vpermt2d, to, VEC_SCRATCH, second);
    }

    /// Numbers from 16 on must give zero, as bytes with a sign do in `pshufb`.
    pub(super) fn swizzle(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let [a, b, _] = row.inst.args;
        if let Some(bytes) = self.constant_bytes(b) {
            let lanes = bytes.map(|lane| if lane < 16 { lane } else { 0x80 });
            let a = self.vec_reg(a, VEC_SCRATCH);
            return self.shuffle_bytes(to, a, &lanes);
        }
        let b = self.xmm(b);
        let beyond = self.pool64(0x70 * ONES8);
        self.v3(VecOp::Paddusb, VEC_SCRATCH, b, beyond);
        let a = self.vec_reg(a, to);
        self.v3(VecOp::Pshufb, to, a, VEC_SCRATCH);
    }
}

#[cfg(test)]
mod tests {
    use x64::VecOp;

    use super::{Lanes, One, Two, one, two};

    fn every_lane(start: u8) -> Lanes {
        std::array::from_fn(|at| start + at as u8)
    }

    #[test]
    fn one_operand() {
        assert_eq!(one(&every_lane(0), true), One::Copy);
        assert_eq!(one(&[0; 16], true), One::Splat(VecOp::Vpbroadcastb));
        assert_eq!(one(&[0; 16], false), One::Bytes);
        let halves = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
        assert_eq!(one(&halves, true), One::Words(VecOp::Pshufd, 0b01_00_11_10));
        let rotated = every_lane(0).map(|lane| (lane + 3) % 16);
        assert_eq!(one(&rotated, true), One::Rotate(3));
        let words = [2, 3, 0, 1, 6, 7, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15];
        let low = One::Words(VecOp::Pshuflw, 0b10_11_00_01);
        assert_eq!(one(&words, true), low);
        let twice = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7];
        assert_eq!(one(&twice, true), One::Unpack(VecOp::Punpcklbw));
    }

    #[test]
    fn two_operands() {
        let low = [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23];
        assert_eq!(two(&low, true), Some(Two::Unpack(VecOp::Punpcklbw)));
        assert_eq!(two(&every_lane(5), true), Some(Two::Rotate(5)));
        let blended = [0, 1, 2, 3, 20, 21, 22, 23, 8, 9, 10, 11, 28, 29, 30, 31];
        let doubles = Two::Imm(VecOp::Vpblendd, 0b1010);
        assert_eq!(two(&blended, true), Some(doubles));
        let words = Two::Imm(VecOp::Pblendw, 0b1100_1100);
        assert_eq!(two(&blended, false), Some(words));
        let even = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];
        let shuffled = Two::Imm(VecOp::Shufps, 0b10_00_10_00);
        assert_eq!(two(&even, true), Some(shuffled));
        let inserted = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 12, 13, 14, 15];
        assert_eq!(two(&inserted, true), Some(Two::Insert(0b10_0000)));
        let bytes = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30];
        assert_eq!(two(&bytes, true), None);
    }
}
