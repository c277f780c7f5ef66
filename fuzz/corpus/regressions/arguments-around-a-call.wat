;; Arguments were moved wrongly around the result of a call among them.
(module
  (func $id (param i64) (result i64) (local.get 0))
  (func $weigh (param i64 i64 i64 i64 i64) (result i64)
    (i64.add (local.get 0) (i64.add (i64.mul (local.get 1) (i64.const 10))
      (i64.add (i64.mul (local.get 2) (i64.const 100)) (i64.add
        (i64.mul (local.get 3) (i64.const 1000)) (i64.mul (local.get 4) (i64.const 10000)))))))
  (func (export "run") (param $x i64) (result i64)
    (i64.extend_i32_u (i32.const 7))
    (call $weigh
      (i64.add (local.get $x) (i64.const 0)) (i64.const 2) (call $id (i64.const 3))
      (i64.add (local.get $x) (i64.const 3)) (i64.add (local.get $x) (i64.const 4)))
    (i64.add)))
