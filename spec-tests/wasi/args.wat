  ;; Arguments: their count, the bytes they take, and the strings.
  (func (export "_start") (local $i {ptr}) (local $arg {ptr})
    (call $answer (call $args_sizes_get ({ptr}.const 0) ({ptr}.const 8)))
    (call $size_at ({ptr}.const 0))
    (call $size_at ({ptr}.const 8))
    (call $answer (call $args_get ({ptr}.const 4096) ({ptr}.const 5000)))
    (call $newline)
    (loop $next
      (local.set $arg ({ptr}.load ({ptr}.add ({ptr}.const 4096) ({ptr}.mul (local.get $i) ({ptr}.const {size})))))
      (call $write (local.get $arg) (call $length (local.get $arg)))
      (call $newline)
      (br_if $next
        ({ptr}.lt_u (local.tee $i ({ptr}.add (local.get $i) ({ptr}.const 1))) ({ptr}.load ({ptr}.const 0))))))
