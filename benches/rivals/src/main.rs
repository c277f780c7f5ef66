fn main(){ println!("{}", std::any::type_name::<wasmtime::Engine>()); println!("{}", std::any::type_name::<wasmi::Engine>()); }
