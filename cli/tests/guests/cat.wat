;; Opens the file whose name is its first argument in the first mount, or takes standard input if there is no argument,
;; and copies up to 64 KiB of it to standard output. Ends with the error number of the call that failed.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "\00\00\01\00\00\00\01\00")
  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $exit (local.get $errno)))))
  (func $length (param $at i32) (result i32)
    (local $end i32)
    (local.set $end (local.get $at))
    (loop $next
      (if (i32.load8_u (local.get $end))
        (then (local.set $end (i32.add (local.get $end) (i32.const 1))) (br $next))))
    (i32.sub (local.get $end) (local.get $at)))
  (func (export "_start")
    (local $name i32)
    (call $check (call $sizes (i32.const 16) (i32.const 20)))
    (call $check (call $args (i32.const 32) (i32.const 256)))
    (if (i32.gt_u (i32.load (i32.const 16)) (i32.const 1))
      (then
        (local.set $name (i32.load (i32.const 36)))
        (call $check
          (call $open (i32.const 3) (i32.const 1) (local.get $name) (call $length (local.get $name))
            (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 24)))))
    (call $check (call $read (i32.load (i32.const 24)) (i32.const 0) (i32.const 1) (i32.const 28)))
    (i32.store (i32.const 4) (i32.load (i32.const 28)))
    (call $check (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 28)))))
