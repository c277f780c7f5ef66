//! Raw bytes at the engine's door: what [`Module::new`] says of them, against
//! what the standard's validator says.

use lockstep_vm::{Engine, Error, Module};
use wasmparser::{Validator, WasmFeatures};

/// What became of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A module, all of whose functions have been lowered.
    Valid,
    /// A module of the standard's, with garbage-collected types, which the
    /// engine refuses by name.
    Refused,
    /// No module.
    Invalid,
}

/// The language the engine takes: Wasm 3.0 and the legacy exceptions. The
/// validator counts threads to 3.0, which the standard does not.
fn features() -> WasmFeatures {
    (WasmFeatures::WASM3 - WasmFeatures::THREADS) | WasmFeatures::LEGACY_EXCEPTIONS
}

/// Hands the bytes to the engine, and looks at all that a module tells.
///
/// # Errors
/// What is wrong, if the engine's verdict is not the standard's, or its error
/// names a place outside of the bytes.
pub fn check(bytes: &[u8]) -> Result<Verdict, String> {
    let valid = |features| Validator::new_with_features(features).validate_all(bytes);
    let standard = valid(features());
    let engine = Engine::default();
    match (Module::new(&engine, bytes), standard) {
        (Ok(module), Ok(_)) => look_at(&module).map(|()| Verdict::Valid),
        (Ok(_), Err(error)) => Err(format!("a module is taken that is none: {error}")),
        (Err(Error::Invalid { offset, message }), standard) => {
            if offset > bytes.len() as u64 {
                return Err(format!(
                    "{message} at {offset}, beyond {} bytes",
                    bytes.len()
                ));
            }
            match standard {
                Err(_) => Ok(Verdict::Invalid),
                Ok(_) if !message.contains("not supported") => {
                    Err(format!("a module is not taken: {message} at {offset}"))
                }
                Ok(_) if valid(features() - WasmFeatures::GC).is_ok() => {
                    Err(format!("refused without need: {message} at {offset}"))
                }
                Ok(_) => Ok(Verdict::Refused),
            }
        }
        (Err(other), _) => Err(format!("neither valid nor invalid: {other}")),
    }
}

/// Lowers every function, and asks for everything that can be asked for.
fn look_at(module: &Module) -> Result<(), String> {
    match module.compile_all() {
        Ok(()) => {}
        // A frame may be larger than the profile allows, or the code than
        // there is room for; then there is no text either.
        Err(Error::Limit(_) | Error::HostResource(_)) => return Ok(()),
        Err(other) => return Err(format!("a valid module is not lowered: {other}")),
    }
    let imported = module.imported_function_count();
    for index in imported..module.function_count() {
        let text = module.listing(index).map_err(|e| format!("listing: {e}"))?;
        if text.is_empty() || module.function_size(index) == 0 {
            return Err(format!("function {index} is nothing"));
        }
    }
    let imports = module.imports().map(|import| import.ty().to_string());
    let exports = module.exports().map(|export| export.ty().to_string());
    if imports.chain(exports).any(|text| text.is_empty()) {
        return Err("a type has no text".to_owned());
    }
    // Names are read when they are asked for.
    std::hint::black_box(module.function_name(imported));
    Ok(())
}
