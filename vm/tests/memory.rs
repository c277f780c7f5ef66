//! Large memories cost what is touched of them.
//!
//! One test only: it measures the whole process.

use std::fs::File;

use lockstep_vm::{Engine, Linker, Memory, Module, Store};

/// Resident memory of this process in MiB.
fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        / 1024
}

#[test]
fn a_guest_of_16_gib_pays_for_the_pages_it_touches() {
    // 100 pages scattered over 16 GiB, on both sides of 4 GiB; each is
    // written, read back, and found zero beside what was written.
    let wat = r#"(module (memory (export "memory") i64 262144)
      (func (export "run") (param $count i64) (result i64)
        (local $i i64) (local $addr i64) (local $sum i64)
        (loop $again
          (local.set $addr (i64.mul (local.get $i) (i64.const 171798691)))
          (i64.store (local.get $addr) (i64.add (local.get $i) (i64.const 1)))
          (local.set $sum (i64.add (local.get $sum)
            (i64.add (i64.load (local.get $addr)) (i64.load offset=8 (local.get $addr)))))
          (br_if $again (i64.lt_u
            (local.tee $i (i64.add (local.get $i) (i64.const 1))) (local.get $count))))
        (local.get $sum)))"#;
    let engine = Engine::default();
    let module = Module::new(&engine, &wat::parse_str(wat).unwrap()).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine)
        .instantiate(&mut store, &module)
        .unwrap();
    let run = instance.get_typed_func::<i64, i64>(&store, "run").unwrap();
    assert_eq!(run.call(&mut store, 100).unwrap(), 5050);

    // A file of 8 GiB, nearly all of it a hole, mapped into the same memory:
    // nothing is read but what the guest looks at.
    let file = tempfile::tempfile().unwrap();
    file.set_len(8 << 30).unwrap();
    write_at(&file, b"at the end", (8 << 30) - 10);
    let memory: Memory = instance.get_memory(&store, "memory").unwrap();
    let start = 8 << 30;
    memory
        .map_file(&mut store, start, &file, 0, 8 << 30)
        .unwrap();
    let mut bytes = [0; 10];
    memory
        .read(&store, start + (8 << 30) - 10, &mut bytes)
        .unwrap();
    assert_eq!(&bytes, b"at the end");
    // Writes stay in the guest.
    memory
        .write(&mut store, start + (8 << 30) - 10, b"overwrite!")
        .unwrap();
    let mut in_file = [0; 10];
    std::os::unix::fs::FileExt::read_exact_at(&file, &mut in_file, (8 << 30) - 10).unwrap();
    assert_eq!(&in_file, b"at the end");

    let resident = resident_mib();
    println!("{resident} MiB resident at most");
    assert!(resident < 200, "{resident} MiB resident at most");
}

fn write_at(file: &File, bytes: &[u8], offset: u64) {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset).unwrap();
}
