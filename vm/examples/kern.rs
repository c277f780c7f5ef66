use lockstep_vm::*;
fn main() {
    let dir = "/work/wt/rivals/target/kernels";
    let csv = std::fs::read_to_string("/work/main/benches/kernels/kernels.csv").unwrap();
    let args: Vec<String> = std::env::args().skip(1).collect();
    for line in csv.lines().skip(1) {
        let f: Vec<&str> = line.split(',').collect();
        if !args.is_empty() && !args.iter().any(|a| f[0].contains(a.as_str())) {
            continue;
        }
        let wasm = std::fs::read(format!("{dir}/{}.wasm64.wasm", f[0])).unwrap();
        let engine = Engine::default();
        let module = Module::new(&engine, &wasm).unwrap();
        if std::env::var("LIST").is_ok() {
            for i in module.imported_function_count()..module.function_count() {
                println!(
                    "== {i} {:?}\n{}",
                    module.function_name(i),
                    module.listing(i).unwrap()
                );
            }
            continue;
        }
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine)
            .instantiate(&mut store, &module)
            .unwrap();
        let run = instance.get_typed_func::<i32, i64>(&store, "run").unwrap();
        let n: i32 = f[1].parse().unwrap();
        let ok = run.call(&mut store, n).map(|v| v.to_string() == f[2]);
        let n = (f[3].parse::<f64>().unwrap() / 4.0) as i32;
        store.set_fuel(u64::MAX);
        let t = std::time::Instant::now();
        let r = run.call(&mut store, n);
        let dt = t.elapsed().as_secs_f64();
        println!(
            "{:18} ok {:?} {:8.1} ms  {:6.2} ns/fuel {}",
            f[0],
            ok,
            dt * 1e3,
            dt * 1e9 / store.fuel_consumed() as f64,
            if r.is_err() { "ERR" } else { "" }
        );
    }
}
