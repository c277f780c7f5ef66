//! Programs of the generator `mutate`, in every way Lockstep has.
#![no_main]

libfuzzer::generator_target!("mutate");
