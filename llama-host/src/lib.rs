//! llama.cpp as a guest: its build, its shim and an inference API.
