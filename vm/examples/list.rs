use lockstep_vm::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let e = Engine::default();
    let m = Module::new(&e, &std::fs::read(&a[1]).unwrap()).unwrap();
    let i = m.find_function(&a[2]).unwrap();
    println!("{}", m.listing(i).unwrap());
}
