;; A vector in an exception was read from other slots than it was written to.
(module
  (tag $e (param i32 v128))
  (func $throw (param v128) (local i32) (throw $e (i32.const 7) (local.get 0)))
  (func (export "run") (param v128) (result i32 i64 i64) (local $v v128)
    (block $b (result i32 v128)
      (try_table (catch $e $b) (call $throw (local.get 0)))
      unreachable)
    local.set $v
    (i64x2.extract_lane 0 (local.get $v))
    (i64x2.extract_lane 1 (local.get $v))))
