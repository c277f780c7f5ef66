;; A WASI command with 64-bit memory that says hello and ends with code 7.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i64 i64 i64) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") i64 1)
  (data (i64.const 0) "\20\00\00\00\00\00\00\00\06\00\00\00\00\00\00\00")
  (data (i64.const 32) "hello\n")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i64.const 0) (i64.const 1) (i64.const 64)))
    (call $exit (i32.const 7))))
