//! Waiting. Nothing here ever has to be waited for but time, and virtual time passes at once.

use super::Args;
use crate::abi::Guest;
use crate::clock::ClockId;
use crate::ctx::WasiCtx;
use crate::errno::{Errno, Refusal};
use crate::fd::{Kind, rights};

/// The most subscriptions that one call takes.
const MAX_SUBSCRIPTIONS: u64 = 4096;
const SUBSCRIPTION: u64 = 48;
const EVENT: usize = 32;

const CLOCK: u8 = 0;
const FD_READ: u8 = 1;
const FD_WRITE: u8 = 2;
/// The flag of a clock subscription whose timeout is a time and not a duration.
const ABSTIME: u16 = 1 << 0;

struct Subscription {
    user_data: u64,
    kind: u8,
    wait: Wait,
}

enum Wait {
    /// Until this many nanoseconds from now; 0 is now.
    Time(u64),
    /// Not at all: the answer is known, with a count of bytes.
    Known(Result<u64, Errno>),
}

/// If anything but a clock is asked about, its answer is there, and clocks count only if they have run out already.
/// Otherwise time passes until the first clock runs out. Events come in the order of the subscriptions.
///
/// A stream is always ready: one byte is reported, for its bytes can not be counted without waiting for them.
pub(super) fn poll_oneoff(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    args: Args<'_>,
) -> Result<(), Refusal> {
    let count = args.u64(2);
    if count == 0 || count > MAX_SUBSCRIPTIONS {
        return Err(Errno::Inval.into());
    }
    let input = guest.slice(args.u64(0), count * SUBSCRIPTION)?;
    guest.slice(args.u64(1), count * EVENT as u64)?;
    guest.check_size(args.u64(3))?;
    let (records, _) = input.as_chunks::<{ SUBSCRIPTION as usize }>();
    let subscriptions: Vec<Subscription> = records
        .iter()
        .map(|record| subscription(ctx, record))
        .collect::<Result<_, _>>()?;
    let time = |subscription: &Subscription| match subscription.wait {
        Wait::Time(time) => Some(time),
        Wait::Known(_) => None,
    };
    let all_clocks = subscriptions
        .iter()
        .all(|subscription| time(subscription).is_some());
    let first = if all_clocks {
        subscriptions.iter().filter_map(time).min().unwrap_or(0)
    } else {
        0
    };
    ctx.clock.sleep(first);
    let mut written = 0;
    for subscription in &subscriptions {
        let result = match subscription.wait {
            Wait::Time(time) if time > first => continue,
            Wait::Time(_) => Ok(0),
            Wait::Known(result) => result,
        };
        let event = event(subscription, result);
        guest.write(args.u64(1) + written * EVENT as u64, &event)?;
        written += 1;
    }
    Ok(guest.write_size(args.u64(3), written)?)
}

fn subscription(
    ctx: &WasiCtx,
    record: &[u8; SUBSCRIPTION as usize],
) -> Result<Subscription, Refusal> {
    let field = |offset: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&record[offset..offset + 8]);
        u64::from_le_bytes(bytes)
    };
    let (user_data, kind) = (field(0), record[8]);
    let wait = match kind {
        CLOCK => match ClockId::from_number(field(16) as u32) {
            Ok(id) => Wait::Time(timeout(ctx, id, field(24), field(40) as u16)?),
            Err(errno) => Wait::Known(Err(errno)),
        },
        FD_READ | FD_WRITE => Wait::Known(ready(ctx, field(16) as u32, kind)?),
        _ => return Err(Errno::Inval.into()),
    };
    Ok(Subscription {
        user_data,
        kind,
        wait,
    })
}

/// Nanoseconds from now on.
fn timeout(ctx: &WasiCtx, id: ClockId, timeout: u64, flags: u16) -> Result<u64, Errno> {
    match flags {
        0 => Ok(timeout),
        ABSTIME => Ok(timeout.saturating_sub(ctx.clock.show(id))),
        _ => Err(Errno::Inval),
    }
}

/// Whether reading or writing would go on at once, and with how many bytes.
fn ready(ctx: &WasiCtx, fd: u32, kind: u8) -> Result<Result<u64, Errno>, Refusal> {
    let right = if kind == FD_READ {
        rights::FD_READ
    } else {
        rights::FD_WRITE
    };
    let descriptor = match ctx
        .table
        .get(fd)
        .and_then(|found| found.need(right).map(|()| found))
    {
        Ok(descriptor) => descriptor,
        Err(errno) => return Ok(Err(errno)),
    };
    Ok(match &descriptor.kind {
        Kind::Stdin | Kind::Output { .. } => Ok(1),
        Kind::File { node, position } if kind == FD_READ => {
            Ok(node.stat()?.size.saturating_sub(*position))
        }
        Kind::File { .. } => Ok(1),
        Kind::Dir { .. } => Err(Errno::Badf),
    })
}

fn event(subscription: &Subscription, result: Result<u64, Errno>) -> [u8; EVENT] {
    let (errno, bytes) = match result {
        Ok(bytes) => (Errno::Success, bytes),
        Err(errno) => (errno, 0),
    };
    let mut record = [0; EVENT];
    record[..8].copy_from_slice(&subscription.user_data.to_le_bytes());
    record[8..10].copy_from_slice(&errno.number().to_le_bytes());
    record[10] = subscription.kind;
    record[16..24].copy_from_slice(&bytes.to_le_bytes());
    record
}
