;; call_indirect and return_call_indirect through a 64-bit table.

(module
  (type $unary (func (param i64) (result i64)))
  (type $none (func))
  (table $t i64 6 funcref)
  (elem (i64.const 0) $double $square $countdown $nothing)
  (elem (i64.const 5) $double)
  (func $double (param i64) (result i64) (i64.add (local.get 0) (local.get 0)))
  (func $square (param i64) (result i64) (i64.mul (local.get 0) (local.get 0)))
  (func $nothing)
  ;; Calls itself through the table in tail position, so it needs one frame.
  (func $countdown (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0))
      (then (i64.const 77))
      (else
        (return_call_indirect $t (type $unary)
          (i64.sub (local.get 0) (i64.const 1)) (i64.const 2)))))
  (func (export "call") (param $index i64) (param $x i64) (result i64)
    (call_indirect $t (type $unary) (local.get $x) (local.get $index)))
  (func (export "tail") (param $index i64) (param $x i64) (result i64)
    (return_call_indirect $t (type $unary) (local.get $x) (local.get $index)))
  (func (export "none") (param $index i64)
    (call_indirect $t (type $none) (local.get $index))))

(assert_return (invoke "call" (i64.const 0) (i64.const 21)) (i64.const 42))
(assert_return (invoke "call" (i64.const 1) (i64.const 12)) (i64.const 144))
(assert_return (invoke "call" (i64.const 5) (i64.const -4)) (i64.const -8))
(assert_return (invoke "tail" (i64.const 1) (i64.const -3)) (i64.const 9))
(assert_return (invoke "call" (i64.const 2) (i64.const 1000000)) (i64.const 77))
(assert_return (invoke "tail" (i64.const 2) (i64.const 1000000)) (i64.const 77))
(assert_return (invoke "none" (i64.const 3)))
(assert_trap (invoke "call" (i64.const 3) (i64.const 0)) "indirect call type mismatch")
(assert_trap (invoke "none" (i64.const 0)) "indirect call type mismatch")
(assert_trap (invoke "tail" (i64.const 3) (i64.const 0)) "indirect call type mismatch")
(assert_trap (invoke "call" (i64.const 4) (i64.const 0)) "uninitialized element")
(assert_trap (invoke "tail" (i64.const 4) (i64.const 0)) "uninitialized element")
(assert_trap (invoke "call" (i64.const 6) (i64.const 0)) "undefined element")
(assert_trap (invoke "call" (i64.const -1) (i64.const 0)) "undefined element")
(assert_trap (invoke "tail" (i64.const -1) (i64.const 0)) "undefined element")
;; The index is not cut to 32 bits.
(assert_trap (invoke "call" (i64.const 0x1_0000_0000) (i64.const 0)) "undefined element")
(assert_trap (invoke "tail" (i64.const 0x1_0000_0001) (i64.const 0)) "undefined element")
(assert_trap (invoke "call" (i64.const 0x8000_0000_0000_0000) (i64.const 0)) "undefined element")

(assert_invalid
  (module (type $t (func)) (table i64 1 funcref) (func (call_indirect (type $t) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (type $t (func)) (table 1 funcref) (func (call_indirect (type $t) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (type $t (func)) (table i64 1 funcref) (func (return_call_indirect (type $t) (i32.const 0))))
  "type mismatch")
