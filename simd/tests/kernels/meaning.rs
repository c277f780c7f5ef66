//! What the reference computes is what the pages say.

use lockstep_simd::kernels::cases::{Numbers, halves_of};
use lockstep_simd::kernels::{Activations, Format, Rows, RowsMut, reference};

/// One product of one row with one row.
fn product(format: Format, w: &[u8], x: &[u8], k: usize) -> f32 {
    let mut out = [0; 4];
    let dst = RowsMut::new(&mut out, 4);
    reference::matmul(format, dst, Rows::new(w, 0), Rows::new(x, 0), 1, 1, k);
    f32::from_le_bytes(out)
}

fn bytes_of(floats: &[f32]) -> Vec<u8> {
    floats
        .iter()
        .flat_map(|float| float.to_le_bytes())
        .collect()
}

/// Activations that are 1 at one place of a block and 0 elsewhere.
fn one(kind: Activations, at: usize) -> Vec<u8> {
    let k = kind.block_elements();
    let mut x = vec![0; k];
    x[at] = 1;
    x.extend(1f32.to_le_bytes());
    if kind == Activations::Q8x32 {
        x.extend(1f32.to_le_bytes());
    } else {
        x.extend((0..16).flat_map(|g| i16::from(g == at / 16).to_le_bytes()));
    }
    assert_eq!(x.len(), kind.row_bytes(k));
    x
}

/// Every element of eight blocks of random bytes, as ggml's
/// `dequantize_row_*` gives them: FNV-1a of the floats' bytes. A product with
/// a single one has the same roundings as ggml's formula.
#[test]
fn elements_are_those_of_ggml() {
    let expected = [
        (Format::Q4_0, 0x63347762300687bf),
        (Format::Q4_1, 0xf2a33650a41821d4),
        (Format::Q5_0, 0x9fa95a13df00aac0),
        (Format::Q5_1, 0xb95c01977194d4ae),
        (Format::Q8_0, 0x78f5b6d5c20dd0ec),
        (Format::Q2K, 0x435b5d6916a4cc6a),
        (Format::Q3K, 0x7430147761ea9073),
        (Format::Q4K, 0x67fbaa382f145c31),
        (Format::Q5K, 0xa5c81a442c0438c2),
        (Format::Q6K, 0x32d27c18b628837d),
        (Format::Iq4Nl, 0x6a8df3deefea8dc9),
        (Format::Iq4Xs, 0x55e14764124fa4d1),
        (Format::Mxfp4, 0xb4c2b2df775950b2),
    ];
    for (format, expected) in expected {
        let (bytes, elements) = (format.block_bytes(), format.block_elements());
        let mut numbers = Numbers(0);
        let mut w: Vec<u8> = (0..8 * bytes).map(|_| numbers.next() as u8).collect();
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for block in w.chunks_mut(bytes) {
            for at in halves_of(format) {
                block[at + 1] &= 0xbf;
            }
            for e in 0..elements {
                let value = product(format, block, &one(format.activations(), e), elements);
                for byte in value.to_le_bytes() {
                    hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
                }
            }
        }
        assert_eq!(hash, expected, "{format}: {hash:#x}");
    }
}

/// Sums in which every other order of additions gives another result.
#[test]
fn additions_have_their_places() {
    let big = 16_777_216.0;
    // Chains 0 and 8 meet first, so the ones survive beside the big one.
    let mut w = [0.0; 16];
    (w[0], w[8], w[4]) = (big, -big, 1.0);
    let ones = bytes_of(&[1.0; 16]);
    assert_eq!(product(Format::F32, &bytes_of(&w), &ones, 16), 1.0);
    // Chains 0 and 4 meet before 1, and the one is lost.
    (w[0], w[8], w[4], w[1]) = (big, 0.0, 1.0, -big);
    assert_eq!(product(Format::F32, &bytes_of(&w), &ones, 16), 0.0);
    // Four chains of blocks: 0 meets 2, 1 meets 3.
    let block = |scale: u16, quant: i8| {
        let mut block = [0; 34];
        block[..2].copy_from_slice(&scale.to_le_bytes());
        block[2] = quant.cast_unsigned();
        block
    };
    let x = |scales: [f32; 4]| {
        let mut x = vec![0; 128];
        (0..4).for_each(|b| x[32 * b] = 1);
        x.extend(bytes_of(&scales));
        x.extend([0; 16]);
        x
    };
    let w = [1, 1, 1, 1].map(|q| block(0x3c00, q)).concat();
    assert_eq!(
        product(Format::Q8_0, &w, &x([big, 1.0, -big, 1.0]), 128),
        2.0
    );
    assert_eq!(
        product(Format::Q8_0, &w, &x([big, -big, 1.0, 0.0]), 128),
        0.0
    );
}

fn quantized(kind: Activations, x: &[f32]) -> Vec<u8> {
    let mut out = vec![0x55; kind.row_bytes(x.len())];
    let dst = RowsMut::new(&mut out, 0);
    reference::quantize(kind, dst, Rows::new(&bytes_of(x), 0), 1, x.len());
    out
}

fn float_at(bytes: &[u8], at: usize) -> f32 {
    f32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

#[test]
fn quants_are_nearest_and_ties_go_to_even() {
    let mut x = [0.0; 32];
    (x[0], x[1], x[2], x[3], x[4]) = (-127.0, 2.5, 3.5, -0.5, 126.6);
    let row = quantized(Activations::Q8x32, &x);
    assert_eq!(
        row[..6].to_vec(),
        [-127i8, 2, 4, 0, 127, 0].map(i8::cast_unsigned)
    );
    assert_eq!(float_at(&row, 32), 1.0);
    assert_eq!(float_at(&row, 36), 6.0);
    let mut x = [0.25; 256];
    x[255] = 127.0 / 4.0;
    let row = quantized(Activations::Q8x256, &x);
    assert_eq!((row[0], row[255]), (1, 127));
    assert_eq!(float_at(&row, 256), 0.25);
    let sums: Vec<i16> = row[260..]
        .chunks(2)
        .map(|s| i16::from_le_bytes([s[0], s[1]]))
        .collect();
    assert_eq!((sums[0], sums[15], sums.len()), (16, 15 + 127, 16));
}

#[test]
fn blocks_without_a_scale_have_defined_bytes() {
    // Too small, by one bit: all is zero.
    let tiny = f32::from_bits((27 << 23) - 1);
    assert_eq!(quantized(Activations::Q8x32, &[tiny; 32]), [0; 40]);
    assert_eq!(quantized(Activations::Q8x256, &[-tiny; 256]), [0; 292]);
    let least = f32::from_bits(27 << 23);
    assert_eq!(quantized(Activations::Q8x32, &[least; 32])[..32], [127; 32]);
    // An infinity makes zeros of the others and, times zero, -127 of itself.
    let mut x = [1.0; 32];
    x[7] = f32::NEG_INFINITY;
    let row = quantized(Activations::Q8x32, &x);
    assert_eq!((row[6], row[7].cast_signed()), (0, -127));
    assert_eq!(float_at(&row, 32), f32::INFINITY);
    assert_eq!(float_at(&row, 36), f32::NEG_INFINITY);
    // A NaN wins over an infinity, whatever its sign and payload.
    x[8] = f32::from_bits(0xffc1_2345);
    let row = quantized(Activations::Q8x32, &x);
    assert_eq!(row[..32], [0x81; 32]);
    assert_eq!(float_at(&row, 32).to_bits(), 0x7fc0_0000);
    assert_eq!(float_at(&row, 36).to_bits(), 0x7fc0_0000);
}

#[test]
fn results_are_canonical() {
    let nan = bytes_of(&[f32::from_bits(0xff80_0001)]);
    let one = bytes_of(&[1.0]);
    assert_eq!(product(Format::F32, &nan, &one, 1).to_bits(), 0x7fc0_0000);
    assert_eq!(
        product(Format::F16, &[0x01, 0xfc], &one, 1).to_bits(),
        0x7fc0_0000
    );
    assert_eq!(
        product(Format::Bf16, &[0x80, 0xff], &one, 1),
        f32::NEG_INFINITY
    );
    // Products of negative zeros are added to a positive one.
    let zero = bytes_of(&[-0.0]);
    assert_eq!(product(Format::F32, &zero, &one, 1).to_bits(), 0);
    assert_eq!(product(Format::Q6K, &[], &[], 0).to_bits(), 0);
}

#[test]
fn half_precision_is_widened_exactly() {
    assert_eq!(reference::f16(0x3c00), 1.0);
    assert_eq!(reference::f16(0xc248), -3.140_625);
    assert_eq!(reference::f16(0x0001), 2f32.powi(-24));
    assert_eq!(reference::f16(0x83ff), -1023.0 * 2f32.powi(-24));
    assert_eq!(reference::f16(0x7bff), 65504.0);
    assert_eq!(reference::f16(0xfc00), f32::NEG_INFINITY);
    assert!(reference::f16(0x7c01).is_nan());
    assert_eq!(reference::f16(0x8000).to_bits(), 0x8000_0000);
    assert_eq!(reference::bf16(0xbf80), -1.0);
}
