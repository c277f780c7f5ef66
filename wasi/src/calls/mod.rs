//! The functions that a guest can import, in one table.
//!
//! Signatures are written once for both pointer widths: a [`Param::Ptr`] is an i32 for a 32-bit guest and an i64 for a
//! 64-bit one. Every function takes its arguments as u64, zero-extended, and answers an error number (`proc_exit`
//! alone answers nothing, and ends the run).

mod args;
mod clocks;
mod descriptors;
mod directories;
mod files;
mod map;
mod open;
mod paths;
mod poll;
mod process;
mod sockets;

pub use map::{FILE_MAP, MapSource};

use crate::abi::Guest;
use crate::ctx::WasiCtx;
use crate::errno::{Errno, Refusal, Stop};

/// The module under which all of [`CALLS`] are imported.
pub const MODULE: &str = "wasi_snapshot_preview1";

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param {
    /// i32 in every guest: descriptors, flags, codes.
    I32,
    /// i64 in every guest: offsets, rights, times, cookies.
    I64,
    /// A pointer or a size: i32 or i64, as the guest's memory is.
    Ptr,
}

type Handler = fn(&mut WasiCtx, &mut Guest<'_>, Args<'_>) -> Result<(), Refusal>;

/// A function that a guest can import.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// The name it is imported under.
    pub name: &'static str,
    /// The types of its parameters.
    pub params: &'static [Param],
    /// Whether it has a result, an i32 error number.
    pub answers: bool,
    handler: Handler,
}

impl Call {
    /// Runs the function on a guest's world and memory.
    ///
    /// # Errors
    /// A [`Stop`] when the guest is not to go on.
    ///
    /// # Panics
    /// If there are not as many arguments as parameters; the engine checks that when it links.
    pub fn run(
        &self,
        ctx: &mut WasiCtx,
        guest: &mut Guest<'_>,
        args: &[u64],
    ) -> Result<Errno, Stop> {
        assert_eq!(
            args.len(),
            self.params.len(),
            "{} takes {} arguments",
            self.name,
            self.params.len()
        );
        match (self.handler)(ctx, guest, Args(args)) {
            Ok(()) => Ok(Errno::Success),
            Err(Refusal::Errno(errno)) => Ok(errno),
            Err(Refusal::Stop(stop)) => Err(stop),
        }
    }
}

/// The arguments of one call.
#[derive(Clone, Copy)]
pub(crate) struct Args<'a>(&'a [u64]);

impl Args<'_> {
    /// A pointer, a size, or any other number.
    pub(crate) fn u64(self, i: usize) -> u64 {
        self.0[i]
    }

    pub(crate) fn i64(self, i: usize) -> i64 {
        self.0[i] as i64
    }

    /// A descriptor or a code.
    pub(crate) fn u32(self, i: usize) -> u32 {
        self.0[i] as u32
    }

    /// Flags, of which `known` are all that exist.
    pub(crate) fn flags(self, i: usize, known: u16) -> Result<u16, Errno> {
        u16::try_from(self.u32(i))
            .ok()
            .filter(|flags| flags & !known == 0)
            .ok_or(Errno::Inval)
    }
}

const fn call(name: &'static str, params: &'static [Param], handler: Handler) -> Call {
    Call {
        name,
        params,
        answers: true,
        handler,
    }
}

/// All 46 functions of WASI preview 1, ordered by name.
pub const CALLS: &[Call] = {
    use Param::{I32, I64, Ptr};
    &[
        call("args_get", &[Ptr, Ptr], args::args_get),
        call("args_sizes_get", &[Ptr, Ptr], args::args_sizes_get),
        call("clock_res_get", &[I32, Ptr], clocks::clock_res_get),
        call("clock_time_get", &[I32, I64, Ptr], clocks::clock_time_get),
        call("environ_get", &[Ptr, Ptr], args::environ_get),
        call("environ_sizes_get", &[Ptr, Ptr], args::environ_sizes_get),
        call("fd_advise", &[I32, I64, I64, I32], files::fd_advise),
        call("fd_allocate", &[I32, I64, I64], files::fd_allocate),
        call("fd_close", &[I32], descriptors::fd_close),
        call("fd_datasync", &[I32], files::fd_datasync),
        call("fd_fdstat_get", &[I32, Ptr], descriptors::fd_fdstat_get),
        call(
            "fd_fdstat_set_flags",
            &[I32, I32],
            descriptors::fd_fdstat_set_flags,
        ),
        call(
            "fd_fdstat_set_rights",
            &[I32, I64, I64],
            descriptors::fd_fdstat_set_rights,
        ),
        call("fd_filestat_get", &[I32, Ptr], descriptors::fd_filestat_get),
        call(
            "fd_filestat_set_size",
            &[I32, I64],
            files::fd_filestat_set_size,
        ),
        call(
            "fd_filestat_set_times",
            &[I32, I64, I64, I32],
            descriptors::fd_filestat_set_times,
        ),
        call("fd_pread", &[I32, Ptr, Ptr, I64, Ptr], files::fd_pread),
        call(
            "fd_prestat_dir_name",
            &[I32, Ptr, Ptr],
            directories::fd_prestat_dir_name,
        ),
        call("fd_prestat_get", &[I32, Ptr], directories::fd_prestat_get),
        call("fd_pwrite", &[I32, Ptr, Ptr, I64, Ptr], files::fd_pwrite),
        call("fd_read", &[I32, Ptr, Ptr, Ptr], files::fd_read),
        call(
            "fd_readdir",
            &[I32, Ptr, Ptr, I64, Ptr],
            directories::fd_readdir,
        ),
        call("fd_renumber", &[I32, I32], descriptors::fd_renumber),
        call("fd_seek", &[I32, I64, I32, Ptr], files::fd_seek),
        call("fd_sync", &[I32], files::fd_sync),
        call("fd_tell", &[I32, Ptr], files::fd_tell),
        call("fd_write", &[I32, Ptr, Ptr, Ptr], files::fd_write),
        call(
            "path_create_directory",
            &[I32, Ptr, Ptr],
            paths::path_create_directory,
        ),
        call(
            "path_filestat_get",
            &[I32, I32, Ptr, Ptr, Ptr],
            paths::path_filestat_get,
        ),
        call(
            "path_filestat_set_times",
            &[I32, I32, Ptr, Ptr, I64, I64, I32],
            paths::path_filestat_set_times,
        ),
        call(
            "path_link",
            &[I32, I32, Ptr, Ptr, I32, Ptr, Ptr],
            paths::path_link,
        ),
        call(
            "path_open",
            &[I32, I32, Ptr, Ptr, I32, I64, I64, I32, Ptr],
            open::path_open,
        ),
        call(
            "path_readlink",
            &[I32, Ptr, Ptr, Ptr, Ptr, Ptr],
            paths::path_readlink,
        ),
        call(
            "path_remove_directory",
            &[I32, Ptr, Ptr],
            paths::path_remove_directory,
        ),
        call(
            "path_rename",
            &[I32, Ptr, Ptr, I32, Ptr, Ptr],
            paths::path_rename,
        ),
        call(
            "path_symlink",
            &[Ptr, Ptr, I32, Ptr, Ptr],
            paths::path_symlink,
        ),
        call(
            "path_unlink_file",
            &[I32, Ptr, Ptr],
            paths::path_unlink_file,
        ),
        call("poll_oneoff", &[Ptr, Ptr, Ptr, Ptr], poll::poll_oneoff),
        Call {
            name: "proc_exit",
            params: &[I32],
            answers: false,
            handler: process::proc_exit,
        },
        call("proc_raise", &[I32], process::proc_raise),
        call("random_get", &[Ptr, Ptr], process::random_get),
        call("sched_yield", &[], process::sched_yield),
        call("sock_accept", &[I32, I32, Ptr], sockets::sock_accept),
        call(
            "sock_recv",
            &[I32, Ptr, Ptr, I32, Ptr, Ptr],
            sockets::sock_recv,
        ),
        call("sock_send", &[I32, Ptr, Ptr, I32, Ptr], sockets::sock_send),
        call("sock_shutdown", &[I32, I32], sockets::sock_shutdown),
    ]
};
