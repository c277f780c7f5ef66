//! Tells the interpreter whether it may dispatch by sibling calls.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(threaded)");
    let var = |name: &str| std::env::var(name).unwrap_or_default();
    let optimised = matches!(var("OPT_LEVEL").as_str(), "2" | "3");
    let arch = var("CARGO_CFG_TARGET_ARCH");
    let unwind_free = matches!(arch.as_str(), "x86_64" | "aarch64");
    // LLVM turns a call in tail position into a jump only when it optimises;
    // without that, every instruction would deepen the native stack.
    if optimised && unwind_free {
        println!("cargo::rustc-cfg=threaded");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
