  ;; Random bytes are a function of the seed: the same in every run and for
  ;; both widths, and no two calls give the same.
  (func (export "_start")
    (call $answer (call $random_get ({ptr}.const 4096) ({ptr}.const 16)))
    (call $hex ({ptr}.const 4096) ({ptr}.const 16))
    (call $newline)
    (call $answer (call $random_get ({ptr}.const 4096) ({ptr}.const 16)))
    (call $hex ({ptr}.const 4096) ({ptr}.const 16))
    (call $newline)
    (call $answer (call $random_get ({ptr}.const 4096) ({ptr}.const 0)))
    ;; One byte too many for the memory's end: refused, and nothing written.
    (call $answer (call $random_get ({ptr}.const 131071) ({ptr}.const 2)))
    (call $hex ({ptr}.const 131071) ({ptr}.const 1))
    (call $newline))
