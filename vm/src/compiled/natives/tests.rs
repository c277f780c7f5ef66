use std::thread;

use super::Version;
use crate::Module;
use crate::engine::{Config, Engine, Tier};

const WAT: &str = r#"(module
    (func (param i64) (result i64) (local i64)
      (loop $again
        (local.set 1 (i64.add (local.get 1) (local.get 0)))
        (br_if $again (i64.ne (i64.const 0)
          (local.tee 0 (i64.sub (local.get 0) (i64.const 1))))))
      (local.get 1))
    (func) (func) (func))"#;

fn module(background: bool) -> Module {
    let config = Config::new().tier(Tier::Auto).background(background);
    let engine = Engine::new(&config).unwrap();
    Module::new(&engine, &wat::parse_str(WAT).unwrap()).unwrap()
}

#[test]
fn whoever_asks_what_is_asked_for_is_compiled_once() {
    for background in [false, true] {
        let module = module(background);
        let compiled = module.compiled();
        let head = compiled.loop_heads(0)[0];
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    while compiled.want_native(0).is_none() {
                        thread::yield_now();
                    }
                    while let Version::Soon = compiled.version(0, head) {
                        thread::yield_now();
                    }
                });
            }
        });
        assert!(matches!(compiled.version(0, head), Version::Made(_)));
        assert_eq!(compiled.compilations(), 2);
        assert_eq!(module.compiled_functions(), 1);
    }
}

#[test]
fn a_module_that_is_gone_is_not_compiled() {
    let module = module(true);
    let engine = module.engine().clone();
    let (open, gate) = std::sync::mpsc::channel::<()>();
    assert!(engine.later(Box::new(move || gate.recv().unwrap())));
    // They wait behind the gate, and hold nothing.
    assert!((0..4).all(|function| module.compiled().want_native(function).is_none()));
    let natives = std::sync::Arc::downgrade(&module.compiled().natives);
    drop(module);
    assert!(natives.upgrade().is_none());
    open.send(()).unwrap();
    drop(engine);
}
