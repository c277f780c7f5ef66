//! Writes seeds for the libFuzzer targets: the modules of the official suite
//! for those that read modules, and bytes enough for a whole program for those
//! that make one. `seeds FOLDER`, the folder being cargo-fuzz's corpus.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::{env, fs};

use fuzz::{corpus, entropy, generate};
use spec_tests::{script, suite};

/// Programs of each generator to begin with.
const PROGRAMS: u64 = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("name the folder for the seeds")?;
    let modules = suite::scripts()?
        .iter()
        .flat_map(|script| script::modules(&script.source))
        .collect();
    write(&Path::new(&folder).join("decode"), modules)?;
    let programs = corpus::suite()?.into_iter();
    let programs = programs.map(|entry| entry.program.to_wasm()).collect();
    write(&Path::new(&folder).join("program"), programs)?;
    for generator in generate::ALL {
        let bytes = |seed| entropy::bytes_of(generator.name, seed, generator.bytes);
        let programs = (0..PROGRAMS).map(bytes).collect();
        write(&Path::new(&folder).join(generator.name), programs)?;
    }
    Ok(())
}

/// Writes files that are named after what they hold, each once.
fn write(folder: &Path, files: Vec<Vec<u8>>) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let named = files.iter().map(|file| (blake3::hash(file).to_hex(), file));
    let files: BTreeMap<String, &Vec<u8>> =
        named.map(|(hash, file)| (hash.to_string(), file)).collect();
    for (hash, file) in &files {
        fs::write(folder.join(hash), file)?;
    }
    println!("{}: {} seeds", folder.display(), files.len());
    Ok(())
}
