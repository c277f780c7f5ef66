//! Machine code that was kept: it does what fresh code does, and what is not
//! whole, not ours or not for this engine is refused.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{FileExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use lockstep_vm::{
    CacheError, CodeCache, Config, CpuLevel, Engine, Error, Limits, Linker, Module, Profile, Store,
    Tier, Val,
};

/// Loops, floats, memory, direct and indirect calls, and traps of each.
const PROGRAM: &str = r#"(module
  (type $other (func (param i64)))
  (type $unary (func (param i32) (result i32)))
  (memory (export "memory") 1)
  (table 4 funcref)
  (elem (i32.const 0) $double $fib $wrong)
  (func $wrong (type $other))
  (func $double (type $unary) (i32.shl (local.get 0) (i32.const 1)))
  (func $fib (type $unary)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add
        (call $fib (i32.sub (local.get 0) (i32.const 1)))
        (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  (func (export "run") (param i32 i32) (result i32 f64)
    (local $sum i32) (local $x f64)
    (local.set $x (f64.const 1))
    (loop $again
      (local.set $sum (i32.add (local.get $sum)
        (call_indirect (type $unary) (local.get 0) (local.get 1))))
      (local.set $x (f64.div (local.get $x) (f64.convert_i32_s (i32.sub (local.get 0) (i32.const 3)))))
      (f64.store (i32.mul (local.get 0) (i32.const 3000)) (local.get $x))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $again (i32.ge_s (local.get 0) (i32.const 0))))
    (local.get $sum) (local.get $x)))"#;

const SMALL: &str = r#"(module (func (export "run") (result i32) (i32.const 7)))"#;

fn folder() -> (tempfile::TempDir, CodeCache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = CodeCache::open(folder.path().join("code")).unwrap();
    (folder, cache)
}

fn interpreter() -> Config {
    Config::new().tier(Tier::Interpreter)
}

fn jit() -> Config {
    Config::new().tier(Tier::Jit)
}

fn module(config: &Config, wat: &str) -> Module {
    let engine = Engine::new(config).unwrap();
    Module::new(&engine, &wat::parse_str(wat).unwrap()).unwrap()
}

/// A module all of whose machine code is kept.
fn stored(cache: &CodeCache, config: &Config, wat: &str) -> Module {
    let module = module(config, wat);
    module.compile_all().unwrap();
    let functions = module.function_count() - module.imported_function_count();
    assert_eq!(cache.store(&module).unwrap(), functions as usize);
    module
}

/// All that a run shows.
fn run(module: &Module, args: &[i32], fuel: u64) -> String {
    let mut store = Store::new(module.engine(), ());
    store.set_fuel(fuel);
    let linker = Linker::new(module.engine());
    let instance = linker.instantiate(&mut store, module).unwrap();
    let run = instance.get_func(&store, "run").unwrap();
    let args: Vec<Val> = args.iter().map(|&arg| Val::I32(arg)).collect();
    let mut results = vec![Val::I32(0); run.ty(&store).results().len()];
    let ended = match run.call(&mut store, &args, &mut results) {
        Ok(()) => format!("{results:?}"),
        Err(Error::Trap(info)) => format!("{} {:?}", info.trap, info.frames),
        Err(error) => error.to_string(),
    };
    let memory = instance.get_memory(&store, "memory");
    let hash = memory.map(|memory| blake3::hash(memory.data(&store)));
    format!("{ended} {} {hash:?}", store.fuel())
}

/// Everything that [`PROGRAM`] does, with its traps and too little fuel.
fn runs(module: &Module) -> Vec<String> {
    let mut shown = Vec::new();
    for args in [[5, 0], [9, 1], [5, 2], [5, 3], [5, 4], [30, 0]] {
        for fuel in [1_000_000, 90, 31] {
            shown.push(run(module, &args, fuel));
        }
    }
    shown
}

fn levels() -> impl Iterator<Item = CpuLevel> {
    let levels = CpuLevel::ALL.iter().copied();
    levels.filter(|level| level.is_supported())
}

#[test]
fn kept_code_does_what_fresh_code_does() {
    let plain = runs(&module(&interpreter(), PROGRAM));
    for trap in [
        "indirect call type mismatch",
        "uninitialized element",
        "undefined element",
        "out of bounds",
        "out of fuel",
    ] {
        assert!(plain.iter().any(|shown| shown.contains(trap)), "no {trap}");
    }
    for level in levels() {
        let config = jit().cpu_level(level);
        let (_folder, cache) = folder();
        let fresh = stored(&cache, &config, PROGRAM);
        assert_eq!(runs(&fresh), plain);
        for config in [
            config.clone(),
            config.clone().force_deopt(true),
            config.clone().force_osr(true),
            config.tier(Tier::Auto).tier_up_after(10),
        ] {
            let module = module(&config, PROGRAM);
            assert_eq!(cache.load(&module).unwrap(), Some(4));
            assert_eq!(cache.load(&module).unwrap(), Some(0), "it has everything");
            assert_eq!(runs(&module), plain);
        }
    }
}

#[test]
fn kept_code_is_mapped_from_its_file() {
    let (_folder, cache) = folder();
    let fresh = stored(&cache, &jit(), PROGRAM);
    let path = cache.path(&fresh);
    let mappings = || {
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let path = path.to_str().unwrap();
        maps.lines()
            .filter(|line| line.ends_with(path))
            .map(|line| line.split(' ').nth(1).unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(mappings().is_empty());
    let module = module(&jit(), PROGRAM);
    cache.load(&module).unwrap();
    assert_eq!(mappings(), ["r-xp"]);
    // It stays when the file goes.
    let plain = runs(&fresh);
    assert_eq!(cache.clear().unwrap(), 1);
    assert_eq!(runs(&module), plain);
    drop(module);
    assert!(mappings().is_empty());
}

#[test]
fn an_engine_may_number_types_in_another_way() {
    let plain = runs(&module(&interpreter(), PROGRAM));
    let (_folder, cache) = folder();
    stored(&cache, &jit(), PROGRAM);
    let engine = Engine::new(&jit()).unwrap();
    // Both types of the program get other numbers than in an engine of its own,
    // and the wrong one gets the right one's.
    let others = r#"(module (type (func (param f32))) (type (func (param i64)))
        (type (func (param f64) (result i64))) (type (func (param i32) (result i32))))"#;
    Module::new(&engine, &wat::parse_str(others).unwrap()).unwrap();
    let module = Module::new(&engine, &wat::parse_str(PROGRAM).unwrap()).unwrap();
    assert_eq!(cache.load(&module).unwrap(), Some(4));
    assert_eq!(runs(&module), plain);
}

#[test]
fn what_is_made_later_is_added() {
    let plain = runs(&module(&interpreter(), PROGRAM));
    let (_folder, cache) = folder();
    let first = module(&jit(), PROGRAM);
    assert_eq!(cache.load(&first).unwrap(), None);
    assert_eq!(cache.store(&first).unwrap(), 0);
    assert!(!cache.path(&first).exists());
    run(&first, &[5, 0], 1000);
    assert_eq!(cache.store(&first).unwrap(), 2);
    assert_eq!(cache.store(&first).unwrap(), 0);
    let second = module(&jit(), PROGRAM);
    assert_eq!(cache.load(&second).unwrap(), Some(2));
    assert_eq!(cache.store(&second).unwrap(), 0);
    run(&second, &[5, 1], 1000);
    assert_eq!(cache.store(&second).unwrap(), 1);
    let third = module(&jit(), PROGRAM);
    assert_eq!(cache.load(&third).unwrap(), Some(3));
    assert_eq!(runs(&third), plain);
}

#[test]
fn the_interpreter_has_no_use_for_it() {
    let (_folder, cache) = folder();
    let module = module(&interpreter(), PROGRAM);
    module.compile_all().unwrap();
    assert_eq!(cache.load(&module).unwrap(), None);
    assert_eq!(cache.store(&module).unwrap(), 0);
    assert_eq!(fs::read_dir(cache.folder()).unwrap().count(), 0);
}

/// Has the cache load this instead of what it wrote.
fn load(cache: &CodeCache, module: &Module, bytes: &[u8]) -> Result<Option<usize>, CacheError> {
    fs::write(cache.path(module), bytes).unwrap();
    cache.load(module)
}

#[test]
fn no_byte_may_be_another() {
    let (_folder, cache) = folder();
    let fresh = stored(&cache, &jit(), SMALL);
    let good = fs::read(cache.path(&fresh)).unwrap();
    assert!(good.len() > 2 * 4096 && good.len() < 3 * 4096);
    let module = module(&jit(), SMALL);
    let file = File::options()
        .write(true)
        .open(cache.path(&fresh))
        .unwrap();
    for at in 0..good.len() {
        let changed = good[at] ^ 1 << (at % 8);
        file.write_all_at(&[changed], at as u64).unwrap();
        match cache.load(&module) {
            Err(CacheError::Damaged { .. }) => {}
            Err(CacheError::Foreign { .. }) if at < 136 => {}
            other => panic!("with byte {at} changed: {other:?}"),
        }
        file.write_all_at(&good[at..=at], at as u64).unwrap();
    }
    assert_eq!(cache.load(&module).unwrap(), Some(1));
    assert_eq!(run(&module, &[], 10), run(&fresh, &[], 10));
}

#[test]
fn no_byte_may_be_missing_or_too_many() {
    let (_folder, cache) = folder();
    let fresh = stored(&cache, &jit(), SMALL);
    let good = fs::read(cache.path(&fresh)).unwrap();
    let module = module(&jit(), SMALL);
    let file = File::options()
        .write(true)
        .open(cache.path(&fresh))
        .unwrap();
    // One byte more first, then ever fewer.
    let lengths = (0..=good.len() + 1).rev();
    for len in lengths.filter(|&len| len != good.len()) {
        file.set_len(len as u64).unwrap();
        match cache.load(&module) {
            Err(error @ CacheError::Damaged { .. }) => {
                assert!(error.to_string().contains(&format!("{len} bytes")));
            }
            other => panic!("with {len} bytes: {other:?}"),
        }
    }
    // The bad file is replaced.
    module.compile_all().unwrap();
    assert_eq!(cache.store(&module).unwrap(), 1);
    assert_eq!(fs::read(cache.path(&module)).unwrap(), good);
}

#[track_caller]
fn foreign(result: Result<Option<usize>, CacheError>, wanted: &str) {
    match result {
        Err(error @ CacheError::Foreign { .. }) => {
            assert!(error.to_string().ends_with(wanted), "{error}");
        }
        other => panic!("not for {wanted}: {other:?}"),
    }
}

#[test]
fn what_is_for_something_else_is_refused_and_named() {
    let (_folder, cache) = folder();
    let fresh = stored(&cache, &jit(), SMALL);
    let good = fs::read(cache.path(&fresh)).unwrap();

    let other = module(&jit(), PROGRAM);
    foreign(load(&cache, &other, &good), "is for another module");

    let limits = Limits {
        functions: 10,
        ..Limits::default()
    };
    let profile = Profile {
        limits,
        ..Profile::default()
    };
    let other = module(&jit().profile(profile), SMALL);
    foreign(load(&cache, &other, &good), "is for another profile");

    let own = fresh.engine();
    let others = levels().map(|level| module(&jit().cpu_level(level), SMALL));
    let mut refused = 0;
    for other in others.filter(|other| cache.path(other) != cache.path(&fresh)) {
        foreign(load(&cache, &other, &good), "is for another CPU level");
        refused += 1;
    }
    assert_eq!(refused, levels().count() - 1);

    let other = Module::new(own, &wat::parse_str(SMALL).unwrap()).unwrap();
    for (at, wanted) in [
        (16, "is for another version of the format"),
        (40, "is for another build of the compiler"),
        (20, "is for another way of checking bounds"),
    ] {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        foreign(load(&cache, &other, &bytes), wanted);
    }
    assert_eq!(load(&cache, &other, &good).unwrap(), Some(1));
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_others_can_write_is_refused() {
    let (_folder, cache) = folder();
    let fresh = stored(&cache, &jit(), SMALL);
    let module = module(&jit(), SMALL);
    let path = cache.path(&fresh);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let mode = fs::metadata(cache.folder()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    for (path, good) in [(path.as_path(), 0o644), (cache.folder(), 0o755)] {
        for bad in [good | 0o020, good | 0o002] {
            allow(path, bad);
            match cache.load(&module) {
                Err(error @ CacheError::Exposed { .. }) => {
                    assert!(error.to_string().contains("others may write to it"));
                }
                other => panic!("{} with mode {bad:o}: {other:?}", path.display()),
            }
        }
        if path == cache.folder() {
            module.compile_all().unwrap();
            fs::remove_file(cache.path(&module)).unwrap();
            assert!(matches!(
                cache.store(&module),
                Err(CacheError::Exposed { .. })
            ));
            let again = CodeCache::open(path);
            assert!(matches!(again, Err(CacheError::Exposed { .. })));
            assert_eq!(fs::read_dir(path).unwrap().count(), 0);
        }
        allow(path, good);
        if path != cache.folder() {
            cache.load(&module).unwrap();
        }
    }
}

#[test]
fn only_files_are_read() {
    let (folder, cache) = folder();
    let fresh = stored(&cache, &jit(), SMALL);
    let path = cache.path(&fresh);
    let module = module(&jit(), SMALL);
    let elsewhere = folder.path().join("elsewhere");
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    let error = cache.load(&module).unwrap_err();
    assert!(error.to_string().ends_with("it is a link, not a file"));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let error = cache.load(&module).unwrap_err();
    assert!(error.to_string().ends_with("it is not a file"));
    fs::remove_dir(&path).unwrap();
    let made = Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    let error = cache.load(&module).unwrap_err();
    assert!(error.to_string().ends_with("it is not a file"));
    let error = CodeCache::open(elsewhere.join("below a file")).unwrap_err();
    assert!(error.to_string().starts_with("cannot create the folder"));
    let error = CodeCache::open(&elsewhere).unwrap_err();
    assert!(matches!(error, CacheError::Io { .. }));
}

fn names(cache: &CodeCache) -> Vec<PathBuf> {
    let entries = fs::read_dir(cache.folder()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names
}

fn age(path: &Path, hours: u64) {
    let time = SystemTime::now() - Duration::from_secs(3600 * hours);
    File::options()
        .write(true)
        .open(path)
        .and_then(|file| file.set_modified(time))
        .unwrap();
}

#[test]
fn the_oldest_files_make_room() {
    let (_folder, cache) = folder();
    let wat = |n: u32| format!("(module (func (export \"run\") (result i32) (i32.const {n})))");
    let first = stored(&cache, &jit(), &wat(1));
    let bytes = fs::metadata(cache.path(&first)).unwrap().len();
    let second = stored(&cache, &jit(), &wat(2));
    age(&cache.path(&first), 1);
    age(&cache.path(&second), 2);
    let stem = cache.path(&first).display().to_string();
    let draft = |number: u32| PathBuf::from(format!("{stem}.{number}.new"));
    let foreign = cache.folder().join("README");
    for path in [&draft(1), &draft(2), &foreign] {
        fs::write(path, "x").unwrap();
        age(path, 3);
    }
    age(&draft(2), 0);
    let cache = cache.with_bytes_max(2 * bytes + 100);
    let third = stored(&cache, &jit(), &wat(3));
    let mut left = [
        cache.path(&first),
        cache.path(&third),
        draft(2),
        foreign.clone(),
    ];
    left.sort();
    assert_eq!(names(&cache), left);
    let cache = cache.with_bytes_max(bytes - 1);
    let fourth = module(&jit(), &wat(4));
    fourth.compile_all().unwrap();
    let error = cache.store(&fourth).unwrap_err();
    assert!(matches!(error, CacheError::TooLarge { .. }));
    assert_eq!(names(&cache), left);
    assert_eq!(cache.clear().unwrap(), 2);
    assert_eq!(names(&cache), [foreign]);
}

/// Stores and loads, over and over.
fn use_it(cache: &CodeCache) {
    for _ in 0..20 {
        let fresh = module(&jit(), SMALL);
        fresh.compile_all().unwrap();
        // Written even if another was faster.
        let _ = fs::remove_file(cache.path(&fresh));
        cache.store(&fresh).unwrap();
        let module = module(&jit(), SMALL);
        // Another may have removed it, but nobody finds a part of it.
        cache.load(&module).unwrap();
        assert_eq!(run(&module, &[], 10), run(&fresh, &[], 10));
    }
}

const SHARED: &str = "LOCKSTEP_TEST_CACHE";

#[test]
fn threads_and_processes_share_it() {
    if let Some(folder) = std::env::var_os(SHARED) {
        return use_it(&CodeCache::open(folder).unwrap());
    }
    let (_folder, cache) = folder();
    let child = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "threads_and_processes_share_it"])
            .env(SHARED, cache.folder())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let children = [child(), child(), child()];
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| use_it(&cache));
        }
    });
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let module = stored_or_loaded(&cache);
    assert_eq!(names(&cache), [cache.path(&module)]);
}

fn stored_or_loaded(cache: &CodeCache) -> Module {
    let module = module(&jit(), SMALL);
    if cache.load(&module).unwrap().is_none() {
        module.compile_all().unwrap();
        cache.store(&module).unwrap();
    }
    module
}
