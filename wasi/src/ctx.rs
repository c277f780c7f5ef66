//! The guest's world as a value: what it was given, what it has open, and its clocks.

use crate::abi::MAX_PATH;
use crate::clock::Clock;
use crate::errno::Errno;
use crate::fd::{Descriptor, Kind, Table, rights};
use crate::fs::{Drive, FileType, HostFolder, MAX_NAME, MountTree, NodeRef, Scratch};
use crate::random::Random;
use crate::stream::{Input, Output};

/// How many descriptors a guest can have open unless told otherwise.
const DEFAULT_MAX_DESCRIPTORS: u32 = 1024;
/// How many bytes of output are kept unless told otherwise (64 MiB each for output and error).
const DEFAULT_OUTPUT_LIMIT: u64 = 64 << 20;

/// The world of one guest. Built by [`WasiCtxBuilder`]; the functions of [`crate::CALLS`] work on it.
#[derive(Debug)]
pub struct WasiCtx {
    pub(crate) args: Vec<Vec<u8>>,
    pub(crate) environment: Vec<Vec<u8>>,
    pub(crate) stdin: Input,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
    pub(crate) stream_type: FileType,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) table: Table,
}

impl WasiCtx {
    /// Starts to describe a world. It has nothing in it: no arguments, no files, empty input; output is kept in memory.
    pub fn builder() -> WasiCtxBuilder {
        WasiCtxBuilder::default()
    }

    /// What the guest wrote to its standard output, if that is kept in memory.
    pub fn stdout(&self) -> &[u8] {
        self.stdout.kept()
    }

    /// What the guest wrote to its standard error, if that is kept in memory.
    pub fn stderr(&self) -> &[u8] {
        self.stderr.kept()
    }

    /// The guest's clocks.
    pub fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }
}

/// Why a world can not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// An argument or an environment variable has a NUL byte, which ends it for the guest.
    #[error("the {0} {1:?} contains a NUL byte")]
    Nul(&'static str, String),
    /// A variable's name is empty or has an equals sign.
    #[error("{0:?} is not a name of an environment variable")]
    VariableName(String),
    /// A mount's path is not an absolute path of proper names.
    #[error(
        "{0:?} is not a place to mount at: it must be absolute, without '.' and '..', and not too long"
    )]
    MountPath(String),
    /// Two mounts have the same path.
    #[error("two things are mounted at {0:?}")]
    SameMount(String),
    /// There are more mounts than descriptors.
    #[error("the limit of {0} descriptors leaves no room for all the mounts")]
    TooManyMounts(u32),
}

/// Describes a [`WasiCtx`].
#[derive(Debug)]
pub struct WasiCtxBuilder {
    args: Vec<String>,
    environment: Vec<(String, String)>,
    stdin: Input,
    stdout: Output,
    stderr: Output,
    terminal: bool,
    clock: Clock,
    seed: [u8; 32],
    max_descriptors: u32,
    mounts: Vec<(String, Mount)>,
}

#[derive(Debug)]
enum Mount {
    Scratch(Scratch),
    Folder(HostFolder),
    Drive(Drive),
}

impl Default for WasiCtxBuilder {
    fn default() -> WasiCtxBuilder {
        WasiCtxBuilder {
            args: Vec::new(),
            environment: Vec::new(),
            stdin: Input::empty(),
            stdout: Output::buffer(DEFAULT_OUTPUT_LIMIT),
            stderr: Output::buffer(DEFAULT_OUTPUT_LIMIT),
            terminal: false,
            clock: Clock::default(),
            seed: [0; 32],
            max_descriptors: DEFAULT_MAX_DESCRIPTORS,
            mounts: Vec::new(),
        }
    }
}

impl WasiCtxBuilder {
    /// Adds an argument. The first is, by custom, the program's name.
    pub fn arg(mut self, arg: impl Into<String>) -> WasiCtxBuilder {
        self.args.push(arg.into());
        self
    }

    /// Adds arguments.
    pub fn args<A: Into<String>>(mut self, args: impl IntoIterator<Item = A>) -> WasiCtxBuilder {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Adds an environment variable. The guest sees them in the order in which they were added.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> WasiCtxBuilder {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Sets standard input.
    pub fn stdin(mut self, input: Input) -> WasiCtxBuilder {
        self.stdin = input;
        self
    }

    /// Sets standard output.
    pub fn stdout(mut self, output: Output) -> WasiCtxBuilder {
        self.stdout = output;
        self
    }

    /// Sets standard error.
    pub fn stderr(mut self, output: Output) -> WasiCtxBuilder {
        self.stderr = output;
        self
    }

    /// Tells the guest that the standard streams are a terminal. C libraries then write line by line, and programs may
    /// choose colours; the guest sees the difference, so it is not looked up on the host.
    pub fn terminal(mut self, terminal: bool) -> WasiCtxBuilder {
        self.terminal = terminal;
        self
    }

    /// Sets the clocks.
    pub fn clock(mut self, clock: Clock) -> WasiCtxBuilder {
        self.clock = clock;
        self
    }

    /// Sets the seed of the guest's randomness; all zeros unless told otherwise.
    pub fn seed(mut self, seed: [u8; 32]) -> WasiCtxBuilder {
        self.seed = seed;
        self
    }

    /// Sets how many descriptors the guest can have open, the standard streams and the mounts included.
    pub fn max_descriptors(mut self, limit: u32) -> WasiCtxBuilder {
        self.max_descriptors = limit;
        self
    }

    /// Mounts a file system in memory.
    ///
    /// Every mount is a preopened directory: descriptors 3, 4, ... in the order of mounting, under the path as given.
    /// Mounts below other mounts are seen through those as well.
    pub fn mount_scratch(self, path: impl Into<String>, scratch: &Scratch) -> WasiCtxBuilder {
        self.mount(path, Mount::Scratch(scratch.clone()))
    }

    /// Mounts a folder of the host's, to be read only.
    pub fn mount_folder(self, path: impl Into<String>, folder: HostFolder) -> WasiCtxBuilder {
        self.mount(path, Mount::Folder(folder))
    }

    /// Mounts a drive.
    pub fn mount_drive(self, path: impl Into<String>, drive: Drive) -> WasiCtxBuilder {
        self.mount(path, Mount::Drive(drive))
    }

    fn mount(mut self, path: impl Into<String>, mount: Mount) -> WasiCtxBuilder {
        self.mounts.push((path.into(), mount));
        self
    }

    /// Builds the world.
    ///
    /// # Errors
    /// The first thing in the description that can not be.
    pub fn build(self) -> Result<WasiCtx, BuildError> {
        let args = self
            .args
            .into_iter()
            .map(|arg| terminated("argument", arg))
            .collect::<Result<_, _>>()?;
        let environment = self
            .environment
            .into_iter()
            .map(variable)
            .collect::<Result<_, _>>()?;
        let mut table = Table::new(self.max_descriptors);
        let descriptors = streams().into_iter().chain(preopens(self.mounts)?);
        for descriptor in descriptors {
            table
                .insert(descriptor)
                .map_err(|_: Errno| BuildError::TooManyMounts(self.max_descriptors))?;
        }
        Ok(WasiCtx {
            args,
            environment,
            stdin: self.stdin,
            stdout: self.stdout,
            stderr: self.stderr,
            stream_type: if self.terminal {
                FileType::CharacterDevice
            } else {
                FileType::Unknown
            },
            clock: self.clock,
            random: Random::new(&self.seed),
            table,
        })
    }
}

/// A string as C has it.
fn terminated(what: &'static str, text: String) -> Result<Vec<u8>, BuildError> {
    if text.contains('\0') {
        return Err(BuildError::Nul(what, text));
    }
    let mut bytes = text.into_bytes();
    bytes.push(0);
    Ok(bytes)
}

fn variable((name, value): (String, String)) -> Result<Vec<u8>, BuildError> {
    if name.is_empty() || name.contains('=') {
        return Err(BuildError::VariableName(name));
    }
    terminated("environment variable", format!("{name}={value}"))
}

fn streams() -> [Descriptor; 3] {
    let stream = |kind, base| Descriptor {
        kind,
        base,
        inheriting: 0,
        flags: 0,
    };
    [
        stream(Kind::Stdin, rights::INPUT),
        stream(Kind::Output { error: false }, rights::OUTPUT),
        stream(Kind::Output { error: true }, rights::OUTPUT),
    ]
}

fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|name| !name.is_empty())
}

fn check_path(path: &str) -> Result<(), BuildError> {
    let improper =
        |name: &str| name == "." || name == ".." || name.len() > MAX_NAME || name.contains('\0');
    if !path.starts_with('/') || path.len() as u64 > MAX_PATH || names(path).any(improper) {
        return Err(BuildError::MountPath(path.to_owned()));
    }
    Ok(())
}

/// The mounts as descriptors, each with what is mounted below it.
fn preopens(mounts: Vec<(String, Mount)>) -> Result<Vec<Descriptor>, BuildError> {
    let mut tree = MountTree::default();
    let mut paths: Vec<String> = Vec::new();
    for (path, mount) in mounts {
        check_path(&path)?;
        if paths.iter().any(|other| names(other).eq(names(&path))) {
            return Err(BuildError::SameMount(path));
        }
        // Device 1 belongs to directories that only hold mounts.
        let device = paths.len() as u64 + 2;
        let node: NodeRef = match mount {
            Mount::Scratch(scratch) => scratch.node(device),
            Mount::Folder(folder) => folder.into_node(device),
            Mount::Drive(drive) => drive.into_node(device),
        };
        tree.insert(names(&path), node);
        paths.push(path);
    }
    let preopen = |path: String| {
        let node = tree.build(names(&path))?;
        let parent = node.stat().map_or(0, |stat| stat.inode);
        let kind = Kind::Dir {
            node,
            parent,
            preopen: Some(path),
            listing: None,
        };
        let inheriting = rights::DIRECTORY | rights::FILE;
        Some(Descriptor {
            kind,
            base: rights::DIRECTORY,
            inheriting,
            flags: 0,
        })
    };
    Ok(paths.into_iter().filter_map(preopen).collect())
}
