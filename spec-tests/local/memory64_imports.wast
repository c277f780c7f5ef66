;; A 64-bit memory can only be imported where a 64-bit memory is wanted, and
;; within its limits.

(module $M
  (memory (export "wide") i64 2 5)
  (memory (export "open") i64 1)
  (memory (export "narrow") 2 5)
  (func (export "wide_size") (result i64) (memory.size 0))
  (func (export "wide_first") (result i64) (i64.load 0 (i64.const 0))))
(register "M" $M)

(module (import "M" "wide" (memory i64 2 5)))
(module (import "M" "wide" (memory i64 0 6)))
(module (import "M" "wide" (memory i64 1)))
(module (import "M" "open" (memory i64 1)))
(module (import "M" "wide" (memory i64 0 0x1_0000_0000_0000)))

(assert_unlinkable (module (import "M" "wide" (memory 2 5))) "incompatible import type")
(assert_unlinkable (module (import "M" "narrow" (memory i64 2 5))) "incompatible import type")
(assert_unlinkable (module (import "M" "wide" (memory i64 3))) "incompatible import type")
(assert_unlinkable (module (import "M" "wide" (memory i64 2 4))) "incompatible import type")
(assert_unlinkable (module (import "M" "open" (memory i64 1 9))) "incompatible import type")
(assert_unlinkable (module (import "spectest" "memory" (memory i64 1 2))) "incompatible import type")

;; The importer sees and changes the same memory.
(module
  (import "M" "wide" (memory i64 2 5))
  (data (i64.const 0) "12345678")
  (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
  (func (export "store") (param i64 i64) (i64.store (local.get 0) (local.get 1))))
(assert_return (invoke $M "wide_first") (i64.const 0x3837363534333231))
(assert_return (invoke "grow" (i64.const 2)) (i64.const 2))
(assert_return (invoke $M "wide_size") (i64.const 4))
(assert_return (invoke "store" (i64.const 0) (i64.const 7)))
(assert_return (invoke $M "wide_first") (i64.const 7))
(assert_return (invoke "grow" (i64.const 2)) (i64.const -1))
;; Grown memory satisfies a larger minimum than was declared.
(module (import "M" "wide" (memory i64 4 5)))
(assert_unlinkable (module (import "M" "wide" (memory i64 5 5))) "incompatible import type")

;; Limits of the type.
(module definition (memory i64 0 0x1_0000_0000_0000))
(assert_invalid (module (memory i64 0 0x1_0000_0000_0001)) "memory size")
(assert_invalid (module (memory i64 0x1_0000_0000_0001)) "memory size")
(assert_invalid (module (memory i64 2 1)) "size minimum must not be greater than maximum")
