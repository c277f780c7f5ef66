//! The process: ending, yielding, and randomness.

use super::Args;
use crate::abi::Guest;
use crate::ctx::WasiCtx;
use crate::errno::{Errno, Refusal, Stop};

pub(super) fn proc_exit(_: &mut WasiCtx, _: &mut Guest<'_>, args: Args<'_>) -> Result<(), Refusal> {
    Err(Stop::Exit(args.u32(0)).into())
}

/// There are no signals.
pub(super) fn proc_raise(_: &mut WasiCtx, _: &mut Guest<'_>, _: Args<'_>) -> Result<(), Refusal> {
    Err(Errno::Nosys.into())
}

/// There is nobody to yield to.
pub(super) fn sched_yield(_: &mut WasiCtx, _: &mut Guest<'_>, _: Args<'_>) -> Result<(), Refusal> {
    Ok(())
}

pub(super) fn random_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    ctx.random.fill(guest.slice_mut(args.u64(0), args.u64(1))?);
    Ok(())
}
