;; A 32-bit and a 64-bit memory side by side: every instruction takes the
;; address type of the memory it names, and a copy between them takes each
;; side's own, with the narrower one for the length.

(module
  (memory $narrow 1)
  (memory $wide i64 1)
  (data (memory $narrow) (i32.const 0) "narrow")
  (data (memory $wide) (i64.const 0) "wide!!")
  (func (export "to_wide") (param i64 i32 i32)
    (memory.copy $wide $narrow (local.get 0) (local.get 1) (local.get 2)))
  (func (export "to_narrow") (param i32 i64 i32)
    (memory.copy $narrow $wide (local.get 0) (local.get 1) (local.get 2)))
  (func (export "narrow") (param i32) (result i64) (i64.load $narrow (local.get 0)))
  (func (export "wide") (param i64) (result i64) (i64.load $wide (local.get 0)))
  (func (export "sizes") (result i32 i64) (memory.size $narrow) (memory.size $wide))
  (func (export "grow_narrow") (param i32) (result i32) (memory.grow $narrow (local.get 0)))
  (func (export "grow_wide") (param i64) (result i64) (memory.grow $wide (local.get 0))))

(assert_return (invoke "sizes") (i32.const 1) (i64.const 1))
(assert_return (invoke "to_wide" (i64.const 8) (i32.const 0) (i32.const 6)))
(assert_return (invoke "wide" (i64.const 8)) (i64.const 0x0000776f7272616e))
(assert_return (invoke "to_narrow" (i32.const 8) (i64.const 0) (i32.const 6)))
(assert_return (invoke "narrow" (i32.const 8)) (i64.const 0x0000212165646977))
;; A 32-bit operand is unsigned: -1 is four gigabytes less one, not a huge address.
(assert_trap (invoke "to_wide" (i64.const 0) (i32.const -1) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "to_wide" (i64.const 0) (i32.const 0) (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "to_wide" (i64.const -1) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "to_narrow" (i32.const 0) (i64.const 0x100000000) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "to_narrow" (i32.const 0x10000) (i64.const 0x10000) (i32.const 0)))
(assert_trap (invoke "to_narrow" (i32.const 0) (i64.const 0x10001) (i32.const 0)) "out of bounds memory access")
;; They grow apart.
(assert_return (invoke "grow_wide" (i64.const 2)) (i64.const 1))
(assert_return (invoke "sizes") (i32.const 1) (i64.const 3))
(assert_return (invoke "grow_narrow" (i32.const 1)) (i32.const 1))
(assert_return (invoke "sizes") (i32.const 2) (i64.const 3))
(assert_return (invoke "grow_narrow" (i32.const -1)) (i32.const -1))
(assert_return (invoke "grow_wide" (i64.const -1)) (i64.const -1))
(assert_return (invoke "grow_wide" (i64.const 0x100000000)) (i64.const -1))
(assert_return (invoke "sizes") (i32.const 2) (i64.const 3))
(assert_trap (invoke "narrow" (i32.const 0x1fff9)) "out of bounds memory access")
(assert_return (invoke "wide" (i64.const 0x1fff9)) (i64.const 0))

(assert_invalid
  (module (memory $n 1) (memory $w i64 1)
    (func (memory.copy $w $n (i64.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory $n 1) (memory $w i64 1)
    (func (memory.copy $n $w (i64.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory $n 1) (memory $w i64 1) (func (drop (i32.load $w (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory $n 1) (memory $w i64 1) (func (drop (i32.load $n (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (result i32) (memory.size)))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (result i64) (memory.grow (i32.const 1))))
  "type mismatch")
