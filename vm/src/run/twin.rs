//! Calls that native twins carry out.

mod check;

use super::Run;
use crate::error::Error;
use crate::machine::function::Function;
use crate::machine::instance::Instance;
use crate::module::types::{FuncType, ValType};
use crate::store::Store;
use crate::twins::{Twin, TwinMemory, TwinMode, TwinRanges};

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
                let values = call.check(store, units, every)?;
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
}
