//! Reading the clocks.

use super::Args;
use crate::abi::Guest;
use crate::clock::ClockId;
use crate::ctx::WasiCtx;
use crate::errno::Refusal;

pub(super) fn clock_res_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    ClockId::from_number(args.u32(0))?;
    Ok(guest.write(args.u64(1), &ctx.clock.resolution().to_le_bytes())?)
}

/// The precision that is asked for is not looked at: every reading is exact.
pub(super) fn clock_time_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let id = ClockId::from_number(args.u32(0))?;
    let time = guest.slice_mut(args.u64(2), 8)?;
    time.copy_from_slice(&ctx.clock.read(id).to_le_bytes());
    Ok(())
}
