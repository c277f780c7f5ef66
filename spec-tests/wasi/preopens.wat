  ;; The mounts are preopened directories from descriptor 3 on.
  (func (export "_start") (local $fd i32) (local $errno i32)
    (local.set $fd (i32.const 3))
    (loop $next
      (local.set $errno (call $fd_prestat_get (local.get $fd) ({ptr}.const 192)))
      (call $answer (local.get $fd))
      (call $answer (local.get $errno))
      (if (i32.eqz (local.get $errno))
        (then
          (call $number (i64.load8_u ({ptr}.const 192)))
          (call $size_at ({ptr}.add ({ptr}.const 192) ({ptr}.const {size})))
          (call $answer
            (call $fd_prestat_dir_name (local.get $fd) ({ptr}.const 4096)
              ({ptr}.load offset={size} ({ptr}.const 192))))
          (call $write ({ptr}.const 4096) ({ptr}.load offset={size} ({ptr}.const 192)))
          (call $newline)
          (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
          (br $next))))
    ;; A standard stream is no directory.
    (call $answer (call $fd_prestat_get (i32.const 1) ({ptr}.const 192)))
    (call $newline))
