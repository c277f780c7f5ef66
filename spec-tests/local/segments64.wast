;; Active segments whose offsets are 64-bit constant expressions.

(module
  (global $base (import "spectest" "global_i64") i64)
  (memory (export "memory") i64 1)
  (data (i64.const 0x10) "one")
  (data (offset (global.get $base)) "two")
  (data (i64.sub (i64.add (global.get $base) (i64.const 0x20)) (i64.const 0x10)) "three")
  (data (i64.mul (i64.const 0x100) (i64.const 8)) "four")
  (func (export "load") (param i64) (result i32) (i32.load (local.get 0))))
(assert_return (invoke "load" (i64.const 0x10)) (i32.const 0x00656e6f))
(assert_return (invoke "load" (i64.const 666)) (i32.const 0x006f7774))
(assert_return (invoke "load" (i64.const 682)) (i32.const 0x65726874))
(assert_return (invoke "load" (i64.const 0x800)) (i32.const 0x72756f66))

;; To the last byte, and empty ones at the end.
(module (memory i64 1) (data (i64.const 0xffff) "x"))
(module (memory i64 1) (data (i64.const 0x10000) ""))
(module (memory i64 0) (data (i64.const 0) ""))
(assert_trap (module (memory i64 1) (data (i64.const 0x10000) "x")) "out of bounds memory access")
(assert_trap (module (memory i64 1) (data (i64.const 0x10001) "")) "out of bounds memory access")
(assert_trap (module (memory i64 1) (data (i64.const -1) "x")) "out of bounds memory access")
(assert_trap (module (memory i64 1) (data (i64.const 0x1_0000_0000) "x")) "out of bounds memory access")
(assert_trap (module (memory i64 1) (data (i64.const 0xffff_ffff_ffff_fffe) "xyz")) "out of bounds memory access")

;; Segments are placed in order until one does not fit; what was placed stays.
(module $Shared
  (memory (export "m") i64 1)
  (table (export "t") i64 4 funcref)
  (func (export "load") (param i64) (result i32) (i32.load8_u (local.get 0)))
  (func (export "is_null") (param i64) (result i32) (ref.is_null (table.get (local.get 0)))))
(register "Shared" $Shared)
(assert_trap
  (module
    (import "Shared" "m" (memory i64 1))
    (data (i64.const 0) "A")
    (data (i64.const 0xfffe) "BCD")
    (data (i64.const 1) "E"))
  "out of bounds memory access")
(assert_return (invoke $Shared "load" (i64.const 0)) (i32.const 65))
(assert_return (invoke $Shared "load" (i64.const 1)) (i32.const 0))
(assert_return (invoke $Shared "load" (i64.const 0xfffe)) (i32.const 0))
(assert_trap
  (module
    (import "Shared" "t" (table i64 4 funcref))
    (func $f)
    (elem (i64.const 1) $f)
    (elem (i64.const 3) $f $f))
  "out of bounds table access")
(assert_return (invoke $Shared "is_null" (i64.const 0)) (i32.const 1))
(assert_return (invoke $Shared "is_null" (i64.const 1)) (i32.const 0))
(assert_return (invoke $Shared "is_null" (i64.const 3)) (i32.const 1))

;; Element segments into a 64-bit table.
(module
  (global $base (import "spectest" "global_i64") i64)
  (type $t (func (result i32)))
  (table i64 1000 funcref)
  (func $one (result i32) (i32.const 1))
  (func $two (result i32) (i32.const 2))
  (elem (i64.const 0) $one)
  (elem (global.get $base) $two $one)
  (elem (i64.add (global.get $base) (i64.const 10)) func $two)
  (elem (table 0) (i64.const 999) funcref (ref.func $one))
  (func (export "call") (param i64) (result i32) (call_indirect (type $t) (local.get 0))))
(assert_return (invoke "call" (i64.const 0)) (i32.const 1))
(assert_return (invoke "call" (i64.const 666)) (i32.const 2))
(assert_return (invoke "call" (i64.const 667)) (i32.const 1))
(assert_return (invoke "call" (i64.const 676)) (i32.const 2))
(assert_return (invoke "call" (i64.const 999)) (i32.const 1))
(assert_trap (invoke "call" (i64.const 1)) "uninitialized element")
(assert_trap (module (table i64 1 funcref) (func $f) (elem (i64.const 1) $f)) "out of bounds table access")
(assert_trap (module (table i64 1 funcref) (func $f) (elem (i64.const -1) $f)) "out of bounds table access")
(assert_trap (module (table i64 1 funcref) (func $f) (elem (i64.const 0x1_0000_0000) $f)) "out of bounds table access")

;; The offset has the address type of its memory or table.
(assert_invalid (module (memory i64 1) (data (i32.const 0) "x")) "type mismatch")
(assert_invalid (module (memory 1) (data (i64.const 0) "x")) "type mismatch")
(assert_invalid (module (table i64 1 funcref) (elem (i32.const 0))) "type mismatch")
(assert_invalid (module (table 1 funcref) (elem (i64.const 0))) "type mismatch")
