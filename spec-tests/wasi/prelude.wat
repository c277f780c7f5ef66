  ;; Put in front of every test. `{ptr}` becomes i32 or i64 and `{size}` 4 or 8,
  ;; so each test runs as a 32-bit and as a 64-bit guest.
  ;;
  ;; Memory: 0 to 63 results, 64 to 127 iovecs, 128 to 191 numbers on their way
  ;; out, 192 to 255 free for the test, its data from 1024, buffers from 4096.
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param {ptr} {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param {ptr} {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param {ptr} {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param {ptr} {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "clock_res_get" (func $clock_res_get (param i32 {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_filestat_get (param i32 {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $fd_filestat_set_size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pread" (func $fd_pread (param i32 {ptr} {ptr} i64 {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $fd_prestat_dir_name (param i32 {ptr} {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 {ptr} {ptr} {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 {ptr} {ptr} i64 {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "fd_tell" (func $fd_tell (param i32 {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 {ptr} {ptr} {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 {ptr} {ptr} i32 i64 i64 i32 {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $path_unlink_file (param i32 {ptr} {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param {ptr} {ptr} {ptr} {ptr}) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param {ptr} {ptr}) (result i32)))
  (import "lockstep" "file_map" (func $file_map (param i32 {ptr} {ptr} i64) (result i32)))

  (memory (export "memory") {ptr} 2)

  ;; Stores iovec number $index.
  (func $iovec (param $index {ptr}) (param $at {ptr}) (param $length {ptr}) (local $here {ptr})
    (local.set $here
      ({ptr}.add ({ptr}.const 64) ({ptr}.mul (local.get $index) ({ptr}.mul ({ptr}.const 2) ({ptr}.const {size})))))
    ({ptr}.store (local.get $here) (local.get $at))
    ({ptr}.store offset={size} (local.get $here) (local.get $length)))

  ;; Writes bytes to standard output, and traps if that does not work.
  (func $write (param $at {ptr}) (param $length {ptr})
    (call $iovec ({ptr}.const 2) (local.get $at) (local.get $length))
    (if (call $fd_write (i32.const 1)
          ({ptr}.add ({ptr}.const 64) ({ptr}.mul ({ptr}.const 4) ({ptr}.const {size})))
          ({ptr}.const 1) ({ptr}.const 56))
      (then (unreachable))))

  (func $newline
    (i32.store8 ({ptr}.const 128) (i32.const 10))
    (call $write ({ptr}.const 128) ({ptr}.const 1)))

  ;; Writes a number without a sign, and a space.
  (func $number (param $n i64) (local $at {ptr})
    (local.set $at ({ptr}.const 190))
    (i32.store8 (local.get $at) (i32.const 32))
    (loop $digits
      (local.set $at ({ptr}.sub (local.get $at) ({ptr}.const 1)))
      (i64.store8 (local.get $at) (i64.add (i64.const 48) (i64.rem_u (local.get $n) (i64.const 10))))
      (local.set $n (i64.div_u (local.get $n) (i64.const 10)))
      (br_if $digits (i64.ne (local.get $n) (i64.const 0))))
    (call $write (local.get $at) ({ptr}.sub ({ptr}.const 191) (local.get $at))))

  ;; Writes what a call answered.
  (func $answer (param $errno i32) (call $number (i64.extend_i32_u (local.get $errno))))

  ;; Writes a pointer or size that lies in memory.
  (func $size_at (param $at {ptr}) (call $number ({extend} ({ptr}.load (local.get $at)))))

  ;; Writes bytes as hexadecimal digits, and a space.
  (func $hex (param $at {ptr}) (param $length {ptr}) (local $byte i32)
    (loop $bytes
      (local.set $byte (i32.load8_u (local.get $at)))
      (i32.store8 ({ptr}.const 128) (call $digit (i32.shr_u (local.get $byte) (i32.const 4))))
      (i32.store8 ({ptr}.const 129) (call $digit (i32.and (local.get $byte) (i32.const 15))))
      (call $write ({ptr}.const 128) ({ptr}.const 2))
      (local.set $at ({ptr}.add (local.get $at) ({ptr}.const 1)))
      (br_if $bytes
        ({ptr}.ne (local.tee $length ({ptr}.sub (local.get $length) ({ptr}.const 1))) ({ptr}.const 0))))
    (i32.store8 ({ptr}.const 128) (i32.const 32))
    (call $write ({ptr}.const 128) ({ptr}.const 1)))
  (func $digit (param $value i32) (result i32)
    (i32.add (local.get $value)
      (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get $value) (i32.const 10)))))

  ;; How many bytes come before a zero byte.
  (func $length (param $at {ptr}) (result {ptr}) (local $end {ptr})
    (local.set $end (local.get $at))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (i32.load8_u (local.get $end))))
        (local.set $end ({ptr}.add (local.get $end) ({ptr}.const 1)))
        (br $next)))
    ({ptr}.sub (local.get $end) (local.get $at)))

  ;; Opens a path below a directory; answers the error and leaves the new
  ;; descriptor at 0.
  (func $open (param $dir i32) (param $at {ptr}) (param $length {ptr}) (param $how i32) (param $rights i64) (result i32)
    (call $path_open (local.get $dir) (i32.const 1) (local.get $at) (local.get $length)
      (local.get $how) (local.get $rights) (local.get $rights) (i32.const 0) ({ptr}.const 0)))

  ;; Reads at most $length bytes to 4096, writes what the call answered, the
  ;; count and the bytes.
  (func $read_and_show (param $fd i32) (param $length {ptr})
    (call $iovec ({ptr}.const 0) ({ptr}.const 4096) (local.get $length))
    (call $answer (call $fd_read (local.get $fd) ({ptr}.const 64) ({ptr}.const 1) ({ptr}.const 8)))
    (call $size_at ({ptr}.const 8))
    (call $write ({ptr}.const 4096) ({ptr}.load ({ptr}.const 8)))
    (call $newline))
