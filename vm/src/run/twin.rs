//! Calls that native twins carry out, and how they are checked.

use super::{Rest, Run};
use crate::error::Error;
use crate::machine::function::Function;
use crate::machine::instance::Instance;
use crate::module::types::{FuncType, ValType};
use crate::store::{Inner, Store};
use crate::twins::{Twin, TwinDifference, TwinMemory, TwinMismatch, TwinMode, TwinRanges};
use crate::val::read_slots;

/// A call that a twin can carry out: memory holds its ranges, and the store has
/// its fuel.
struct Call<'a> {
    twin: &'a dyn Twin,
    instance: &'a Instance,
    function: &'a Function,
    ty: &'a FuncType,
    args: &'a [u64],
    fuel: u64,
    ranges: TwinRanges,
}

/// What the body of a function did.
struct Body {
    rest: Result<Rest, Error>,
    fuel: u64,
    results: Vec<u64>,
}

impl Run {
    /// Carries out a call of `function` by its native twin, if it has one that
    /// can: the arguments are in the first slots of the callee's frame, the
    /// results go to `results`. Gives whether it did; if not, nothing happened.
    ///
    /// `units` are those that a frame of the function would be taken from. What
    /// ends in a trap or a rest is not for twins: the body says where.
    #[inline]
    pub(super) fn ran_twin<T>(
        &mut self,
        store: &mut Store<T>,
        function: &Function,
        units: u64,
        results: *mut u64,
    ) -> Result<bool, Error> {
        // SAFETY: instances live as long as their store; host functions have none.
        let Some(instance) = (unsafe { function.instance.as_ref() }) else {
            return Ok(false);
        };
        match instance.module.twin(function.index) {
            Some(twin) => self.run_twin(store, function, instance, twin, units, results),
            None => Ok(false),
        }
    }

    fn run_twin<T>(
        &mut self,
        store: &mut Store<T>,
        function: &Function,
        instance: &Instance,
        twin: &dyn Twin,
        units: u64,
        results: *mut u64,
    ) -> Result<bool, Error> {
        let ty = instance.module.data().func_type(function.index);
        // SAFETY: the arguments are in place, and numbers take a slot each.
        let args = unsafe { std::slice::from_raw_parts(self.cx.callee_fp, ty.params().len()) };
        let (Some(fuel), Some(ranges)) = (twin.fuel(args), twin.ranges(args)) else {
            return Ok(false);
        };
        let (_, len) = instance.memory_registers();
        let linked = instance.module.code(function.index)?;
        if units < u64::from(linked.units) || store.inner.fuel < fuel || !ranges.fit(len) {
            return Ok(false);
        }
        store.inner.twin_calls += 1;
        store.inner.twin_fuel += fuel;
        let call = Call {
            twin,
            instance,
            function,
            ty,
            args,
            fuel,
            ranges,
        };
        let values = match store.inner.engine.twin_mode() {
            TwinMode::Check(every) if store.inner.twin_calls.is_multiple_of(every) => {
                let values = call.check(store, units)?;
                self.cx.store = &mut *store.inner;
                values
            }
            _ => {
                store.inner.fuel -= fuel;
                call.run(call.writes())
            }
        };
        for (i, value) in values.into_iter().enumerate() {
            // SAFETY: the frame has room for the function's results.
            unsafe { *results.add(i) = value };
        }
        // Where a guest does little but call twins, this is where it is stopped.
        self.check_interrupt(&store.inner)?;
        Ok(true)
    }
}

impl<'a> Call<'a> {
    /// The twin's results, and in `writes` what it writes.
    fn run(&self, writes: [&mut [u8]; TwinRanges::MAX]) -> Vec<u64> {
        let reads = self.ranges.reads.map(|range| {
            let (start, len) = self.range(range);
            // SAFETY: the range is inside the memory, what is written lies
            // apart from it, and no guest runs meanwhile.
            unsafe { std::slice::from_raw_parts(start, len) }
        });
        let mut results = vec![0; self.ty.results().len()];
        let memory = TwinMemory { reads, writes };
        {
            let _mode = simd::FloatMode::enter();
            self.twin.run(self.args, memory, &mut results);
        }
        // Everywhere else, too, numbers of 32 bits are kept zero-extended.
        for (result, ty) in results.iter_mut().zip(self.ty.results()) {
            if matches!(ty, ValType::I32 | ValType::F32) {
                *result &= u64::from(u32::MAX);
            }
        }
        results
    }

    /// What the twin may write, where it lies.
    fn writes(&self) -> [&'a mut [u8]; TwinRanges::MAX] {
        self.ranges.writes.map(|range| {
            let (start, len) = self.range(range);
            // SAFETY: the range is inside the memory and apart from all others,
            // and no guest runs meanwhile.
            unsafe { std::slice::from_raw_parts_mut(start, len) }
        })
    }

    /// A part of memory 0 as an address of the host. One of length 0 may be
    /// anywhere, but not there.
    fn range(&self, (start, len): (u64, u64)) -> (*mut u8, usize) {
        match len {
            0 => (std::ptr::NonNull::dangling().as_ptr(), 0),
            len => {
                let (base, _) = self.instance.memory_registers();
                (base.wrapping_add(start as usize), len as usize)
            }
        }
    }

    /// Has both the twin and the body carry the call out, the twin on copies;
    /// gives the results.
    ///
    /// # Errors
    /// [`Error::TwinMismatch`] if they do not do the same, or what else ended
    /// the run of the body.
    fn check<T>(&self, store: &mut Store<T>, units: u64) -> Result<Vec<u64>, Error> {
        let mut copies = self.copies()?;
        let results = self.run(copies.each_mut().map(Vec::as_mut_slice));
        let body = self.run_body(store, units)?;
        let difference = match body.rest {
            Ok(Rest::Done) => self
                .difference_in_memory(&copies)
                .or_else(|| self.difference_in_results(&store.inner, &body.results, &results))
                .or_else(|| self.difference_in_fuel(body.fuel)),
            Ok(Rest::OutOfFuel) => Some(TwinDifference::OutOfFuel { twin: self.fuel }),
            Ok(Rest::Suspended) => unreachable!("a closed function calls no host function"),
            Err(Error::Trap(info)) => Some(TwinDifference::Trap(info)),
            Err(error) => return Err(error),
        };
        match difference {
            None => Ok(results),
            Some(difference) => Err(self.mismatch(&store.inner, difference)),
        }
    }

    /// Copies of what the twin may write.
    fn copies(&self) -> Result<[Vec<u8>; TwinRanges::MAX], Error> {
        let mut copies: [Vec<u8>; TwinRanges::MAX] = Default::default();
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

    /// The first byte in memory that is not as the twin left its copy.
    fn difference_in_memory(&self, copies: &[Vec<u8>; TwinRanges::MAX]) -> Option<TwinDifference> {
        let mut first: Option<(u64, u8, u8)> = None;
        let starts = self.ranges.writes.map(|(start, _)| start);
        for ((own, copy), start) in self.writes().iter().zip(copies).zip(starts) {
            if *own == copy.as_slice() {
                continue;
            }
            let mut bytes = (start..).zip(own.iter().zip(copy));
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

    fn mismatch(&self, inner: &Inner, difference: TwinDifference) -> Error {
        Error::TwinMismatch(Box::new(TwinMismatch {
            twin: self.twin.name().to_owned(),
            function: self.function.index,
            call: inner.twin_calls,
            args: read_slots(inner, self.ty.params(), self.args),
            difference,
        }))
    }
}
