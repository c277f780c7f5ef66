use lockstep_llama::*;
use lockstep_vm::{Memory, *};
use lockstep_wasi::*;
struct G {
    store: Store<WasiCtx>,
    instance: Instance,
    memory: Memory,
}
impl Machine for G {
    fn call(
        &mut self,
        export: &str,
        args: &[Value],
    ) -> Result<Option<Value>, lockstep_llama::Error> {
        let f = self.instance.get_func(&self.store, export).unwrap();
        let a: Vec<Val> = args
            .iter()
            .map(|v| match v {
                Value::I32(x) => Val::I32(*x),
                Value::I64(x) => Val::I64(*x),
            })
            .collect();
        let n = f.ty(&self.store).results().len();
        let mut r = vec![Val::I32(0); n];
        if let Err(e) = f.call(&mut self.store, &a, &mut r) {
            println!(
                "{export}: {e}\nstderr: {}",
                String::from_utf8_lossy(self.store.data().stderr())
            );
            panic!()
        }
        Ok(r.first().map(|v| match v {
            Val::I32(x) => Value::I32(*x),
            Val::I64(x) => Value::I64(*x),
            _ => panic!(),
        }))
    }
    fn read(&self, a: u64, b: &mut [u8]) -> Result<(), lockstep_llama::Error> {
        self.memory.read(&self.store, a, b).unwrap();
        Ok(())
    }
    fn write(&mut self, a: u64, b: &[u8]) -> Result<(), lockstep_llama::Error> {
        self.memory.write(&mut self.store, a, b).unwrap();
        Ok(())
    }
    fn fuel_consumed(&self) -> u64 {
        self.store.fuel_consumed()
    }
    fn memory_state(&self) -> (u64, [u8; 32]) {
        let d = self.memory.data(&self.store);
        (d.len() as u64, *blake3::hash(d).as_bytes())
    }
}
fn main() {
    let model = std::env::args().nth(1).unwrap();
    let n: u32 = std::env::args().nth(2).unwrap().parse().unwrap();
    let t = std::time::Instant::now();
    let engine = Engine::default();
    let module = Module::new(&engine, &std::fs::read("/work/plan/llama.wasm").unwrap()).unwrap();
    println!("parse+validate {:?}", t.elapsed());
    let t = std::time::Instant::now();
    module.compile_all().unwrap();
    println!("lower {:?}", t.elapsed());
    let folder = HostFolder::open("/work/plan").unwrap();
    let ctx = WasiCtx::builder()
        .mount_folder("/m", folder)
        .build()
        .unwrap();
    let mut store = Store::new(&engine, ctx);
    let mut linker = Linker::new(&engine);
    link::add_to_linker(&mut linker, PtrWidth::of(&module), |c| c).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let memory = instance.get_memory(&store, "memory").unwrap();
    let t = std::time::Instant::now();
    let mut llama = Llama::load(
        Box::new(G {
            store,
            instance,
            memory,
        }),
        &format!("/m/{model}"),
        &LlamaOptions::default(),
    )
    .unwrap();
    println!("load {:?} {:?}", t.elapsed(), llama.facts());
    let t = std::time::Instant::now();
    let mut first = None;
    let mut g = Generate::default();
    g.max_tokens = n;
    let chat = llama.facts().chat;
    let mut listener = |text: &str| {
        if first.is_none() {
            first = Some(t.elapsed());
        }
        print!("{text}");
        use std::io::Write;
        std::io::stdout().flush().unwrap();
        std::ops::ControlFlow::Continue(())
    };
    let a = if chat {
        llama.chat(
            &[Message::new("user", "Why is the sky blue?")],
            &g,
            &mut listener,
        )
    } else {
        llama.complete("Why is the sky blue? Because", &g, &mut listener)
    }
    .unwrap();
    let dt = t.elapsed();
    println!(
        "\n{:?}\nfirst {:?} total {:?}: {} prompt; decode {:.2} tok/s prefill {:.2}",
        a.stats,
        first,
        dt,
        a.stats.prompt_tokens,
        a.stats.answer_tokens as f64 / (dt - first.unwrap()).as_secs_f64(),
        a.stats.prompt_tokens as f64 / first.unwrap().as_secs_f64()
    );
    println!("{:?}", llama.machine().memory_state());
}
