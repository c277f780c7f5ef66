//! WASI tests: small guests in text form with an expected exit code and
//! output, each as a 32-bit and as a 64-bit guest.
//!
//! A test `wasi/name.wat` holds module fields. `wasi/prelude.wat` is put in
//! front of them, and placeholders are filled in for the width at hand.
//! `wasi/name.expect` has a line `exit N`, a line `---`, and the standard
//! output. All tests see the same world.

use std::fs;
use std::io;
use std::path::Path;

use lockstep_wasi::{BuildError, Drive, HostFolder, Input, PtrWidth, Scratch, WasiCtx};
use lockstep_weavedrive::{AddOptions, Id, Store};

use crate::suite::home;

/// The object in the drive, below `/data`.
const OBJECT: &[u8] = b"an object of the drive\n";

/// What a guest should do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its exit code; 0 too when `_start` returns.
    pub exit: i32,
    /// Its standard output.
    pub stdout: String,
}

/// One guest at one width.
#[derive(Clone, Debug)]
pub struct Case {
    /// Such as `args`.
    pub name: String,
    /// 32 or 64 bits.
    pub width: PtrWidth,
    /// The whole module as text, but for the object's id.
    text: String,
    /// What it should do.
    pub expected: Expected,
}

/// What keeps a test from being run at all.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// A file or folder cannot be read or made.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// `name.expect` has another form.
    #[error("wasi/{0}.expect must begin with `exit N` and a line `---`")]
    Expectation(String),
    /// The world cannot be built.
    #[error("{0}")]
    World(#[from] BuildError),
    /// The drive's store cannot be made.
    #[error("{0}")]
    Store(#[from] lockstep_weavedrive::Error),
    /// The guest's text does not parse.
    #[error("{0}")]
    Text(#[from] wat::Error),
    /// A scratch folder takes no file.
    #[error("the scratch folder answers {0:?}")]
    Scratch(lockstep_wasi::Errno),
}

/// Every test at both widths, in order of names.
///
/// # Errors
/// When a test, its expectation or the prelude cannot be read.
pub fn cases() -> Result<Vec<Case>, SetUpError> {
    let folder = home().join("wasi");
    let prelude = fs::read_to_string(folder.join("prelude.wat"))?;
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".wat").map(str::to_owned));
    }
    names.retain(|name| name != "prelude");
    names.sort();
    let mut cases = Vec::new();
    for name in names {
        let fields = fs::read_to_string(folder.join(format!("{name}.wat")))?;
        let expected = fs::read_to_string(folder.join(format!("{name}.expect")))?;
        let expected = parse(&expected).ok_or_else(|| SetUpError::Expectation(name.clone()))?;
        for width in [PtrWidth::W32, PtrWidth::W64] {
            cases.push(Case {
                name: name.clone(),
                width,
                text: fill_in(&format!("(module\n{prelude}\n{fields})"), width),
                expected: expected.clone(),
            });
        }
    }
    Ok(cases)
}

impl Case {
    /// The module and a fresh world for it, with its files below `folder`.
    ///
    /// # Errors
    /// When the text does not parse or the world cannot be built.
    pub fn set_up(&self, folder: &Path) -> Result<(Vec<u8>, WasiCtx), SetUpError> {
        let (world, object) = world(folder)?;
        let wasm = wat::parse_str(self.text.replace("{object}", &object.to_string()))?;
        Ok((wasm, world))
    }

    /// The name of its trial, such as `args/wasm64`.
    pub fn trial(&self) -> String {
        let width = match self.width {
            PtrWidth::W32 => "wasm32",
            PtrWidth::W64 => "wasm64",
        };
        format!("{}/{width}", self.name)
    }
}

fn fill_in(text: &str, width: PtrWidth) -> String {
    // A 64-bit size needs no widening, so there the word stands for adding 0.
    // `far` is outside this memory, and inside it if cut to 32 bits.
    let values = match width {
        PtrWidth::W32 => [
            ("{ptr}", "i32"),
            ("{size}", "4"),
            ("{extend}", "i64.extend_i32_u"),
            ("{load_u32}", "i32.load"),
            ("{far}", "i32.const 0x80001000"),
        ],
        PtrWidth::W64 => [
            ("{ptr}", "i64"),
            ("{size}", "8"),
            ("{extend}", "i64.add (i64.const 0)"),
            ("{load_u32}", "i64.load32_u"),
            ("{far}", "i64.const 0x100001000"),
        ],
    };
    values.iter().fold(text.to_owned(), |text, (word, value)| {
        text.replace(word, value)
    })
}

fn parse(text: &str) -> Option<Expected> {
    let (first, rest) = text.split_once('\n')?;
    Some(Expected {
        exit: first.strip_prefix("exit ")?.parse().ok()?,
        stdout: rest.strip_prefix("---\n")?.to_owned(),
    })
}

/// The world that every test sees: descriptor 3 is `/scratch`, 4 is `/files`
/// and 5 is `/data`.
fn world(folder: &Path) -> Result<(WasiCtx, Id), SetUpError> {
    let files = folder.join("files");
    fs::create_dir_all(files.join("sub"))?;
    fs::write(files.join("hello.txt"), "Hello, guest!\n")?;
    fs::write(files.join("sub/deep.txt"), "deep\n")?;
    let pages: Vec<u8> = (0..20_000u32).map(|i| (i % 251) as u8).collect();
    fs::write(files.join("pages.bin"), pages)?;
    fs::write(folder.join("outside.txt"), "not for guests\n")?;
    #[cfg(unix)]
    std::os::unix::fs::symlink("../outside.txt", files.join("link-out"))?;
    let store = Store::open(folder.join("drive"))?;
    let object = store.add(OBJECT, AddOptions::default())?.id;
    let scratch = Scratch::new(1 << 20);
    scratch
        .write_file("already.txt", b"here before\n")
        .map_err(SetUpError::Scratch)?;
    let world = WasiCtx::builder()
        .args(["guest", "two words", "", "last é"])
        .env("Z", "last")
        .env("A", "x=y z")
        .stdin(Input::bytes(b"input text\nline 2\n".to_vec()))
        .mount_scratch("/scratch", &scratch)
        .mount_folder("/files", HostFolder::open(&files)?)
        .mount_drive("/data", Drive::of(store, [object]))
        .build()?;
    Ok((world, object))
}
