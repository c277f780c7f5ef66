//! Vector instructions with lane immediates, and those over three vectors.

use isa::{V128, Value};
use simd::lanes::{FastExtractLane, FastReplaceLane, FastShuffle, FastTernary};

use crate::interp::frame::{Cell, Dest, Source, next};

handler! {
    fn ternary<O: FastTernary, A: Source, B: Source, C: Source, D: Dest>(r) {
        let a = A::get::<V128>(&r, 1, 2);
        let b = B::get::<V128>(&r, 2, 2);
        let c = C::get::<V128>(&r, 3, 2);
        r.put::<V128, D>(meaning!(O, value a, value b, value c));
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn extract_lane<O: FastExtractLane<R: Cell>, A: Source, D: Dest>(r) {
        let a = A::get::<V128>(&r, 1, 2);
        let lane = r.field(3) as u8;
        r.put::<O::R, D>(meaning!(O, value a, plain lane));
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn replace_lane<O: FastReplaceLane<B: Cell>, A: Source, B: Source, D: Dest>(r) {
        let a = A::get::<V128>(&r, 1, 2);
        let b = B::get::<O::B>(&r, 2, 2);
        let lane = r.field(3) as u8;
        r.put::<V128, D>(meaning!(O, value a, value b, plain lane));
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn shuffle<O: FastShuffle, A: Source, B: Source, D: Dest>(r) {
        let a = A::get::<V128>(&r, 1, 2);
        let b = B::get::<V128>(&r, 2, 2);
        let lanes = V128::from_bits(u128::from(r.word(2)) | u128::from(r.word(3)) << 64);
        let lanes = lanes.to_bytes();
        r.put::<V128, D>(meaning!(O, value a, value b, plain lanes));
        r.ip = r.ip.add(4);
        next!(r)
    }
}
