//! From a file to a module, and from an error of the engine to words.

use std::fs;
use std::path::Path;

use lockstep_vm::{Engine, Error, Frame, MissingImport, Module, TrapInfo, TwinMismatch};
use lockstep_wasi::Stop;
use serde_json::{Value, json};

use crate::error::{Failure, Kind, on_file};
use crate::output::{self, visible};

const MAGIC: &[u8] = b"\0asm";
/// Beginning of a component, which has the same magic number as a module.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// Reads a module in the binary or the text format.
///
/// # Errors
/// [`Kind::Host`] if it can not be read, [`Kind::Invalid`] if it is not a module.
pub(crate) fn wasm(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = fs::read(path).map_err(on_file("read", path))?;
    if bytes.starts_with(COMPONENT) {
        let failure = Failure::new(
            Kind::Invalid,
            "this is a component, and only core modules can be run",
        );
        return Err(failure.in_file(path).hint(
            "build for the target wasm32-wasip1, or take the core module out of the component",
        ));
    }
    if bytes.starts_with(MAGIC) {
        return Ok(bytes);
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) if text.trim_start().starts_with(['(', ';']) => parse(path, text),
        _ => Err(not_wasm(&bytes).in_file(path)),
    }
}

fn parse(path: &Path, text: &str) -> Result<Vec<u8>, Failure> {
    wat::parse_str(text).map_err(|mut error| {
        error.set_path(path);
        Failure::new(Kind::Invalid, format!("the text does not parse: {error}"))
    })
}

fn not_wasm(bytes: &[u8]) -> Failure {
    let start = &bytes[..bytes.len().min(16)];
    let what = match bytes {
        [] => "the file is empty".to_owned(),
        [b'G', b'G', b'U', b'F', ..] => "this is a GGUF model, not a WebAssembly module".to_owned(),
        _ if MAGIC.starts_with(bytes) => "the module ends inside its first four bytes".to_owned(),
        _ => format!(
            "neither a WebAssembly module nor its text: the file starts with \"{}\"",
            start.escape_ascii()
        ),
    };
    let failure = Failure::new(Kind::Invalid, what);
    match bytes {
        [b'G', b'G', b'U', b'F', ..] => {
            failure.hint("`lockstep llama PROMPT --model FILE` runs it")
        }
        _ => failure.hint("a binary module starts with \"\\0asm\", a text with \"(module\""),
    }
}

/// Reads and validates a module.
///
/// # Errors
/// As [`wasm`], and what the engine says about it.
pub(crate) fn module(engine: &Engine, path: &Path) -> Result<Module, Failure> {
    let bytes = wasm(path)?;
    Module::new(engine, &bytes).map_err(|error| failure(error).in_file(path))
}

/// Says what ended a run, or refused a module.
pub(crate) fn failure(error: Error) -> Failure {
    match error {
        Error::Trap(info) => trap("trap: ", &info),
        Error::Exception { info, .. } => trap("", &info),
        Error::OutOfFuel => {
            Failure::new(Kind::OutOfFuel, "the fuel is used up").hint("give more with --fuel N")
        }
        Error::Interrupted => Failure::interrupted(),
        Error::Link(missing) => link(&missing),
        Error::Invalid { offset, message } => Failure::new(
            Kind::Invalid,
            format!(
                "not a valid module: {} (at byte {offset:#x})",
                visible(&message)
            ),
        )
        .details(json!({ "offset": offset })),
        Error::Limit(message) => Failure::new(
            Kind::Limit,
            format!("over a limit of the profile: {message}"),
        ),
        Error::Host(source) => host(&*source),
        Error::Usage(message) => Failure::usage(message),
        Error::TwinMismatch(mismatch) => twin(&mismatch),
        other => Failure::host(other),
    }
}

fn trap(kind: &str, info: &TrapInfo) -> Failure {
    let mut text = format!("{kind}{}", info.trap.message());
    for (i, frame) in info.frames.iter().enumerate() {
        text += &format!("\n  {i:>3}: {}", place(frame));
    }
    if info.more_frames > 0 {
        let more = usize::try_from(info.more_frames).unwrap_or(usize::MAX);
        text += &format!("\n       and {} below", output::count(more, "frame"));
    }
    Failure::new(Kind::Trap, text).details(json!({
        "trap": info.trap.message(),
        "frames": info.frames.iter().map(frame_json).collect::<Vec<_>>(),
        "more_frames": info.more_frames,
    }))
}

fn twin(mismatch: &TwinMismatch) -> Failure {
    Failure::new(Kind::Twin, mismatch)
        .hint("results with --twins off can be trusted; this is a fault of the command, so please report it")
        .details(json!({
            "twin": mismatch.twin,
            "function": mismatch.function,
            "call": mismatch.call,
            "arguments": mismatch.args.iter().map(|arg| format!("{arg:?}")).collect::<Vec<_>>(),
            "difference": mismatch.difference.to_string(),
        }))
}

fn place(frame: &Frame) -> String {
    let Frame {
        function,
        name,
        offset,
    } = frame;
    match name {
        Some(name) => format!("{} (function {function}) at {offset:#x}", visible(name)),
        None => format!("function {function} at {offset:#x}"),
    }
}

fn frame_json(frame: &Frame) -> Value {
    json!({ "function": frame.function, "name": frame.name, "offset": frame.offset })
}

fn link(missing: &[MissingImport]) -> Failure {
    let mut text = format!(
        "{} can not be linked:",
        output::count(missing.len(), "import")
    );
    for import in missing {
        text += &format!("\n  {}", visible(&import.to_string()));
    }
    let entry = |import: &MissingImport| {
        json!({
            "module": import.module,
            "name": import.name,
            "wanted": import.wanted.to_string(),
            "found": import.found.as_ref().map(ToString::to_string),
        })
    };
    Failure::new(Kind::Link, text)
        .hint(
            "`lockstep run` offers wasi_snapshot_preview1 and lockstep.file_map, and nothing else",
        )
        .details(json!({ "imports": missing.iter().map(entry).collect::<Vec<_>>() }))
}

fn host(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Failure {
    match error.downcast_ref::<Stop>() {
        Some(Stop::MissingObject(id)) => Failure::new(
            Kind::Missing,
            format!("the guest opened the object {id}, which the drive does not have"),
        )
        .hint("add it with `lockstep drive add FILE` and run again")
        .details(json!({ "object": id.to_string() })),
        Some(Stop::Host { source, .. }) if source.kind() == std::io::ErrorKind::BrokenPipe => {
            Failure::new(Kind::BrokenPipe, source)
        }
        Some(stop) => Failure::host(stop),
        None => Failure::host(format!("a host function failed: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use lockstep_vm::{TwinDifference, Val};

    use super::*;

    #[test]
    fn a_wrong_twin_has_an_exit_code_of_its_own() {
        let mismatch = TwinMismatch {
            twin: "mul".to_owned(),
            function: 7,
            call: 64,
            args: vec![Val::I64(4096)],
            difference: TwinDifference::Fuel { body: 9, twin: 8 },
        };
        let failure = failure(Error::TwinMismatch(Box::new(mismatch)));
        assert_eq!((failure.kind, failure.kind.code()), (Kind::Twin, 119));
        let json = failure.to_json();
        assert_eq!(json["outcome"], "twin-mismatch");
        assert_eq!(json["arguments"], json!(["I64(4096)"]));
        assert_eq!(
            json["message"],
            "the twin \"mul\" of function 7 is wrong: it says 8 units of fuel, and the body costs 9; \
             it was call 64, with (4096)"
        );
    }
}
