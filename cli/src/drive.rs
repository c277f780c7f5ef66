//! `lockstep drive`: the local store of Arweave objects.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use lockstep_weavedrive::{
    AddOptions, Added, Entry, Error, Id, Progress, Report, Store, default_root,
};
use serde_json::{Value, json};

use crate::error::{Failure, Kind};
use crate::interrupt::{self, Stdin, Watched};
use crate::output::{self, Style};
use crate::progress::{Meter, Unit};

const EXAMPLES: &str = "\
Examples:
  lockstep drive add model.gguf
  curl https://example.org/data | lockstep drive add -
  lockstep drive ls
  lockstep drive verify
  lockstep drive rm /data/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8

An id may be written with /data/ before it, as guests see it. Some ids start with a dash: write those so, or after `--`.";

/// Keep data that guests open as files under /data.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Drive {
    #[command(subcommand)]
    action: Action,
    /// The drive's folder (default: $LOCKSTEP_HOME/drive, else ~/.local/share/lockstep/drive).
    #[arg(long, value_name = "PATH", global = true)]
    drive: Option<PathBuf>,
    /// Print JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Add files and print their ids; `-` is standard input.
    Add {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// List all objects.
    Ls,
    /// Read objects again (all of them if none is named) and check every byte.
    Verify {
        /// The objects.
        #[arg(value_parser = id)]
        ids: Vec<Id>,
    },
    /// Remove objects.
    Rm {
        /// The objects.
        #[arg(required = true, value_parser = id)]
        ids: Vec<Id>,
    },
}

/// An id with or without `/data/` before it.
pub(crate) fn id(text: &str) -> Result<Id, String> {
    let parsed = text.strip_prefix("/data/").unwrap_or(text).parse();
    parsed.map_err(|error: lockstep_weavedrive::ParseIdError| error.to_string())
}

fn folder(path: Option<&Path>) -> Result<PathBuf, Failure> {
    Ok(path.map_or_else(default_root, |path| Ok(path.to_owned()))?)
}

/// Opens a drive, the default one if no folder is named, changing nothing.
///
/// # Errors
/// If there is no drive, or the folder holds something else.
pub(crate) fn open_existing(path: Option<&Path>) -> Result<Store, Failure> {
    Ok(Store::open_existing(folder(path)?)?)
}

/// What became of one of several items.
struct Item {
    json: Value,
    line: String,
    good: bool,
}

impl Item {
    /// Runs the failure's own report as well, so that it reaches standard error.
    fn failed(name: &str, value: &str, failure: &Failure) -> Item {
        failure.report();
        let mut json = failure.to_json();
        if let Some(object) = json.as_object_mut() {
            object.insert(name.to_owned(), json!(value));
        }
        Item {
            json,
            line: String::new(),
            good: false,
        }
    }
}

impl Drive {
    pub(crate) fn run(&self, quiet: bool) -> Result<ExitCode, Failure> {
        let path = self.drive.as_deref();
        let meter = Meter::new(quiet);
        match &self.action {
            Action::Add { files } => {
                interrupt::install()?;
                let store = Store::open(folder(path)?)?;
                // What a run that was killed left behind takes up space for nothing.
                store.sweep()?;
                self.each(files, |file| add(&store, file, &meter))
            }
            Action::Ls => self.list(&open_existing(path)?),
            Action::Verify { ids } => {
                let store = open_existing(path)?;
                let all =
                    || Ok::<_, Failure>(store.list()?.into_iter().map(|entry| entry.id).collect());
                let ids = if ids.is_empty() { all()? } else { ids.clone() };
                self.each(&ids, |id| Ok(verify(&store, id, &meter)))
            }
            Action::Rm { ids } => {
                let store = open_existing(path)?;
                self.each(ids, |id| Ok(remove(&store, id)))
            }
        }
    }

    /// Does the same to each item, and goes on after one that fails.
    fn each<T>(
        &self,
        items: &[T],
        act: impl Fn(&T) -> Result<Item, Failure>,
    ) -> Result<ExitCode, Failure> {
        let mut done = Vec::new();
        let mut good = true;
        for item in items {
            let item = act(item)?;
            good &= item.good;
            if self.json {
                done.push(item.json);
            } else {
                output::print(&item.line)?;
            }
        }
        if self.json {
            output::print_json(&json!(done))?;
        }
        Ok(ExitCode::from(if good { 0 } else { Kind::Failed.code() }))
    }

    fn list(&self, store: &Store) -> Result<ExitCode, Failure> {
        let entries = store.list()?;
        let good = entries.iter().all(|entry| entry.info.is_ok());
        if self.json {
            output::print_json(&entries.iter().map(entry_json).collect())?;
        } else {
            output::print(&listing(store, &entries))?;
        }
        Ok(ExitCode::from(if good { 0 } else { Kind::Failed.code() }))
    }
}

fn add(store: &Store, file: &Path, meter: &Meter) -> Result<Item, Failure> {
    let name = file.display().to_string();
    let mut show = |progress: Progress| {
        meter.update(
            "adding",
            Unit::Bytes,
            &name,
            progress.done,
            progress.total.unwrap_or(0),
        );
    };
    let options = AddOptions {
        progress: Some(&mut show),
        ..AddOptions::default()
    };
    let result = add_from(store, file, options);
    meter.finish();
    interrupt::check()?;
    Ok(match result {
        Ok(added) => added_item(&name, &added),
        Err(error) => Item::failed("file", &name, &Failure::from(error).in_file(file)),
    })
}

fn add_from(store: &Store, file: &Path, mut options: AddOptions<'_>) -> Result<Added, Error> {
    if file == Path::new("-") {
        return store.add(Watched(Stdin), options);
    }
    let opened = File::open(file).map_err(Error::Source)?;
    let metadata = opened.metadata().map_err(Error::Source)?;
    if metadata.is_dir() {
        return Err(Error::Source(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    options.total = metadata.is_file().then_some(metadata.len());
    options.label = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    store.add(Watched(opened), options)
}

fn added_item(name: &str, added: &Added) -> Item {
    let Added {
        id,
        length,
        already_there,
    } = added;
    let note = if *already_there {
        "  (was there already)"
    } else {
        ""
    };
    Item {
        json: json!({
            "outcome": "added",
            "file": name,
            "id": id.to_string(),
            "bytes": length,
            "already_there": already_there,
        }),
        line: format!(
            "{id}  {:>10}  {}{note}\n",
            output::bytes(*length),
            output::visible(name)
        ),
        good: true,
    }
}

fn verify(store: &Store, id: &Id, meter: &Meter) -> Item {
    let mut show = |progress: Progress| {
        meter.update(
            "verifying",
            Unit::Bytes,
            &id.to_string(),
            progress.done,
            progress.total.unwrap_or(0),
        );
    };
    let result = store.verify(id, &mut show);
    meter.finish();
    match result {
        Ok(report) => report_item(&report),
        Err(error) => Item::failed("id", &id.to_string(), &Failure::from(error)),
    }
}

fn report_item(report: &Report) -> Item {
    let good = report.is_sound();
    let bad = report
        .bad
        .iter()
        .map(|range| json!([range.start, range.end]));
    let style = Style::stdout();
    let verdict = if good {
        style.green("sound  ")
    } else {
        style.red("damaged")
    };
    let hint = if good {
        ""
    } else {
        "; remove it and add it again"
    };
    Item {
        json: json!({
            "outcome": if good { "sound" } else { "damaged" },
            "id": report.id.to_string(),
            "bytes": report.length,
            "found_bytes": report.found_length,
            "bad_ranges": bad.collect::<Vec<_>>(),
            "bad_chunks": report.bad_chunks,
            "chunk_list_sound": report.chunk_list_sound,
        }),
        line: format!("{verdict}  {report}{hint}\n"),
        good,
    }
}

fn remove(store: &Store, id: &Id) -> Item {
    match store.remove(id) {
        Ok(()) => Item {
            json: json!({ "outcome": "removed", "id": id.to_string() }),
            line: format!("removed {id}\n"),
            good: true,
        },
        Err(error) => Item::failed("id", &id.to_string(), &Failure::from(error)),
    }
}

fn entry_json(entry: &Entry) -> Value {
    let id = entry.id.to_string();
    match &entry.info {
        Ok(info) => json!({ "id": id, "bytes": info.length, "label": info.label }),
        Err(error) => json!({ "id": id, "damaged": error.to_string() }),
    }
}

fn listing(store: &Store, entries: &[Entry]) -> String {
    let style = Style::stdout();
    if entries.is_empty() {
        return format!("the drive at {} is empty\n", store.path().display());
    }
    let row = |entry: &Entry| match &entry.info {
        Ok(info) => {
            let label = info
                .label
                .as_deref()
                .map_or_else(String::new, output::visible);
            vec![entry.id.to_string(), output::bytes(info.length), label]
        }
        Err(error) => vec![
            entry.id.to_string(),
            "damaged".to_owned(),
            output::visible(&error.to_string()),
        ],
    };
    let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
    let total: u64 = entries
        .iter()
        .filter_map(|entry| Some(entry.info.as_ref().ok()?.length))
        .sum();
    let sum = format!(
        "{}, {}",
        output::count(entries.len(), "object"),
        output::bytes(total)
    );
    let table = output::table(&["id", ">size", "label"], &rows, style);
    format!(
        "{table}{}\n",
        style.dim(format!("{sum} in {}", store.path().display()))
    )
}
