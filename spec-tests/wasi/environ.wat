  ;; The environment holds what it was given, in that order, and nothing of the host's.
  (func (export "_start") (local $i {ptr}) (local $variable {ptr})
    (call $answer (call $environ_sizes_get ({ptr}.const 0) ({ptr}.const 8)))
    (call $size_at ({ptr}.const 0))
    (call $size_at ({ptr}.const 8))
    (call $answer (call $environ_get ({ptr}.const 4096) ({ptr}.const 5000)))
    (call $newline)
    (loop $next
      (local.set $variable
        ({ptr}.load ({ptr}.add ({ptr}.const 4096) ({ptr}.mul (local.get $i) ({ptr}.const {size})))))
      (call $write (local.get $variable) (call $length (local.get $variable)))
      (call $newline)
      (br_if $next
        ({ptr}.lt_u (local.tee $i ({ptr}.add (local.get $i) ({ptr}.const 1))) ({ptr}.load ({ptr}.const 0))))))
