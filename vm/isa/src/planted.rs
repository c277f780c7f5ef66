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
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 5] = [
        Fault::Meaning,
        Fault::Nan,
        Fault::Lane,
        Fault::Cost,
        Fault::Refund,
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
