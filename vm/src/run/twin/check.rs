//! Calls that both a twin and the body carry out, and whether they do the same.

use super::Call;
use crate::error::Error;
use crate::run::{Rest, Run};
use crate::store::{Inner, Store};
use crate::twins::{TwinDifference, TwinMismatch, TwinRanges};
use crate::val::read_slots;

/// Steps of this length around a circle of 2^64 come near every point of it,
/// and do not fall in with the period of a guest that repeats its calls.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// What the body of a function did.
struct Body {
    rest: Result<Rest, Error>,
    fuel: u64,
    results: Vec<u64>,
}

/// Bytes of what a call may write, range by range.
type Writes<T> = [T; TwinRanges::MAX];

impl Call<'_> {
    /// Has both the twin and the body carry the call out, every so many of the
    /// store; gives the results.
    ///
    /// # Errors
    /// [`Error::TwinMismatch`] if they do not do the same, or what else ended
    /// the run of the body. Memory and fuel are then as the body left them.
    pub(super) fn check<T>(
        &self,
        store: &mut Store<T>,
        units: u64,
        every: u64,
    ) -> Result<Vec<u64>, Error> {
        let number = store.inner.twin_calls / every;
        let may_have_parts = every > 1 && self.ty.results().is_empty();
        let part = may_have_parts.then(|| self.twin.part(self.args, number.wrapping_mul(GOLDEN)));
        let mut copies = self.copies()?;
        let results = self.run(copies.each_mut().map(Vec::as_mut_slice));
        let expected = copies.each_ref().map(Vec::as_slice);
        let Some(args) = part.flatten() else {
            return self.check_whole(store, units, &expected, results);
        };
        match self.check_part(store, units, &args, &expected)? {
            None => Ok(results),
            // The body does all of it, and the report is about that.
            Some(difference) => {
                self.check_whole(store, units, &expected, results)?;
                Err(self.mismatch(&store.inner, &args, difference))
            }
        }
    }

    /// Compares what the body does with what the twin left on copies.
    fn check_whole<T>(
        &self,
        store: &mut Store<T>,
        units: u64,
        copies: &Writes<&[u8]>,
        results: Vec<u64>,
    ) -> Result<Vec<u64>, Error> {
        let body = self.run_body(store, units)?;
        match self.difference(&store.inner, body, copies, &results)? {
            None => Ok(results),
            Some(difference) => Err(self.mismatch(&store.inner, self.args, difference)),
        }
    }

    /// Compares what the body does in a part of the call with what the twin
    /// left on copies of all of it. Without a difference the call is done; with
    /// one it has not begun.
    fn check_part<T>(
        &self,
        store: &mut Store<T>,
        units: u64,
        args: &[u64],
        copies: &Writes<&[u8]>,
    ) -> Result<Option<TwinDifference>, Error> {
        let part = self.part(args)?;
        let expected = self.copies_of(&part, copies)?;
        let (fuel, before) = (store.inner.fuel, part.copies()?);
        let body = part.run_body(store, units)?;
        let difference = part.difference(&store.inner, body, &expected, &[])?;
        let (call, bytes, cost) = match difference {
            None => (self, *copies, self.fuel),
            Some(_) => (&part, before.each_ref().map(Vec::as_slice), 0),
        };
        for (own, bytes) in call.writes().into_iter().zip(bytes) {
            own.copy_from_slice(bytes);
        }
        store.inner.fuel = fuel - cost;
        Ok(difference)
    }

    /// The part of the call that has these arguments.
    fn part<'a>(&'a self, args: &'a [u64]) -> Result<Call<'a>, Error> {
        let same_type = args.len() == self.args.len();
        let known = same_type.then(|| self.twin.fuel(args).zip(self.twin.ranges(args)));
        let (fuel, ranges) = known
            .flatten()
            .filter(|(fuel, ranges)| {
                let (_, len) = self.instance.memory_registers();
                *fuel <= self.fuel && ranges.fit(len)
            })
            .ok_or_else(|| self.no_part(args))?;
        Ok(Call {
            args,
            fuel,
            ranges,
            ..*self
        })
    }

    /// What the twin left, on copies, where the part writes.
    fn copies_of<'a>(
        &self,
        part: &Call<'_>,
        copies: &Writes<&'a [u8]>,
    ) -> Result<Writes<&'a [u8]>, Error> {
        let mut found = [&[][..]; TwinRanges::MAX];
        for (found, (start, len)) in found.iter_mut().zip(part.ranges.writes) {
            let within = |(whole, copy): ((u64, u64), &&'a [u8])| {
                let skipped = start.checked_sub(whole.0)? as usize;
                copy.get(skipped..)?.get(..len as usize)
            };
            if len > 0 {
                let mut places = self.ranges.writes.into_iter().zip(copies);
                *found = places
                    .find_map(within)
                    .ok_or_else(|| self.no_part(part.args))?;
            }
        }
        Ok(found)
    }

    fn no_part(&self, args: &[u64]) -> Error {
        Error::Usage(format!(
            "the twin {:?} says that {args:?} is a part of its call with {:?}, which it is not",
            self.twin.name(),
            self.args
        ))
    }

    /// Copies of what the twin may write.
    fn copies(&self) -> Result<Writes<Vec<u8>>, Error> {
        let mut copies: Writes<Vec<u8>> = Default::default();
        for (copy, bytes) in copies.iter_mut().zip(self.writes()) {
            // Rows may lie far apart, and memories are larger than hosts.
            if copy.try_reserve_exact(bytes.len()).is_err() {
                return Err(Error::HostResource(format!(
                    "no memory to check the twin {:?} on a copy of {} bytes",
                    self.twin.name(),
                    bytes.len()
                )));
            }
            copy.extend_from_slice(bytes);
        }
        Ok(copies)
    }

    /// Runs the body, as a call of its own: it calls nothing, so nothing but
    /// the units that are left tells it where it was called from.
    fn run_body<T>(&self, store: &mut Store<T>, units: u64) -> Result<Body, Error> {
        let outside = std::mem::replace(&mut store.inner.units, units);
        let run = Run::new(&mut store.inner, self.function.id);
        store.inner.units = outside;
        let mut run = run?;
        run.slots(self.args.len()).copy_from_slice(self.args);
        let before = store.inner.fuel;
        let rest = run.start_body(store, self.function);
        let results = run.slots(self.ty.results().len()).to_vec();
        run.finish(&mut store.inner);
        Ok(Body {
            rest,
            fuel: before - store.inner.fuel,
            results,
        })
    }

    /// What the body did otherwise than the twin, which left these copies and
    /// results.
    fn difference(
        &self,
        inner: &Inner,
        body: Body,
        copies: &Writes<&[u8]>,
        results: &[u64],
    ) -> Result<Option<TwinDifference>, Error> {
        Ok(match body.rest {
            Ok(Rest::Done) => self
                .difference_in_memory(copies)
                .or_else(|| self.difference_in_results(inner, &body.results, results))
                .or_else(|| self.difference_in_fuel(body.fuel)),
            Ok(Rest::OutOfFuel) => Some(TwinDifference::OutOfFuel { twin: self.fuel }),
            Ok(Rest::Suspended) => unreachable!("a closed function calls no host function"),
            Err(Error::Trap(info)) => Some(TwinDifference::Trap(info)),
            Err(error) => return Err(error),
        })
    }

    /// The first byte in memory that is not as the twin left its copy.
    fn difference_in_memory(&self, copies: &Writes<&[u8]>) -> Option<TwinDifference> {
        let mut first: Option<(u64, u8, u8)> = None;
        let starts = self.ranges.writes.map(|(start, _)| start);
        for ((own, copy), start) in self.writes().iter().zip(copies).zip(starts) {
            if own == copy {
                continue;
            }
            let mut bytes = (start..).zip(own.iter().zip(*copy));
            let found = bytes.find(|(_, (body, twin))| body != twin);
            let found = found.map(|(at, (&body, &twin))| (at, body, twin));
            first = first.into_iter().chain(found).min();
        }
        first.map(|(address, body, twin)| TwinDifference::Memory {
            address,
            body,
            twin,
        })
    }

    fn difference_in_results(
        &self,
        inner: &Inner,
        body: &[u64],
        twin: &[u64],
    ) -> Option<TwinDifference> {
        let index = (0..twin.len()).find(|&i| body[i] != twin[i])?;
        let values = |slots| read_slots(inner, self.ty.results(), slots);
        Some(TwinDifference::Result {
            index,
            body: values(body)[index],
            twin: values(twin)[index],
        })
    }

    fn difference_in_fuel(&self, body: u64) -> Option<TwinDifference> {
        let twin = self.fuel;
        (body != twin).then_some(TwinDifference::Fuel { body, twin })
    }

    fn mismatch(&self, inner: &Inner, args: &[u64], difference: TwinDifference) -> Error {
        Error::TwinMismatch(Box::new(TwinMismatch {
            twin: self.twin.name().to_owned(),
            function: self.function.index,
            call: inner.twin_calls,
            args: read_slots(inner, self.ty.params(), args),
            difference,
        }))
    }
}
