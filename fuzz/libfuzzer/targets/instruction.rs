//! Programs of the generator `instruction`, in every way Lockstep has.
#![no_main]

libfuzzer::generator_target!("instruction");
