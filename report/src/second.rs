//! The second machine: a file made elsewhere, or this machine pretending.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::compare::Second;
use crate::evidence::{Evidence, SCHEMA, Scale};
use crate::facts;
use crate::meter::Meter;
use crate::parts::PartId;

/// How long the emulated run may take, in seconds.
fn patience(scale: Scale) -> u64 {
    scale.pick(1_800, 3_600, 6 * 3_600)
}

/// Reads evidence that `report collect --json` wrote.
///
/// # Errors
/// If it can not be read, or is no such file.
pub(crate) fn read(path: &Path) -> Result<Evidence, String> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    parse(&text).map_err(|why| format!("{}: {why}", path.display()))
}

fn parse(text: &str) -> Result<Evidence, String> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|e| format!("not JSON: {e}"))?;
    check_schema(&value)?;
    serde_json::from_value(value)
        .map_err(|e| format!("not evidence as this version writes it: {e}"))
}

/// Refuses files of another form, before anything else is said about them.
///
/// # Errors
/// What form the file has.
pub(crate) fn check_schema(value: &serde_json::Value) -> Result<(), String> {
    match value.get("schema").and_then(serde_json::Value::as_u64) {
        Some(schema) if schema == u64::from(SCHEMA) => Ok(()),
        Some(schema) => Err(format!(
            "its form is version {schema}, and this program reads version {SCHEMA}"
        )),
        None => Err("it has no number `schema`: it is no file of this program".to_owned()),
    }
}

/// Whether this machine can pretend to be a second one, or why not.
pub(crate) fn can_emulate() -> Result<(), String> {
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) {
        return Err("emulation is for x86-64 Linux; run `report collect` on another machine and give its file with --second".to_owned());
    }
    if !facts::root().join("scripts/aarch64").is_file() {
        return Err(
            "the sources this program was built from are not here (scripts/aarch64)".to_owned(),
        );
    }
    if emulator_program().is_none() {
        return Err(
            "there is no qemu-aarch64 in target/aarch64 or on the PATH; --second emulate installs and uses it"
                .to_owned(),
        );
    }
    Ok(())
}

/// Builds this program for 64-bit Arm and runs it in an emulator.
pub(crate) fn emulate(parts: &[PartId], scale: Scale, meter: &Meter, quiet: bool) -> Second {
    match try_emulate(parts, scale, meter, quiet) {
        Ok(evidence) => Second::Found(Box::new(evidence)),
        Err(why) => Second::Failed(why),
    }
}

fn try_emulate(
    parts: &[PartId],
    scale: Scale,
    meter: &Meter,
    quiet: bool,
) -> Result<Evidence, String> {
    let script = facts::root().join("scripts/aarch64");
    meter.wait("building for aarch64");
    let mut build = Command::new(&script);
    build
        .args([
            "build",
            "-p",
            "report",
            "--bin",
            "report",
            "--no-default-features",
        ])
        .stdin(Stdio::null());
    let output = build
        .output()
        .map_err(|e| format!("{}: {e}", script.display()))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = text.lines().collect();
        let last = lines[lines.len().saturating_sub(12)..].join("\n");
        return Err(format!("the build for aarch64 failed:\n{last}"));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let binary = text
        .lines()
        .last()
        .ok_or("the build for aarch64 names no program")?;
    meter.wait("running on aarch64, emulated");
    let names: Vec<&str> = parts.iter().map(|part| part.name()).collect();
    let mut run = Command::new(&script);
    run.args([
        "run",
        "--seconds",
        &patience(scale).to_string(),
        binary,
        "collect",
    ])
    .args(["--emulator", &emulator()])
    .args(["--parts", &names.join(",")])
    .arg(format!("--{}", scale.pick("quick", "quick", "normal")))
    .stdin(Stdio::null());
    if quiet {
        run.arg("--quiet");
    }
    // What it says about its progress is for the person; what it finds is on its standard output.
    let output = run
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("{}: {e}", script.display()))?;
    meter.finish();
    parse(&String::from_utf8_lossy(&output.stdout)).map_err(|why| {
        format!(
            "the emulated run ended with {} and no evidence: {why}",
            output.status
        )
    })
}

/// The emulator that the script keeps, or the one on the `PATH`.
fn emulator_program() -> Option<PathBuf> {
    let own = facts::root().join("target/aarch64/qemu-aarch64");
    if own.is_file() {
        return Some(own);
    }
    facts::on_path("qemu-aarch64")
}

/// The emulator's name and version.
fn emulator() -> String {
    let output =
        emulator_program().and_then(|program| Command::new(program).arg("--version").output().ok());
    let text = output.map_or(String::new(), |output| {
        String::from_utf8_lossy(&output.stdout).into_owned()
    });
    let version = text
        .lines()
        .next()
        .and_then(|line| line.split(" version ").nth(1));
    let version = version.and_then(|rest| rest.split(' ').next());
    format!("qemu-aarch64 {}", version.unwrap_or("of unknown version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_another_form_are_refused() {
        assert!(parse("x").unwrap_err().contains("not JSON"));
        assert!(parse("{}").unwrap_err().contains("no number"));
        let newer = format!("{{\"schema\": {}}}", SCHEMA + 1);
        assert!(parse(&newer).unwrap_err().contains("version"));
    }
}
