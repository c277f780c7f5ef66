//! The kernels at speed.
//!
//! `lanes.rs` says what a CPU gives, `avx512.rs`, `avx2.rs` and `portable.rs`
//! have it, and `door.rs` chooses. `blocks32.rs` and `blocks256.rs` unpack the
//! formats; all the rest is written once for all of them: `vector*.rs` for few
//! columns, `tile*.rs` for many, `float.rs` for floats. `work.rs` shares the
//! work out.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod blocked;
mod blocks256;
mod blocks32;
mod door;
mod float;
mod lanes;
mod order;
mod output;
mod portable;
mod quantize;
mod rows;
mod tile256;
mod tile32;
mod vector256;
mod vector32;
mod work;

use super::{Format, Isa, Rows, RowsMut, Threads};
use blocked::{By32, By256};
use door::Door;
use work::{Product, blocked, floats};

pub(super) use quantize::quantize;
pub(super) use rows::{pointwise, rms_norm, softmax};

/// See [`crate::kernels::matmul`]. There is at least one row and one column.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's parameters, in its order"
)]
pub(super) fn matmul(
    isa: Isa,
    format: Format,
    mut dst: RowsMut<'_>,
    w: Rows<'_>,
    x: Rows<'_>,
    rows: usize,
    cols: usize,
    k: usize,
    threads: &Threads,
) {
    let w_length = format.row_bytes(k);
    let x_length = format.activations().row_bytes(k);
    w.assert_holds(rows, w_length);
    x.assert_holds(cols, x_length);
    let product = &Product {
        door: Door::new(isa),
        threads,
        w,
        w_length,
        x,
        x_length,
        rows,
        cols,
        k,
    };
    let dst = &mut dst;
    match format {
        Format::F32 => floats::<float::F32>(product, dst),
        Format::F16 => floats::<float::F16>(product, dst),
        Format::Bf16 => floats::<float::Bf16>(product, dst),
        Format::Q4_0 => blocked::<By32<blocks32::Q4_0>>(product, dst),
        Format::Q4_1 => blocked::<By32<blocks32::Q4_1>>(product, dst),
        Format::Q5_0 => blocked::<By32<blocks32::Q5_0>>(product, dst),
        Format::Q5_1 => blocked::<By32<blocks32::Q5_1>>(product, dst),
        Format::Q8_0 => blocked::<By32<blocks32::Q8_0>>(product, dst),
        Format::Q2K => blocked::<By256<blocks256::Q2K>>(product, dst),
        Format::Q3K => blocked::<By256<blocks256::Q3K>>(product, dst),
        Format::Q4K => blocked::<By256<blocks256::Q4K>>(product, dst),
        Format::Q5K => blocked::<By256<blocks256::Q5K>>(product, dst),
        Format::Q6K => blocked::<By256<blocks256::Q6K>>(product, dst),
        Format::Iq4Nl => blocked::<By32<blocks32::Iq4Nl>>(product, dst),
        Format::Iq4Xs => blocked::<By256<blocks256::Iq4Xs>>(product, dst),
        Format::Mxfp4 => blocked::<By32<blocks32::Mxfp4>>(product, dst),
    }
}
