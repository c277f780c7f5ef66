//! Programs of the generator `float`, in every way Lockstep has.
#![no_main]

libfuzzer::generator_target!("float");
