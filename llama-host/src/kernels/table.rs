//! The kernels' hashes and costs. `cargo test -p lockstep-llama --test kernels` rebuilds the kernels, measures both, and
//! prints this table anew if it is not the one below.

use lockstep_simd::kernels::{Activations, Format, Pointwise};

use super::{Fuel, Kernel, Loop, Work};

/// All kernels, in the order of the module that has them alone.
#[rustfmt::skip]
pub const KERNELS: [Kernel; 23] = [
    kernel("ls_matmul_q2_k", Work::Matmul(Format::Q2K), "2f0445bee215fe93bf29e9d92570e1720d0cf31c05cd60697eae5de8516cb025", [3, 6, 21, 28, 33], [(8, 505), (0, 0), (0, 0)]),
    kernel("ls_matmul_q3_k", Work::Matmul(Format::Q3K), "f13f452ac9d3b69642182556c75fbd86cf9948af6ea8e1d77ce6f2bf579a3f0b", [3, 6, 16, 25, 33], [(6, 544), (0, 0), (0, 0)]),
    kernel("ls_matmul_q4_k", Work::Matmul(Format::Q4K), "3bf927b231c4f70a7f7b8bd6f8bdd03f1eeebcfb46f446ab87d96ca67d8b5427", [3, 6, 17, 28, 33], [(10, 476), (0, 0), (0, 0)]),
    kernel("ls_matmul_q5_k", Work::Matmul(Format::Q5K), "57dc4047606a0c18363f7525d55d6a16b015d35f5aab3e8fb97c8fa50a571cb0", [3, 6, 17, 28, 33], [(10, 578), (0, 0), (0, 0)]),
    kernel("ls_matmul_q6_k", Work::Matmul(Format::Q6K), "cd3706aa730724c9248491269390f762bb4c10f288e3bf95d2f2101ab46074c6", [3, 6, 14, 25, 33], [(8, 540), (0, 0), (0, 0)]),
    kernel("ls_matmul_iq4_xs", Work::Matmul(Format::Iq4Xs), "e240d06bf5ca4f72e143d3bedccc724aa312e2f198df1a6a5dd7abd5a87777e3", [3, 6, 14, 25, 33], [(8, 468), (0, 0), (0, 0)]),
    kernel("ls_matmul_q4_0", Work::Matmul(Format::Q4_0), "e3b26faed7a3724cc6d5d320b42a82e03bb00c64e3689314bf51c40091fe39ff", [3, 6, 33, 31, 47], [(5, 229), (0, 96), (0, 0)]),
    kernel("ls_matmul_q4_1", Work::Matmul(Format::Q4_1), "ca2ba0f1771ce48e282dc481bb5abfcf2b4268162f2e7acde2c5c90bf9f0a766", [3, 6, 38, 31, 47], [(5, 274), (0, 130), (0, 0)]),
    kernel("ls_matmul_q5_0", Work::Matmul(Format::Q5_0), "90f6f186337f24ff0c667914fdabf0c4d890d27d2f0ff47e9763dad53888782b", [3, 6, 33, 31, 47], [(5, 316), (0, 118), (0, 0)]),
    kernel("ls_matmul_q5_1", Work::Matmul(Format::Q5_1), "40b7416a9665fba0c66dbd2077f1f562400c0463e5895a40281a5deb8f92b835", [3, 6, 38, 31, 47], [(5, 378), (0, 157), (0, 0)]),
    kernel("ls_matmul_q8_0", Work::Matmul(Format::Q8_0), "e73c4590a5f0faa58c233d2b4eec67b739ffd81bb381904344d855cadd27c464", [3, 6, 33, 31, 47], [(5, 231), (0, 96), (0, 0)]),
    kernel("ls_matmul_iq4_nl", Work::Matmul(Format::Iq4Nl), "513bf64c4e7b7c7f348902e3c70316b8579e0e891a0b7e223061f4a563a2892e", [3, 6, 33, 31, 47], [(5, 233), (0, 97), (0, 0)]),
    kernel("ls_matmul_mxfp4", Work::Matmul(Format::Mxfp4), "36888d533c0536c00b5e9fab766495006d9d95b5f2a8a9c660af75da8148e8cb", [3, 6, 33, 31, 47], [(5, 229), (0, 98), (0, 0)]),
    kernel("ls_matmul_f32", Work::Matmul(Format::F32), "cb2d03a7e35a8aa7bd466d418da2bbc9b88b13bf6148cfd8f6ce18d18faae5f7", [3, 6, 40, 27, 70], [(3, 61), (7, 31), (-3, 44)]),
    kernel("ls_matmul_f16", Work::Matmul(Format::F16), "eb3db9a4bca247e3df802f0dff866c8c623b734eac81a68191d30c8a3b5fbc56", [3, 6, 45, 27, 70], [(5, 132), (7, 48), (-3, 60)]),
    kernel("ls_matmul_bf16", Work::Matmul(Format::Bf16), "8112e73e886b1ebe22dd8dcd9e805a62fced3af22be53085d15fe9bfe81cd90b", [3, 6, 45, 27, 70], [(5, 67), (7, 33), (-3, 46)]),
    kernel("ls_quantize_q8x32", Work::Quantize(Activations::Q8x32), "bff075bbc0a1b5e0a35d7ff487066e5b762e2e7b3912df263c2e8c171df76b0f", [3, 0, 14, 0, 17], [(13, 331), (0, 0), (0, 0)]),
    kernel("ls_quantize_q8x256", Work::Quantize(Activations::Q8x256), "0e5d67cb87ae5f85e8228fa261e671f8491c0d5ce0b6f512926cc2ff0e7a5b5d", [3, 0, 14, 0, 17], [(13, 2728), (0, 0), (0, 0)]),
    kernel("ls_softmax", Work::Softmax, "fdff5703f449e65d1d3a121690f0eddf38307eb83b80bbbf5509aaf07afa5a43", [3, 0, 29, 0, 99], [(6, 483), (2, 152), (9, 161)]),
    kernel("ls_add", Work::Pointwise(Pointwise::Add), "440e32c0d245eed286f131438d8d47e7ed4009397fcfcc51b42d6d3f09194217", [3, 0, 23, 0, 32], [(4, 66), (0, 24), (0, 24)]),
    kernel("ls_swiglu", Work::Pointwise(Pointwise::Swiglu), "94f8f684585a0bb955d2576b3bf1ff57a42f77ddf881126764e071d5a32cfed1", [3, 0, 23, 0, 32], [(4, 363), (0, 97), (0, 97)]),
    kernel("ls_geglu", Work::Pointwise(Pointwise::Geglu), "65d9b8c46be6a9623c84fc86d35984b77ed3efe8a1f1866c3ad5685c00f23809", [3, 0, 23, 0, 32], [(4, 405), (0, 106), (0, 106)]),
    kernel("ls_rms_norm_mul", Work::RmsNormMul, "c6bbf7cfa734746478e320c7c1b02378484126227fd09ae27e5774cbdc572ea3", [3, 0, 37, 0, 81], [(7, 123), (7, 53), (1, 66)]),
];

/// A line of the table: name, work, hash, the fuel for no rows, no columns, a call, a column and a row, and for each loop
/// the fuel for entering it and for a step.
const fn kernel(
    name: &'static str,
    work: Work,
    hash: &str,
    [no_rows, no_cols, call, col, row]: [u64; 5],
    loops: [(i64, u64); 3],
) -> Kernel {
    let [first, second, third] = loops;
    let fuel = Fuel {
        no_rows,
        no_cols,
        call,
        col,
        row,
        loops: [cost(first), cost(second), cost(third)],
    };
    Kernel {
        name,
        work,
        hash: bytes(hash),
        fuel,
    }
}

const fn cost((enter, step): (i64, u64)) -> Loop {
    Loop { enter, step }
}

/// The bytes that hexadecimal digits stand for.
const fn bytes(hex: &str) -> [u8; 32] {
    let digits = hex.as_bytes();
    assert!(digits.len() == 64, "a hash has 64 digits");
    let mut bytes = [0; 32];
    let mut at = 0;
    while at < 64 {
        bytes[at / 2] = bytes[at / 2] << 4 | digit(digits[at]);
        at += 1;
    }
    bytes
}

const fn digit(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character - b'0',
        b'a'..=b'f' => character - b'a' + 10,
        _ => panic!("a hash is written in lower case hexadecimal digits"),
    }
}
