//! Programs of the generator `control`, in every way Lockstep has.
#![no_main]

libfuzzer::generator_target!("control");
