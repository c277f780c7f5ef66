//! Faults on purpose, to show that the oracles find them.
//!
//! Without the feature `planted-faults`, which no product is built with, there
//! are none, and [`planted`] is `false` for the compiler to remove. With it,
//! `plant` chooses one for the whole process.

/// A fault that can be planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Fault {
    /// The lowest bit of every `rotr` is flipped in its meaning.
    Meaning = 1,
    /// NaNs of 64-bit arithmetic keep their bits.
    Nan,
    /// -1 times -1 wraps in the fast form of `i16x8.q15mulr_sat_s`.
    Lane,
    /// Blocks of some length cost one unit too little.
    Cost,
    /// A trap gives one unit too much back.
    Refund,

    // In the compiler, so that machine code differs from the interpreter.
    /// A NaN is stored to memory as the CPU made it, not as the canonical one.
    StoredNan,
    /// Where NaNs meet that must keep their bits with such that must not,
    /// those are not made canonical.
    JoinedNan,
    /// Where machine code is left, NaNs in lanes are not made canonical.
    LeftNan,
    /// An address is compared with one byte less than there is.
    Bound,
    /// An address that is a constant is compared with one byte less.
    ConstantBound,
    /// A bounds check stands for accesses that end one byte later: touching
    /// what is behind a memory ends the process where no guards are used.
    ReusedBound,
    /// A sum of address and constant that wraps is taken for one with an
    /// offset, which does not.
    Wrap,
    /// A trap of machine code gives one unit too much back.
    MachineRefund,
    /// A trap is told of an earlier instruction that traps for the same reason.
    TrapPlace,
    /// Machine code takes one unit too little for blocks of some length.
    MachineCost,
    /// Stopping at a block gives one unit too much back.
    StopCost,
    /// Where machine code is left, the last of several values is forgotten if
    /// it is a float. (An integer might be an address, and must not be wild.)
    LostSlot,
    /// Where machine code is left, the vector accumulator is forgotten.
    LostAccumulator,
    /// Machine code that goes on behind a stop finds half of a register.
    LostRegister,
    /// "Above a constant" is taken for "not below" it.
    Strictness,
    /// A branch takes a NaN for equal to a number.
    Unordered,
    /// Moves of floats between blocks are made in the wrong order.
    MoveOrder,
    /// Of a vector that waits in memory, one half comes back.
    HalfSpill,
    /// A load is not repeated behind a store of a lane.
    StaleLoad,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 24] = [
        Fault::Meaning,
        Fault::Nan,
        Fault::Lane,
        Fault::Cost,
        Fault::Refund,
        Fault::StoredNan,
        Fault::JoinedNan,
        Fault::LeftNan,
        Fault::Bound,
        Fault::ConstantBound,
        Fault::ReusedBound,
        Fault::Wrap,
        Fault::MachineRefund,
        Fault::TrapPlace,
        Fault::MachineCost,
        Fault::StopCost,
        Fault::LostSlot,
        Fault::LostAccumulator,
        Fault::LostRegister,
        Fault::Strictness,
        Fault::Unordered,
        Fault::MoveOrder,
        Fault::HalfSpill,
        Fault::StaleLoad,
    ];
}

#[cfg(feature = "planted-faults")]
static PLANTED: core::sync::atomic::AtomicU8 = core::sync::atomic::AtomicU8::new(0);

/// Plants a fault in place of the one before, or takes it out.
#[cfg(feature = "planted-faults")]
pub fn plant(fault: Option<Fault>) {
    let number = fault.map_or(0, |fault| fault as u8);
    PLANTED.store(number, core::sync::atomic::Ordering::SeqCst);
}

/// Whether this fault is planted.
#[inline(always)]
pub fn planted(fault: Fault) -> bool {
    #[cfg(feature = "planted-faults")]
    return PLANTED.load(core::sync::atomic::Ordering::Relaxed) == fault as u8;
    #[cfg(not(feature = "planted-faults"))]
    {
        let _ = fault;
        false
    }
}
