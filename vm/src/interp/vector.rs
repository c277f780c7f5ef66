//! Vector instructions with lane immediates, and those over three vectors.

use isa::{ExtractLane, ReplaceLane, Shuffle, Ternary, V128, Value};

use crate::interp::frame::{Cell, Dest, Source, next};

handler! {
    fn ternary<O: Ternary, A: Source, B: Source, C: Source, D: Dest>(r) {
        let a = A::get::<V128>(&r, 1, 2);
        let b = B::get::<V128>(&r, 2, 2);
        let c = C::get::<V128>(&r, 3, 2);
        r.put::<V128, D>(O::eval(a, b, c));
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn extract_lane<O: ExtractLane<R: Cell>, A: Source, D: Dest>(r) {
        let value = O::eval(A::get::<V128>(&r, 1, 2), r.field(3) as u8);
        r.put::<O::R, D>(value);
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn replace_lane<O: ReplaceLane<B: Cell>, A: Source, B: Source, D: Dest>(r) {
        let a = A::get::<V128>(&r, 1, 2);
        let b = B::get::<O::B>(&r, 2, 2);
        r.put::<V128, D>(O::eval(a, b, r.field(3) as u8));
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn shuffle<O: Shuffle, A: Source, B: Source, D: Dest>(r) {
        let a = A::get::<V128>(&r, 1, 2);
        let b = B::get::<V128>(&r, 2, 2);
        let lanes = V128::from_bits(u128::from(r.word(2)) | u128::from(r.word(3)) << 64);
        r.put::<V128, D>(O::eval(a, b, lanes.to_bytes()));
        r.ip = r.ip.add(4);
        next!(r)
    }
}
