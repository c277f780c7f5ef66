;; A block whose code was all folded away could not be paid unit by unit.
(module
  (memory (export "memory") 1)
  (func (export "run") (param i32) (result i32) (local i32)
    (local.set 0 (i32.and (local.get 0) (i32.const 7)))
    (i32.store (i32.const 0) (local.get 0))
    i32.const 1 drop i32.const 2 drop i32.const 1 drop i32.const 2 drop
    (loop
      (i32.store (i32.const 4) (i32.const 9))
      (local.set 1 (i32.add (local.get 1) (i32.const 1)))
      (br_if 0 (i32.lt_u (local.get 1) (local.get 0))))
    local.get 1))
