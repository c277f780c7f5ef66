//! Takes files out of downloaded archives.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;

use crate::Error;
use crate::cache;

/// A zip archive whose entries are read one after another.
pub(crate) struct Zip {
    path: PathBuf,
    archive: zip::ZipArchive<BufReader<File>>,
}

impl Zip {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::io("open", path))?;
        let archive =
            zip::ZipArchive::new(BufReader::new(file)).map_err(|source| damaged(path, source))?;
        Ok(Self {
            path: path.to_path_buf(),
            archive,
        })
    }

    /// Hands the entry of this name to `read` as a stream.
    pub(crate) fn entry<R>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut dyn Read) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let path = &self.path;
        let mut entry = self
            .archive
            .by_name(name)
            .map_err(|source| damaged(path, format!("{name}: {source}")))?;
        read(&mut entry)
    }

    /// Unpacks every file for which `place` returns a path relative to `folder`.
    pub(crate) fn unpack(
        &mut self,
        folder: &Path,
        place: impl Fn(&str) -> Option<String>,
    ) -> Result<(), Error> {
        for index in 0..self.archive.len() {
            let mut entry = self
                .archive
                .by_index(index)
                .map_err(|source| damaged(&self.path, source))?;
            if !entry.is_file() {
                continue;
            }
            if let Some(target) = place(entry.name()) {
                write_entry(&self.path, folder, &target, &mut entry)?;
            }
        }
        Ok(())
    }
}

/// Unpacks every file of a gzipped tar archive for which `place` returns a path relative to `folder`.
pub(crate) fn unpack_tar(
    path: &Path,
    folder: &Path,
    place: impl Fn(&str) -> Option<String>,
) -> Result<(), Error> {
    let file = File::open(path).map_err(Error::io("open", path))?;
    let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
    for entry in archive.entries().map_err(|source| damaged(path, source))? {
        let mut entry = entry.map_err(|source| damaged(path, source))?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry
            .path()
            .map_err(|source| damaged(path, source))?
            .to_string_lossy()
            .into_owned();
        if let Some(target) = place(&name) {
            write_entry(path, folder, &target, &mut entry)?;
        }
    }
    Ok(())
}

fn write_entry(
    archive: &Path,
    folder: &Path,
    target: &str,
    content: &mut dyn Read,
) -> Result<(), Error> {
    let relative = Path::new(target);
    if !relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return Err(damaged(
            archive,
            format!("the path {target:?} leads out of the folder"),
        ));
    }
    let path = folder.join(relative);
    if let Some(parent) = path.parent() {
        cache::create_folder(parent)?;
    }
    let mut file = File::create(&path).map_err(Error::io("create", &path))?;
    io::copy(content, &mut file).map_err(Error::io("unpack", &path))?;
    Ok(())
}

/// Lets a file be run as a program.
pub(crate) fn make_executable(path: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))
            .map_err(Error::io("make executable", path))?;
    }
    #[cfg(not(unix))]
    fs::metadata(path).map_err(Error::io("find", path))?;
    Ok(())
}

fn damaged(path: &Path, reason: impl ToString) -> Error {
    Error::Archive {
        path: path.to_path_buf(),
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn zip_with(name: &str, folder: &Path) -> PathBuf {
        let path = folder.join("a.zip");
        let mut writer = zip::ZipWriter::new(File::create(&path).unwrap());
        writer
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(b"content").unwrap();
        writer.finish().unwrap();
        path
    }

    #[test]
    fn unpacks_what_has_a_place() {
        let folder = tempfile::tempdir().unwrap();
        let mut zip = Zip::open(&zip_with("in/x", folder.path())).unwrap();
        zip.unpack(folder.path(), |name| {
            name.strip_prefix("in/").map(|rest| format!("out/{rest}"))
        })
        .unwrap();
        assert_eq!(fs::read(folder.path().join("out/x")).unwrap(), b"content");
        assert!(
            zip.entry("in/y", |_| Ok(()))
                .unwrap_err()
                .to_string()
                .contains("in/y")
        );
    }

    #[test]
    fn refuses_paths_that_lead_out() {
        let folder = tempfile::tempdir().unwrap();
        let mut zip = Zip::open(&zip_with("x", folder.path())).unwrap();
        let error = zip
            .unpack(folder.path(), |_| Some("../x".into()))
            .unwrap_err();
        assert!(error.to_string().contains("leads out"), "{error}");
    }

    #[test]
    fn a_broken_archive_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        fs::write(&path, "not a zip").unwrap();
        assert!(matches!(Zip::open(&path), Err(Error::Archive { .. })));
        assert!(matches!(
            unpack_tar(&path, folder.path(), |_| None),
            Err(Error::Archive { .. })
        ));
    }
}
