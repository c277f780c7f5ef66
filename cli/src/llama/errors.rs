//! What went wrong with a model, in the command's terms.

use lockstep_llama::Error;

use crate::error::{Failure, Kind};
use crate::load;

const OTHER_MODULE: &str = "leave --module away to build the right module";

/// Sorts an error by what the person can do about it.
pub(super) fn failure(error: Error) -> Failure {
    let kind = match &error {
        Error::WrongHash { .. }
        | Error::Archive { .. }
        | Error::Gguf(_)
        | Error::WrongAbi { .. }
        | Error::NoLogits => Kind::Invalid,
        Error::UnknownModel { .. }
        | Error::Sampling { .. }
        | Error::Conversation
        | Error::EmptyPrompt => Kind::Usage,
        Error::Llama { .. } => Kind::Failed,
        Error::Guest { .. } => return guest(error),
        _ => Kind::Host,
    };
    let failure = Failure::new(kind, &error);
    match &error {
        Error::UnknownModel { .. } => {
            failure.hint("or name a .gguf file, or /data/ID for an object of the drive")
        }
        Error::Llama { text, .. } if text.contains("context") => {
            failure.hint("a longer context (--context N) or a shorter prompt may help")
        }
        Error::WrongAbi { .. } => failure.hint(OTHER_MODULE),
        _ => failure,
    }
}

/// The guest's own words, and the engine's account of what happened.
fn guest(error: Error) -> Failure {
    let what = error.to_string();
    let Error::Guest {
        source: Some(source),
        ..
    } = error
    else {
        return Failure::new(Kind::Invalid, what);
    };
    let source = match source.downcast::<lockstep_vm::Error>() {
        // A call that does not fit says that the module is another one; the person did not write it.
        Ok(error) if matches!(*error, lockstep_vm::Error::Usage(_)) => {
            return Failure::new(Kind::Invalid, what).hint(OTHER_MODULE);
        }
        // The first line has the guest's own words; what follows there is the engine's account again.
        Ok(error) => return load::failure(*error).after(what.lines().next().unwrap_or_default()),
        Err(other) => other,
    };
    match source.downcast::<lockstep_weavedrive::Error>() {
        Ok(error) => Failure::from(*error),
        Err(_) => Failure::new(Kind::Trap, what),
    }
}
