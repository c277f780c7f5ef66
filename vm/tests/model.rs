//! Memories and tables against plain vectors, under random instructions and
//! the embedder's own access.

use std::fs::File;
use std::os::unix::fs::FileExt;

use lockstep_vm::{
    Config, Engine, Error, ExternRef, Func, Instance, Limits, Linker, Memory, Module, Outcome,
    Profile, Store, Table, Trap, Val,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The profile's limit on the pages of a memory; the guest's own is higher.
const LIMIT_PAGES: u64 = 5;
/// The guest's declared maximum of its second memory.
const MOST_PAGES: u64 = 4;
const PAGE: u64 = 65536;

/// The profile's limit on the elements of a table, and the guest's maximum of
/// its second table.
const LIMIT_ELEMENTS: u64 = 3000;
const MOST_ELEMENTS: u64 = 2000;

/// A memory or table of the guest.
type Which = usize;

/// A place that may lie outside: near a page's edge, or near a power of two.
fn places() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => (0..=LIMIT_PAGES, -9000i64..9000).prop_map(|(page, by)| (page * PAGE).wrapping_add_signed(by)),
        2 => 0..LIMIT_PAGES * PAGE,
        1 => (0u32..64, -9i64..9).prop_map(|(bit, by)| (1u64 << bit).wrapping_add_signed(by)),
    ]
}

fn lengths() -> impl Strategy<Value = u64> {
    prop_oneof![
        2 => 0u64..40,
        4 => 0u64..20_000,
        1 => 0..LIMIT_PAGES * PAGE,
        1 => (0u32..64, -9i64..9).prop_map(|(bit, by)| (1u64 << bit).wrapping_add_signed(by)),
    ]
}

/// Index of an element, or a number of them.
fn elements() -> impl Strategy<Value = u64> {
    prop_oneof![
        6 => 0..LIMIT_ELEMENTS + 9,
        1 => (0u32..64, -9i64..9).prop_map(|(bit, by)| (1u64 << bit).wrapping_add_signed(by)),
    ]
}

#[derive(Clone, Debug)]
enum MemoryOp {
    Grow(Which, u64),
    Store(Which, u64, u64),
    Load(Which, u64),
    Fill(Which, u64, u8, u64),
    Copy(Which, Which, [u64; 3]),
    Init(Which, [u64; 3]),
    Drop,
    HostWrite(Which, u64, Vec<u8>),
    HostGrow(Which, u64),
    MapFile(Which, u64, u64, u64),
}

fn memory_ops() -> impl Strategy<Value = MemoryOp> {
    use MemoryOp as M;
    let pages = || prop_oneof![4 => 0u64..3, 1 => lengths()];
    let mapped = || 0u64..9;
    prop_oneof![
        2 => (0usize..2, pages()).prop_map(|(m, n)| M::Grow(m, n)),
        2 => (0usize..2, places(), any::<u64>()).prop_map(|(m, at, v)| M::Store(m, at, v)),
        2 => (0usize..2, places()).prop_map(|(m, at)| M::Load(m, at)),
        3 => (0usize..2, places(), any::<u8>(), lengths()).prop_map(|(m, at, v, n)| M::Fill(m, at, v, n)),
        5 => (0usize..2, 0usize..2, places(), places(), lengths())
            .prop_map(|(to, from, at, source, n)| M::Copy(to, from, [at, source, n])),
        3 => (0usize..2, places(), 0u64..SEGMENT as u64 + 9, 0u64..SEGMENT as u64 + 9)
            .prop_map(|(m, at, from, n)| M::Init(m, [at, from, n])),
        1 => Just(M::Drop),
        1 => (0usize..2, places(), prop::collection::vec(any::<u8>(), 0..50)).prop_map(|(m, at, b)| M::HostWrite(m, at, b)),
        1 => (0usize..2, pages()).prop_map(|(m, n)| M::HostGrow(m, n)),
        2 => (0usize..2, 0u64..90, mapped(), mapped()).prop_map(|(m, at, from, n)| M::MapFile(m, at, from, n)),
    ]
}

/// Bytes of the guest's data segment.
const SEGMENT: usize = 9000;

fn segment() -> Vec<u8> {
    (0..SEGMENT).map(|i| (i * 7 + i / 256) as u8 | 1).collect()
}

/// A guest with a 32-bit and a 64-bit memory and table, whose exports are one
/// instruction each.
fn guest() -> Vec<u8> {
    let data: String = segment()
        .iter()
        .map(|byte| format!("\\{byte:02x}"))
        .collect();
    let mut funcs = String::new();
    let ty = ["i32", "i64"];
    let gets = |types: &[&str]| -> (String, String) {
        let gets = (0..types.len()).map(|i| format!("(local.get {i})"));
        (types.join(" "), gets.collect())
    };
    for to in 0..2 {
        let at = ty[to];
        let mut export = |name: String, params: &[&str], result: &str, op: String| {
            let (types, gets) = gets(params);
            funcs += &format!(
                "(func (export \"{name}\") (param {types}) (result {result}) ({op} {gets}))\n"
            );
        };
        export(format!("grow{to}"), &[at], at, format!("memory.grow {to}"));
        export(
            format!("store{to}"),
            &[at, "i64"],
            "",
            format!("i64.store {to}"),
        );
        export(format!("load{to}"), &[at], "i64", format!("i64.load {to}"));
        export(
            format!("fill{to}"),
            &[at, "i32", at],
            "",
            format!("memory.fill {to}"),
        );
        export(
            format!("init{to}"),
            &[at, "i32", "i32"],
            "",
            format!("memory.init {to} $d"),
        );
        let value = "externref";
        export(
            format!("tgrow{to}"),
            &[value, at],
            at,
            format!("table.grow {to}"),
        );
        export(
            format!("tset{to}"),
            &[at, value],
            "",
            format!("table.set {to}"),
        );
        export(format!("tget{to}"), &[at], value, format!("table.get {to}"));
        export(
            format!("tfill{to}"),
            &[at, value, at],
            "",
            format!("table.fill {to}"),
        );
        export(
            format!("tinit{to}"),
            &[at, "i32", "i32"],
            "",
            format!("table.init {to} $e"),
        );
        for from in 0..2 {
            // A length is 64 bits wide only if both sides are.
            let length = ty[to.min(from)];
            let params = [at, ty[from], length];
            export(
                format!("copy{to}{from}"),
                &params,
                "",
                format!("memory.copy {to} {from}"),
            );
            export(
                format!("tcopy{to}{from}"),
                &params,
                "",
                format!("table.copy {to} {from}"),
            );
        }
    }
    let wat = format!(
        r#"(module
          (memory (export "m0") 1) (memory (export "m1") i64 1 {MOST_PAGES})
          (table (export "t0") 9 externref) (table (export "t1") i64 9 {MOST_ELEMENTS} externref)
          (import "host" "a" (global $a externref)) (import "host" "b" (global $b externref))
          (data $d "{data}")
          (elem $e externref {items})
          (func (export "drop") (data.drop $d)) (func (export "tdrop") (elem.drop $e))
          {funcs})"#,
        items = "(global.get $a) (ref.null extern) (global.get $b)".repeat(ITEMS / 3),
    );
    let imports = wat.find("(import").expect("there are imports");
    // Imports must come before everything else.
    let (before, after) = wat.split_at(imports);
    let end = after.find("(data").expect("there is data");
    let wat = before.replacen("(module", &format!("(module {}", &after[..end]), 1) + &after[end..];
    wat::parse_str(&wat).unwrap_or_else(|e| panic!("{e}"))
}

/// Elements of the guest's element segment.
const ITEMS: usize = 900;

fn items() -> Vec<Option<u32>> {
    [Some(1), None, Some(2)].repeat(ITEMS / 3)
}

struct World {
    store: Store<()>,
    instance: Instance,
    memories: [Memory; 2],
    tables: [Table; 2],
    /// Fuel that a call is given at a time; it rests between.
    slice: u64,
}

impl World {
    fn new(engine: &Engine, module: &Module, slice: u64) -> World {
        let mut store = Store::new(engine, ());
        let mut linker = Linker::new(engine);
        for (name, number) in [("a", 1), ("b", 2)] {
            let ty = module
                .imports()
                .find(|import| import.name() == name)
                .map(|import| import.ty().clone());
            let Some(lockstep_vm::ExternType::Global(ty)) = ty else {
                panic!("the guest imports {name}");
            };
            let value = Val::ExternRef(Some(ExternRef(number)));
            let global = lockstep_vm::Global::new(&mut store, ty, value).unwrap();
            linker.define("host", name, global).unwrap();
        }
        let instance = linker.instantiate(&mut store, module).unwrap();
        let memory = |name| instance.get_memory(&store, name).unwrap();
        let table = |name| instance.get_table(&store, name).unwrap();
        World {
            memories: [memory("m0"), memory("m1")],
            tables: [table("t0"), table("t1")],
            store,
            instance,
            slice,
        }
    }

    /// Calls an export whose integers are 32 or 64 bits wide as its type
    /// says. Resumes it for as long as it wants fuel.
    fn call(&mut self, name: &str, arguments: &[Val]) -> Result<Vec<Val>, Trap> {
        let func: Func = self.instance.get_func(&self.store, name).unwrap();
        self.store.set_fuel(self.slice);
        let mut outcome = func.start(&mut self.store, arguments);
        loop {
            match outcome {
                Ok(Outcome::Done(values)) => return Ok(values),
                Ok(Outcome::OutOfFuel(paused)) => {
                    let left = self.store.fuel();
                    self.store.set_fuel(left + self.slice);
                    outcome = paused.resume(&mut self.store);
                }
                Err(error) => return Err(error.as_trap().unwrap_or_else(|| panic!("{error}"))),
                other => panic!("{other:?}"),
            }
        }
    }
}

/// A number as an address of memory or table `which` sees it.
fn index(which: Which, value: u64) -> (Val, u64) {
    match which {
        0 => (Val::I32(value as i32), u64::from(value as u32)),
        _ => (Val::I64(value as i64), value),
    }
}

fn number(value: &Val) -> u64 {
    match *value {
        Val::I32(value) => u64::from(value as u32),
        Val::I64(value) => value as u64,
        _ => panic!("{value:?} is no number"),
    }
}

/// What growing gives: the old size, or -1 in the width of the index.
fn grown(which: Which, old: Option<u64>) -> u64 {
    old.unwrap_or([u64::from(u32::MAX), u64::MAX][which])
}

/// `len` items from `at` of something that has `size`.
fn range(at: u64, len: u64, size: usize) -> Option<std::ops::Range<usize>> {
    let end = at.checked_add(len).filter(|&end| end <= size as u64)?;
    Some(at as usize..end as usize)
}

/// The plain vectors that memories or tables are compared with.
struct Model<T> {
    of: [Vec<T>; 2],
    /// The segment; empty once it is dropped.
    segment: Vec<T>,
    most: [u64; 2],
}

impl<T: Copy> Model<T> {
    fn grow(&mut self, which: Which, by: u64, unit: u64, value: T) -> Option<u64> {
        let old = self.of[which].len() as u64 / unit;
        let new = old.checked_add(by).filter(|&new| new <= self.most[which])?;
        self.of[which].resize((new * unit) as usize, value);
        Some(old)
    }

    fn fill(&mut self, which: Which, at: u64, len: u64, value: T) -> Option<()> {
        let range = range(at, len, self.of[which].len())?;
        self.of[which][range].fill(value);
        Some(())
    }

    fn copy(&mut self, to: Which, from: Which, at: u64, source: u64, len: u64) -> Option<()> {
        let source = range(source, len, self.of[from].len())?;
        let target = range(at, len, self.of[to].len())?;
        let values = self.of[from][source].to_vec();
        self.of[to][target].copy_from_slice(&values);
        Some(())
    }

    fn init(&mut self, which: Which, [at, from, len]: [u64; 3]) -> Option<()> {
        let source = range(from, len, self.segment.len())?;
        let target = range(at, len, self.of[which].len())?;
        self.of[which][target].copy_from_slice(&self.segment[source]);
        Some(())
    }
}

/// One instruction or access, to the guest and to the model.
fn memory_op(world: &mut World, model: &mut Model<u8>, file: &File, op: &MemoryOp) {
    use MemoryOp as M;
    let outside = Trap::MemoryOutOfBounds;
    let nothing = |done: Option<()>| done.map(|()| Vec::new()).ok_or(outside);
    match op {
        &M::Grow(m, by) => {
            let (argument, by) = index(m, by);
            let old = world.call(&format!("grow{m}"), &[argument]).unwrap();
            assert_eq!(number(&old[0]), grown(m, model.grow(m, by, PAGE, 0)));
        }
        &M::HostGrow(m, by) => {
            let old = world.memories[m].grow(&mut world.store, by).unwrap();
            assert_eq!(old, model.grow(m, by, PAGE, 0));
        }
        &M::Store(m, at, value) => {
            let (argument, at) = index(m, at);
            let got = world.call(&format!("store{m}"), &[argument, Val::I64(value as i64)]);
            let place = range(at, 8, model.of[m].len());
            let done = place.map(|place| model.of[m][place].copy_from_slice(&value.to_le_bytes()));
            assert_eq!(got, nothing(done));
        }
        &M::Load(m, at) => {
            let (argument, at) = index(m, at);
            let got = world.call(&format!("load{m}"), &[argument]);
            let place = range(at, 8, model.of[m].len());
            let bytes = place.map(|place| model.of[m][place].try_into().unwrap());
            let value = bytes.map(|bytes| vec![Val::I64(i64::from_le_bytes(bytes))]);
            assert_eq!(got, value.ok_or(outside));
        }
        &M::Fill(m, at, value, len) => {
            let ((to, at), (count, len)) = (index(m, at), index(m, len));
            // Only the lowest byte of the value counts.
            let word = Val::I32(i32::from(value) | 0x5500);
            let got = world.call(&format!("fill{m}"), &[to, word, count]);
            assert_eq!(got, nothing(model.fill(m, at, len, value)));
        }
        &M::Copy(to, from, [at, source, len]) => {
            let ((a, at), (b, source)) = (index(to, at), index(from, source));
            let (c, len) = index(to.min(from), len);
            let got = world.call(&format!("copy{to}{from}"), &[a, b, c]);
            assert_eq!(got, nothing(model.copy(to, from, at, source, len)));
        }
        &M::Init(m, [at, from, len]) => {
            let ((a, at), (b, from), (c, len)) = (index(m, at), index(0, from), index(0, len));
            let got = world.call(&format!("init{m}"), &[a, b, c]);
            assert_eq!(got, nothing(model.init(m, [at, from, len])));
        }
        M::Drop => {
            world.call("drop", &[]).unwrap();
            model.segment.clear();
        }
        M::HostWrite(m, at, bytes) => {
            let written = world.memories[*m].write(&mut world.store, *at, bytes);
            match range(*at, bytes.len() as u64, model.of[*m].len()) {
                Some(place) => {
                    written.unwrap();
                    model.of[*m][place].copy_from_slice(bytes);
                }
                None => assert!(matches!(written, Err(Error::Usage(_)))),
            }
        }
        &M::MapFile(m, at, from, len) => map_file(world, model, file, m, [at, from, len]),
    }
}

/// Host pages of the file that is mapped; as many are zero beyond its end.
const FILE_PAGES: u64 = 8;

fn map_file(world: &mut World, model: &mut Model<u8>, file: &File, m: Which, pages: [u64; 3]) {
    let [at, from, len] = pages.map(|page| page * Memory::MAP_PAGE);
    let len = len.min(FILE_PAGES * Memory::MAP_PAGE - from.min(FILE_PAGES * Memory::MAP_PAGE));
    let mapped = world.memories[m].map_file(&mut world.store, at, file, from, len);
    match range(at, len, model.of[m].len()) {
        Some(place) => {
            mapped.unwrap();
            file.read_exact_at(&mut model.of[m][place], from).unwrap();
        }
        None => assert!(matches!(mapped, Err(Error::Usage(_)))),
    }
    for wrong in [
        [at + 1, from, len],
        [at, from + 8, len],
        [at, from, len + 512],
    ] {
        let [at, from, len] = wrong;
        let refused = world.memories[m].map_file(&mut world.store, at, file, from, len);
        assert!(matches!(refused, Err(Error::Usage(_))), "{wrong:?}");
    }
}

#[derive(Clone, Debug)]
enum TableOp {
    Grow(Which, u64, Option<u32>),
    Set(Which, u64, Option<u32>),
    Get(Which, u64),
    Fill(Which, u64, Option<u32>, u64),
    Copy(Which, Which, [u64; 3]),
    Init(Which, [u64; 3]),
    Drop,
    HostSet(Which, u64, Option<u32>),
    HostGrow(Which, u64, Option<u32>),
}

fn table_ops() -> impl Strategy<Value = TableOp> {
    use TableOp as T;
    let value = || prop::option::of(any::<u32>());
    prop_oneof![
        2 => (0usize..2, elements(), value()).prop_map(|(t, n, v)| T::Grow(t, n, v)),
        2 => (0usize..2, elements(), value()).prop_map(|(t, at, v)| T::Set(t, at, v)),
        2 => (0usize..2, elements()).prop_map(|(t, at)| T::Get(t, at)),
        3 => (0usize..2, elements(), value(), elements()).prop_map(|(t, at, v, n)| T::Fill(t, at, v, n)),
        5 => (0usize..2, 0usize..2, elements(), elements(), elements())
            .prop_map(|(to, from, at, source, n)| T::Copy(to, from, [at, source, n / 3])),
        3 => (0usize..2, elements(), 0u64..ITEMS as u64 + 9, 0u64..ITEMS as u64 + 9)
            .prop_map(|(t, at, from, n)| T::Init(t, [at, from, n])),
        1 => Just(T::Drop),
        1 => (0usize..2, elements(), value()).prop_map(|(t, at, v)| T::HostSet(t, at, v)),
        1 => (0usize..2, 0u64..400, value()).prop_map(|(t, n, v)| T::HostGrow(t, n, v)),
    ]
}

fn reference(value: Option<u32>) -> Val {
    Val::ExternRef(value.map(ExternRef))
}

fn table_op(world: &mut World, model: &mut Model<Option<u32>>, op: &TableOp) {
    use TableOp as T;
    let outside = Trap::TableOutOfBounds;
    let nothing = |done: Option<()>| done.map(|()| Vec::new()).ok_or(outside);
    match *op {
        T::Grow(t, by, value) => {
            let (argument, by) = index(t, by);
            let old = world.call(&format!("tgrow{t}"), &[reference(value), argument]);
            assert_eq!(
                number(&old.unwrap()[0]),
                grown(t, model.grow(t, by, 1, value))
            );
        }
        T::HostGrow(t, by, value) => {
            let old = world.tables[t].grow(&mut world.store, by, reference(value));
            assert_eq!(old.unwrap(), model.grow(t, by, 1, value));
        }
        T::Set(t, at, value) => {
            let (argument, at) = index(t, at);
            let got = world.call(&format!("tset{t}"), &[argument, reference(value)]);
            assert_eq!(got, nothing(model.fill(t, at, 1, value)));
        }
        T::HostSet(t, at, value) => {
            let set = world.tables[t].set(&mut world.store, at, reference(value));
            assert_eq!(set.is_ok(), model.fill(t, at, 1, value).is_some());
        }
        T::Get(t, at) => {
            let (argument, at) = index(t, at);
            let got = world.call(&format!("tget{t}"), &[argument]);
            let value = range(at, 1, model.of[t].len()).map(|place| model.of[t][place][0]);
            assert_eq!(
                got,
                value.map(|value| vec![reference(value)]).ok_or(outside)
            );
            assert_eq!(world.tables[t].get(&world.store, at), value.map(reference));
        }
        T::Fill(t, at, value, len) => {
            let ((to, at), (count, len)) = (index(t, at), index(t, len));
            let got = world.call(&format!("tfill{t}"), &[to, reference(value), count]);
            assert_eq!(got, nothing(model.fill(t, at, len, value)));
        }
        T::Copy(to, from, [at, source, len]) => {
            let ((a, at), (b, source)) = (index(to, at), index(from, source));
            let (c, len) = index(to.min(from), len);
            let got = world.call(&format!("tcopy{to}{from}"), &[a, b, c]);
            assert_eq!(got, nothing(model.copy(to, from, at, source, len)));
        }
        T::Init(t, [at, from, len]) => {
            let ((a, at), (b, from), (c, len)) = (index(t, at), index(0, from), index(0, len));
            let got = world.call(&format!("tinit{t}"), &[a, b, c]);
            assert_eq!(got, nothing(model.init(t, [at, from, len])));
        }
        T::Drop => {
            world.call("tdrop", &[]).unwrap();
            model.segment.clear();
        }
    }
}

fn engine() -> Engine {
    let limits = Limits {
        memory_pages: LIMIT_PAGES,
        table_elements: LIMIT_ELEMENTS,
        ..Limits::default()
    };
    let profile = Profile {
        limits,
        ..Profile::default()
    };
    Engine::new(&Config::new().profile(profile)).unwrap()
}

/// A third of the usual number of cases, the same ones every time unless the
/// environment asks for others.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    let rng_seed = match usual.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed => fixed,
    };
    ProptestConfig {
        cases: usual.cases.div_ceil(3),
        failure_persistence: None,
        rng_seed,
        ..usual
    }
}

/// Fuel of a slice: one page of a bulk instruction at a time, or all.
fn slices() -> impl Strategy<Value = u64> {
    prop_oneof![Just(64), 64u64..200, Just(1 << 40)]
}

#[test]
fn memories_are_vectors_of_bytes() {
    let engine = engine();
    let module = Module::new(&engine, &guest()).unwrap();
    let file = tempfile::tempfile().unwrap();
    let bytes: Vec<u8> = (0..FILE_PAGES * Memory::MAP_PAGE)
        .map(|i| (i / 5) as u8)
        .collect();
    file.write_all_at(&bytes, 0).unwrap();
    let ops = (slices(), prop::collection::vec(memory_ops(), 1..60));
    proptest!(config(), |((slice, ops) in ops)| {
        let mut world = World::new(&engine, &module, slice);
        let mut model = Model {
            of: [vec![0; PAGE as usize], vec![0; PAGE as usize]],
            segment: segment(),
            most: [LIMIT_PAGES, MOST_PAGES],
        };
        for op in &ops {
            memory_op(&mut world, &mut model, &file, op);
            for (memory, bytes) in world.memories.iter().zip(&model.of) {
                prop_assert!(memory.data(&world.store) == &bytes[..], "after {:?}", op);
            }
        }
    });
    let mut after = vec![0; bytes.len()];
    file.read_exact_at(&mut after, 0).unwrap();
    assert!(after == bytes, "a guest wrote to the file");
}

#[test]
fn tables_are_vectors_of_references() {
    let engine = engine();
    let module = Module::new(&engine, &guest()).unwrap();
    let ops = (slices(), prop::collection::vec(table_ops(), 1..60));
    proptest!(config(), |((slice, ops) in ops)| {
        let mut world = World::new(&engine, &module, slice);
        let mut model = Model {
            of: [vec![None; 9], vec![None; 9]],
            segment: items(),
            most: [LIMIT_ELEMENTS, MOST_ELEMENTS],
        };
        for op in &ops {
            table_op(&mut world, &mut model, op);
            for (table, values) in world.tables.iter().zip(&model.of) {
                prop_assert_eq!(table.size(&world.store), values.len() as u64);
                for (at, &value) in values.iter().enumerate() {
                    let found = table.get(&world.store, at as u64);
                    prop_assert!(found == Some(reference(value)), "element {} after {:?}", at, op);
                }
            }
        }
    });
}
