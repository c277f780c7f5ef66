;; Looks for a byte.
(module (memory i64 1)
  (func (export "run") (param $at i64) (param $end i64) (param $byte i32) (result i64)
    (block $done
      (loop $again
        (br_if $done (i64.ge_u (local.get $at) (local.get $end)))
        (br_if $done (i32.eq (i32.load8_u (local.get $at)) (local.get $byte)))
        (local.set $at (i64.add (local.get $at) (i64.const 1)))
        (br $again)))
    (local.get $at)))
