//! The values at which instructions go wrong.

/// Integer corners of `bits` bits: zero, all ones, both ends, powers of two and
/// their neighbours, shift counts around the width, and patterns.
pub(crate) fn ints(bits: u32) -> Vec<u128> {
    let mask = u128::MAX >> (128 - bits);
    let mut values = vec![0, 1, 2, 3, 5, 7, 10, 100];
    for power in [4, 7, 8, 15, 16, 31, 32, 63] {
        if power < bits {
            let value = 1u128 << power;
            values.extend([value - 1, value, value + 1]);
        }
    }
    values.extend([
        0x5555_5555_5555_5555,
        0x0123_4567_89ab_cdef,
        0xfedc_ba98_7654_3210,
    ]);
    // The negatives of all of these, and -1.
    let negatives: Vec<u128> = values.iter().map(|v| v.wrapping_neg()).collect();
    values.extend(negatives);
    finish(values, mask)
}

/// Float corners of 32 or 64 bits.
pub(crate) fn floats(bits: u32) -> Vec<u128> {
    let mut values: Vec<u128> = Vec::new();
    // Halves for rounding, the ends of every integer type, and ordinary numbers.
    let numbers = [
        0.0,
        0.25,
        0.4999999701976776,
        0.5,
        0.75,
        1.0,
        1.5,
        2.0,
        2.5,
        3.5,
        4.5,
        10.1,
        1e10,
        1e-10,
        127.0,
        127.5,
        128.0,
        255.0,
        255.5,
        256.0,
        32767.5,
        32768.0,
        65535.5,
        65536.0,
        16777215.0,
        16777216.0,
        8388607.5,
        8388608.0,
        2147483520.0,
        2147483647.0,
        2147483647.5,
        2147483648.0,
        2147483648.5,
        2147483649.0,
        2147483904.0,
        4294967040.0,
        4294967295.0,
        4294967295.5,
        4294967296.0,
        9007199254740991.0,
        4503599627370495.5,
        9223371487098961920.0,
        9223372036854774784.0,
        9223372036854775808.0,
        9223372036854777856.0,
        18446742974197923840.0,
        18446744073709549568.0,
        18446744073709551616.0,
        3.4e38,
        1e300,
        1.0000001192092896,
        1.0000000000000002,
        0.9999999403953552,
        3.4028235677973366e38,
    ];
    let (infinity, quiet, single) = if bits == 32 {
        (0x7f80_0000u128, 0x0040_0000u128, true)
    } else {
        (0x7ff0_0000_0000_0000, 0x0008_0000_0000_0000, false)
    };
    for number in numbers {
        values.push(if single {
            u128::from((number as f32).to_bits())
        } else {
            u128::from(f64::to_bits(number))
        });
    }
    // Subnormals, the smallest normal, the largest finite, infinity, quiet and
    // signalling NaNs with payloads.
    let smallest_normal = quiet << 1;
    values.extend([
        1,
        2,
        3,
        quiet,
        smallest_normal - 1,
        smallest_normal,
        smallest_normal + 1,
    ]);
    values.extend([
        infinity - 1,
        infinity,
        infinity + 1,
        infinity | quiet,
        infinity | quiet | 1,
    ]);
    values.extend([
        infinity | (quiet - 1),
        infinity | quiet | (quiet - 1),
        infinity | 0x1234,
    ]);
    let sign = 1u128 << (bits - 1);
    let negatives: Vec<u128> = values.iter().map(|v| v | sign).collect();
    values.extend(negatives);
    finish(values, u128::MAX >> (128 - bits))
}

fn finish(values: Vec<u128>, mask: u128) -> Vec<u128> {
    let mut values: Vec<u128> = values.into_iter().map(|v| v & mask).collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// Corners of one argument type of the table.
pub(crate) fn scalars(ty: &str) -> Vec<u128> {
    match ty {
        "i32" => ints(32),
        "i64" => ints(64),
        "f32" => floats(32),
        "f64" => floats(64),
        _ => panic!("no corners for {ty}"),
    }
}

/// Vectors that hold the given lane values in turn, starting with the one
/// numbered `start` of `values`.
pub(crate) fn vectors(values: &[u128], bits: u32, start: usize) -> Vec<u128> {
    let lanes = 128 / bits as usize;
    (0..values.len().div_ceil(lanes))
        .map(|chunk| {
            (0..lanes).fold(0, |vector, lane| {
                let value = values[(start + chunk * lanes + lane) % values.len()];
                vector | value << (bits as usize * lane)
            })
        })
        .collect()
}

/// Lane values of every shape, with the lane width.
pub(crate) fn shapes() -> Vec<(u32, Vec<u128>)> {
    let mut shapes: Vec<_> = [8, 16, 32, 64].map(|bits| (bits, ints(bits))).into();
    shapes.extend([32, 64].map(|bits| (bits, floats(bits))));
    shapes
}
