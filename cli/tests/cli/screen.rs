//! What every subcommand has in common.

use crate::{guest, lockstep};

const SUBCOMMANDS: [&str; 6] = ["run", "inspect", "wast", "drive", "llama", "completions"];

#[test]
fn every_help_has_examples() {
    for name in SUBCOMMANDS {
        let help = lockstep([name, "--help"]).ends_with(0).stdout;
        assert!(
            help.contains("Examples:\n  ") && help.contains(&format!("lockstep {name}")),
            "{help}"
        );
    }
    let help = lockstep(["--help"]).ends_with(0).stdout;
    for part in SUBCOMMANDS
        .iter()
        .chain(&["Examples:", "Exit codes:", "134  the guest trapped"])
    {
        assert!(help.contains(part), "no {part:?} in {help}");
    }
    assert!(
        lockstep(["--version"])
            .ends_with(0)
            .stdout
            .starts_with("lockstep ")
    );
}

#[test]
fn calls_that_make_no_sense_are_usage_errors() {
    lockstep(["fly"]).ends_with(2).explains(&["fly"]);
    lockstep(["run"]).ends_with(2).explains(&["<FILE>"]);
    lockstep(["completions", "dos"])
        .ends_with(2)
        .explains(&["bash"]);
}

#[test]
fn completions_know_the_subcommands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = lockstep(["completions", shell]).ends_with(0).stdout;
        for name in SUBCOMMANDS {
            assert!(script.contains(name), "{shell} {name}");
        }
    }
}

#[test]
fn a_reader_that_went_away_ends_the_command_silently() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut call = lockstep(["inspect", &guest("llama.wat")]);
    call.command.stdout(writer);
    let done = call.ends_with(141);
    assert_eq!(done.stderr, "");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut call = lockstep(["run", &guest("hello64.wat")]);
    call.command.stdout(writer);
    assert_eq!(call.ends_with(141).stderr, "");
}
