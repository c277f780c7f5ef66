//! The options that describe the guest's world.

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use clap::Args;
use lockstep_wasi::clock::DEFAULT_START;
use lockstep_wasi::{Clock, ClockSource, Drive, HostFolder, WasiCtx, WasiCtxBuilder};

use super::time;
use crate::drive;
use crate::error::{Failure, on_file};

/// Where a drive appears in the guest.
const DRIVE_PATH: &str = "/data";

/// Everything a guest can see of the host. By default that is nothing but its arguments and the standard streams.
#[derive(Debug, Args)]
#[command(next_help_heading = "The guest's world")]
pub(crate) struct World {
    /// Let the guest read a folder, under the absolute path GUEST (default: /). May be repeated.
    #[arg(long, value_name = "HOST[:GUEST]", value_parser = mount)]
    mount: Vec<(PathBuf, String)>,
    /// Mount the drive in this folder at /data; `default` is the drive that `lockstep drive` uses.
    #[arg(long, value_name = "PATH")]
    drive: Option<PathBuf>,
    /// Set an environment variable of the guest. May be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = variable)]
    env: Vec<(String, String)>,
    /// Seed of the guest's random numbers: a number, or 64 hexadecimal digits.
    #[arg(long, value_name = "SEED", default_value = "0", value_parser = seed)]
    seed: [u8; 32],
    /// Time at which the guest's clock starts: 2024-01-31, 2024-01-31T12:00:00Z, or seconds since 1970.
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    clock_start: Option<u64>,
    /// What moves the clock: `step=N` (N nanoseconds per reading), `fuel=N` (a microsecond per N fuel), or `host`
    /// (the real time: two runs will differ).
    #[arg(long, value_name = "SOURCE", default_value = "step=1000", value_parser = clock)]
    clock: ClockSource,
}

impl World {
    /// Builds the world of a guest that is called with these arguments, the program's name first.
    ///
    /// # Errors
    /// If a folder or the drive can not be opened, or a part of the description can not be.
    pub(crate) fn build(
        &self,
        args: &[String],
        streams: impl FnOnce(WasiCtxBuilder) -> WasiCtxBuilder,
    ) -> Result<WasiCtx, Failure> {
        let start = self.clock_start.unwrap_or(DEFAULT_START);
        let mut builder = WasiCtx::builder()
            .args(args)
            .seed(self.seed)
            .clock(Clock::new(self.clock, start));
        for (name, value) in &self.env {
            builder = builder.env(name, value);
        }
        for (host, guest) in &self.mount {
            let folder = HostFolder::open(host).map_err(on_file("mount the folder", host))?;
            builder = builder.mount_folder(guest, folder);
        }
        if let Some(path) = &self.drive {
            let path = Some(path.as_path()).filter(|path| *path != Path::new("default"));
            let store = drive::open_existing(path)?;
            builder = builder.mount_drive(DRIVE_PATH, Drive::whole(store));
        }
        streams(builder).build().map_err(Failure::usage)
    }
}

/// `HOST:GUEST` if what follows the last colon is an absolute path; otherwise all of it is the host's.
fn mount(text: &str) -> Result<(PathBuf, String), String> {
    let (host, guest) = match text.rsplit_once(':') {
        Some((host, guest)) if guest.starts_with('/') => (host, guest),
        _ => (text, "/"),
    };
    if host.is_empty() {
        return Err("there is no folder before the colon".to_owned());
    }
    Ok((host.into(), guest.to_owned()))
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}

fn seed(text: &str) -> Result<[u8; 32], String> {
    let mut seed = [0; 32];
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        for (byte, digits) in seed.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = String::from_utf8_lossy(digits);
            *byte = u8::from_str_radix(&digits, 16).map_err(|error| error.to_string())?;
        }
        return Ok(seed);
    }
    let number = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let number =
        number.map_err(|_| "expected a number below 2^64, or 64 hexadecimal digits".to_owned())?;
    seed[..8].copy_from_slice(&number.to_le_bytes());
    Ok(seed)
}

fn clock(text: &str) -> Result<ClockSource, String> {
    let wrong =
        || "expected step=NANOSECONDS, fuel=PER_MICROSECOND (at least 1) or host".to_owned();
    match text.split_once('=') {
        None if text == "host" => Ok(ClockSource::Host),
        Some(("step", number)) => {
            let nanoseconds = number.parse().map_err(|_| wrong())?;
            Ok(ClockSource::Step { nanoseconds })
        }
        Some(("fuel", number)) => {
            let per_microsecond: NonZeroU64 = number.parse().map_err(|_| wrong())?;
            Ok(ClockSource::Fuel { per_microsecond })
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_are_split_at_the_guest_s_path() {
        let mounted = |text| mount(text).map(|(host, guest)| (host.display().to_string(), guest));
        let pair = |host: &str, guest: &str| Ok((host.to_owned(), guest.to_owned()));
        assert_eq!(mounted("a/b"), pair("a/b", "/"));
        assert_eq!(mounted("a:/b"), pair("a", "/b"));
        assert_eq!(mounted("a:b"), pair("a:b", "/"));
        assert_eq!(mounted("a:b:/c"), pair("a:b", "/c"));
        assert!(mounted(":/c").is_err());
    }

    #[test]
    fn seeds_are_numbers_or_all_the_bytes() {
        assert_eq!(seed("258").unwrap()[..3], [2, 1, 0]);
        assert_eq!(seed("0x0102").unwrap()[..3], [2, 1, 0]);
        assert_eq!(seed(&"0a".repeat(32)).unwrap(), [10; 32]);
        assert!(seed("x").is_err() && seed("-1").is_err() && seed("").is_err());
    }

    #[test]
    fn clocks_have_three_sources() {
        assert_eq!(clock("step=0"), Ok(ClockSource::Step { nanoseconds: 0 }));
        assert_eq!(clock("host"), Ok(ClockSource::Host));
        assert!(clock("fuel=250").is_ok());
        for bad in ["fuel=0", "fuel", "step=", "step=-1", "hosts", ""] {
            assert!(clock(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn variables_have_a_name() {
        assert_eq!(variable("A=b=c"), Ok(("A".to_owned(), "b=c".to_owned())));
        assert!(variable("A").is_err() && variable("=b").is_err());
    }
}
