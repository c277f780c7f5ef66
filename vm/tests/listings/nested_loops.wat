;; What does not change in the inner loop is computed before it.
(module (memory 1)
  (func (export "run") (param $rows i32) (param $columns i32) (param $factor i32) (result i32)
    (local $row i32) (local $column i32) (local $sum i32)
    (loop $outer
      (local.set $column (i32.const 0))
      (loop $inner
        (local.set $sum (i32.add (local.get $sum)
          (i32.xor (local.get $column) (i32.mul (local.get $row) (local.get $factor)))))
        (local.set $column (i32.add (local.get $column) (i32.const 1)))
        (br_if $inner (i32.lt_u (local.get $column) (local.get $columns))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $outer (i32.lt_u (local.get $row) (local.get $rows))))
    (local.get $sum)))
