;; A global is read and written where it lies.
(module (global $counter (mut i64) (i64.const 0))
  (func (export "run") (param $count i32) (result i64)
    (loop $again
      (global.set $counter (i64.add (global.get $counter) (i64.const 3)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $again (local.get $count)))
    (global.get $counter)))
