//! Sockets, of which there are none: a descriptor that is open is something else.

use super::Args;
use crate::abi::Guest;
use crate::ctx::WasiCtx;
use crate::errno::{Errno, Refusal};

pub(super) fn sock_accept(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    not_a_socket(ctx, args)
}

pub(super) fn sock_recv(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    not_a_socket(ctx, args)
}

pub(super) fn sock_send(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    not_a_socket(ctx, args)
}

pub(super) fn sock_shutdown(
    ctx: &mut WasiCtx,
    _: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    not_a_socket(ctx, args)
}

fn not_a_socket(ctx: &WasiCtx, args: Args<'_>) -> Result<(), Refusal> {
    ctx.table.get(args.u32(0))?;
    Err(Errno::Notsock.into())
}
