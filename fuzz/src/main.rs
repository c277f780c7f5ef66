//! `cargo run --release -p fuzz -- TARGET --seed S --runs N`.

fn main() -> std::process::ExitCode {
    fuzz::main()
}
