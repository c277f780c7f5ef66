//! Arguments and environment: arrays of pointers to strings that end in a zero byte.

use super::Args;
use crate::abi::Guest;
use crate::ctx::WasiCtx;
use crate::errno::{Errno, Refusal};

pub(super) fn args_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    Ok(write_strings(&ctx.args, guest, args.u64(0), args.u64(1))?)
}

pub(super) fn args_sizes_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    Ok(write_sizes(&ctx.args, guest, args.u64(0), args.u64(1))?)
}

pub(super) fn environ_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    Ok(write_strings(
        &ctx.environment,
        guest,
        args.u64(0),
        args.u64(1),
    )?)
}

pub(super) fn environ_sizes_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    Ok(write_sizes(
        &ctx.environment,
        guest,
        args.u64(0),
        args.u64(1),
    )?)
}

fn write_strings(
    strings: &[Vec<u8>],
    guest: &mut Guest<'_>,
    array: u64,
    buffer: u64,
) -> Result<(), Errno> {
    let (mut array, mut buffer) = (array, buffer);
    for string in strings {
        guest.write_size(array, buffer)?;
        guest.write(buffer, string)?;
        // Both places were in the memory, so their ends are far from the largest number.
        array += guest.width().bytes();
        buffer += string.len() as u64;
    }
    Ok(())
}

fn write_sizes(
    strings: &[Vec<u8>],
    guest: &mut Guest<'_>,
    count: u64,
    size: u64,
) -> Result<(), Errno> {
    guest.write_size(count, strings.len() as u64)?;
    guest.write_size(size, strings.iter().map(|string| string.len() as u64).sum())
}
