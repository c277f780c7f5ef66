//! Programs of the generator `smith`, in every way Lockstep has.
#![no_main]

libfuzzer::generator_target!("smith");
