//! What went wrong with a model, in the command's terms.

use lockstep_llama::Error;

use crate::error::{Failure, Kind};
use crate::load;

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
        Error::WrongAbi { .. } => failure.hint("leave --module away to build the right one"),
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
        return Failure::new(Kind::Trap, what);
    };
    let source = match source.downcast::<lockstep_vm::Error>() {
        Ok(error) => return load::failure(*error).after("the guest failed"),
        Err(other) => other,
    };
    match source.downcast::<lockstep_weavedrive::Error>() {
        Ok(error) => Failure::from(*error),
        Err(_) => Failure::new(Kind::Trap, what),
    }
}
