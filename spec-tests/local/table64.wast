;; Tables with 64-bit indices: types, limits, access and growth.

(module (table i64 0 funcref))
(module (table i64 1 externref))
(module (table i64 0 0xffff_ffff_ffff_ffff funcref))
(module (table i64 0 0x1_0000_0000 funcref))
(module (table i64 10 20 funcref) (table 10 20 funcref))
(assert_invalid (module (table i64 2 1 funcref)) "size minimum must not be greater than maximum")
(assert_malformed (module quote "(table i64 0x1_0000_0000_0000_0000 funcref)") "i64 constant out of range")

;; Imports: the index type is part of the type.
(module (import "spectest" "table64" (table i64 10 20 funcref)))
(module (import "spectest" "table64" (table i64 0 funcref)))
(assert_unlinkable (module (import "spectest" "table64" (table 10 20 funcref))) "incompatible import type")
(assert_unlinkable (module (import "spectest" "table" (table i64 10 20 funcref))) "incompatible import type")
(assert_unlinkable (module (import "spectest" "table64" (table i64 11 funcref))) "incompatible import type")
(assert_unlinkable (module (import "spectest" "table64" (table i64 10 19 funcref))) "incompatible import type")

(module
  (table $t (export "t") i64 3 10 externref)
  (func (export "get") (param i64) (result externref) (table.get $t (local.get 0)))
  (func (export "set") (param i64 externref) (table.set $t (local.get 0) (local.get 1)))
  (func (export "size") (result i64) (table.size $t))
  (func (export "grow") (param i64 externref) (result i64)
    (table.grow $t (local.get 1) (local.get 0)))
  (func (export "fill") (param i64 externref i64)
    (table.fill $t (local.get 0) (local.get 1) (local.get 2))))

;; get and set
(assert_return (invoke "get" (i64.const 0)) (ref.null extern))
(assert_return (invoke "set" (i64.const 0) (ref.extern 7)))
(assert_return (invoke "set" (i64.const 2) (ref.extern 9)))
(assert_return (invoke "get" (i64.const 0)) (ref.extern 7))
(assert_return (invoke "get" (i64.const 1)) (ref.null extern))
(assert_return (invoke "get" (i64.const 2)) (ref.extern 9))
(assert_trap (invoke "get" (i64.const 3)) "out of bounds table access")
(assert_trap (invoke "get" (i64.const -1)) "out of bounds table access")
(assert_trap (invoke "get" (i64.const 0x1_0000_0000)) "out of bounds table access")
(assert_trap (invoke "get" (i64.const 0x8000_0000_0000_0000)) "out of bounds table access")
(assert_trap (invoke "set" (i64.const 3) (ref.extern 1)) "out of bounds table access")
(assert_trap (invoke "set" (i64.const 0x1_0000_0000) (ref.extern 1)) "out of bounds table access")
(assert_trap (invoke "set" (i64.const -3) (ref.extern 1)) "out of bounds table access")
(assert_return (invoke "get" (i64.const 0)) (ref.extern 7))

;; size and grow
(assert_return (invoke "size") (i64.const 3))
(assert_return (invoke "grow" (i64.const 0) (ref.extern 1)) (i64.const 3))
(assert_return (invoke "grow" (i64.const 2) (ref.extern 4)) (i64.const 3))
(assert_return (invoke "size") (i64.const 5))
(assert_return (invoke "get" (i64.const 2)) (ref.extern 9))
(assert_return (invoke "get" (i64.const 3)) (ref.extern 4))
(assert_return (invoke "get" (i64.const 4)) (ref.extern 4))
(assert_trap (invoke "get" (i64.const 5)) "out of bounds table access")
(assert_return (invoke "grow" (i64.const 6) (ref.null extern)) (i64.const -1))
(assert_return (invoke "grow" (i64.const -1) (ref.null extern)) (i64.const -1))
(assert_return (invoke "grow" (i64.const 0x1_0000_0000) (ref.null extern)) (i64.const -1))
(assert_return (invoke "grow" (i64.const 0x1_0000_0001) (ref.null extern)) (i64.const -1))
(assert_return (invoke "size") (i64.const 5))
(assert_return (invoke "grow" (i64.const 5) (ref.null extern)) (i64.const 5))
(assert_return (invoke "size") (i64.const 10))
(assert_return (invoke "grow" (i64.const 1) (ref.null extern)) (i64.const -1))

;; fill
(assert_return (invoke "fill" (i64.const 8) (ref.extern 3) (i64.const 2)))
(assert_return (invoke "get" (i64.const 7)) (ref.null extern))
(assert_return (invoke "get" (i64.const 8)) (ref.extern 3))
(assert_return (invoke "get" (i64.const 9)) (ref.extern 3))
(assert_return (invoke "fill" (i64.const 10) (ref.extern 5) (i64.const 0)))
(assert_trap (invoke "fill" (i64.const 11) (ref.extern 5) (i64.const 0)) "out of bounds table access")
(assert_trap (invoke "fill" (i64.const 8) (ref.extern 5) (i64.const 3)) "out of bounds table access")
(assert_trap (invoke "fill" (i64.const 0) (ref.extern 5) (i64.const 0x1_0000_0000)) "out of bounds table access")
(assert_trap (invoke "fill" (i64.const 1) (ref.extern 5) (i64.const -1)) "out of bounds table access")
(assert_trap (invoke "fill" (i64.const 0x1_0000_0000) (ref.extern 5) (i64.const 1)) "out of bounds table access")
;; A fill that does not fit writes nothing.
(assert_return (invoke "get" (i64.const 8)) (ref.extern 3))
(assert_return (invoke "get" (i64.const 0)) (ref.extern 7))

;; An importer reaches the same table.
(module $Owner
  (table (export "t") i64 2 4 funcref)
  (func (export "size") (result i64) (table.size 0)))
(register "Owner" $Owner)
(module
  (import "Owner" "t" (table i64 2 4 funcref))
  (func (export "grow") (param i64) (result i64) (table.grow (ref.null func) (local.get 0))))
(assert_return (invoke "grow" (i64.const 2)) (i64.const 2))
(assert_return (invoke $Owner "size") (i64.const 4))
(assert_return (invoke "grow" (i64.const 1)) (i64.const -1))
(module (import "Owner" "t" (table i64 4 4 funcref)))

;; Every operand that is an index is i64.
(assert_invalid (module (table i64 1 funcref) (func (drop (table.get (i32.const 0))))) "type mismatch")
(assert_invalid (module (table i64 1 funcref) (func (table.set (i32.const 0) (ref.null func)))) "type mismatch")
(assert_invalid (module (table i64 1 funcref) (func (result i32) (table.size))) "type mismatch")
(assert_invalid (module (table i64 1 funcref) (func (result i64) (table.grow (ref.null func) (i32.const 1)))) "type mismatch")
(assert_invalid (module (table i64 1 funcref) (func (result i32) (table.grow (ref.null func) (i64.const 1)))) "type mismatch")
(assert_invalid (module (table i64 1 funcref) (func (table.fill (i32.const 0) (ref.null func) (i64.const 0)))) "type mismatch")
(assert_invalid (module (table i64 1 funcref) (func (table.fill (i64.const 0) (ref.null func) (i32.const 0)))) "type mismatch")
