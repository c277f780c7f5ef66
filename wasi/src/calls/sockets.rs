//! Sockets, which a deterministic guest has no use for: every call on an open descriptor answers `ENOTSUP`.

use super::Args;
use crate::abi::Guest;
use crate::ctx::WasiCtx;
use crate::errno::{Errno, Refusal};

pub(super) fn sock_accept(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    unsupported(ctx, args)
}

pub(super) fn sock_recv(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    unsupported(ctx, args)
}

pub(super) fn sock_send(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    unsupported(ctx, args)
}

pub(super) fn sock_shutdown(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    unsupported(ctx, args)
}

fn unsupported(ctx: &WasiCtx, args: Args<'_>) -> Result<(), Refusal> {
    ctx.table.get(args.u32(0))?;
    Err(Errno::Notsup.into())
}
