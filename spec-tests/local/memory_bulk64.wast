;; memory.fill, memory.copy and memory.init with 64-bit addresses.

(module
  (memory (export "memory") i64 1 1)
  (data $d "\aa\bb\cc\dd\ee")
  (data $active (i64.const 0x100) "abcdef")
  (func (export "fill") (param i64 i32 i64)
    (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  ;; The source and the length of memory.init stay 32-bit: they name segment bytes.
  (func (export "init") (param i64 i32 i32)
    (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init_active") (param i64 i32 i32)
    (memory.init $active (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $d))
  (func (export "letters") (i64.store (i64.const 0x100) (i64.const 0x0000666564636261)))
  (func (export "load8") (param i64) (result i32) (i32.load8_u (local.get 0)))
  (func (export "load64") (param i64) (result i64) (i64.load (local.get 0))))

;; The active segment is in place.
(assert_return (invoke "load8" (i64.const 0x105)) (i32.const 0x66))

;; fill
(invoke "fill" (i64.const 1) (i32.const 0xff) (i64.const 3))
(assert_return (invoke "load64" (i64.const 0)) (i64.const 0x00000000ffffff00))
;; Only the lowest byte of the value counts.
(invoke "fill" (i64.const 0) (i32.const 0xbbaa) (i64.const 2))
(assert_return (invoke "load64" (i64.const 0)) (i64.const 0x00000000ffffaaaa))
;; Up to the last byte, and nothing beyond it.
(invoke "fill" (i64.const 0) (i32.const 0) (i64.const 0x10000))
(assert_return (invoke "load64" (i64.const 0)) (i64.const 0))
(assert_return (invoke "load8" (i64.const 0xffff)) (i32.const 0))
;; An empty fill at the very end is fine, past it is not.
(assert_return (invoke "fill" (i64.const 0x10000) (i32.const 1) (i64.const 0)))
(assert_trap (invoke "fill" (i64.const 0x10001) (i32.const 1) (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const -1) (i32.const 1) (i64.const 0)) "out of bounds memory access")
;; A fill that does not fit writes nothing.
(assert_trap (invoke "fill" (i64.const 0xff00) (i32.const 1) (i64.const 0x101)) "out of bounds memory access")
(assert_return (invoke "load8" (i64.const 0xff00)) (i32.const 0))
(assert_return (invoke "load8" (i64.const 0xffff)) (i32.const 0))
;; The length and the end are 64-bit: neither may be cut to 32 bits or wrap.
(assert_trap (invoke "fill" (i64.const 0) (i32.const 1) (i64.const 0x100000000)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 0x100000000) (i32.const 1) (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const 1) (i32.const 1) (i64.const -1)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const -1) (i32.const 1) (i64.const 2)) "out of bounds memory access")
(assert_return (invoke "load64" (i64.const 0)) (i64.const 0))

;; init
(assert_return (invoke "init" (i64.const 0) (i32.const 0) (i32.const 5)))
(assert_return (invoke "load64" (i64.const 0)) (i64.const 0x000000eeddccbbaa))
(assert_return (invoke "init" (i64.const 2) (i32.const 4) (i32.const 1)))
(assert_return (invoke "load64" (i64.const 0)) (i64.const 0x000000eeddeebbaa))
(assert_return (invoke "init" (i64.const 0x10000) (i32.const 5) (i32.const 0)))
(assert_trap (invoke "init" (i64.const 0x10000) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0) (i32.const 5) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0) (i32.const 6) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0) (i32.const 1) (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const -1) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "init" (i64.const 0x100000000) (i32.const 0) (i32.const 1)) "out of bounds memory access")
;; One that does not fit writes nothing.
(assert_trap (invoke "init" (i64.const 0xfffe) (i32.const 0) (i32.const 3)) "out of bounds memory access")
(assert_return (invoke "load8" (i64.const 0xfffe)) (i32.const 0))
;; An active segment is gone after instantiation, a dropped one after the drop.
(assert_return (invoke "init_active" (i64.const 0) (i32.const 0) (i32.const 0)))
(assert_trap (invoke "init_active" (i64.const 0) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(invoke "drop")
(invoke "drop")
(assert_return (invoke "init" (i64.const 0) (i32.const 0) (i32.const 0)))
(assert_trap (invoke "init" (i64.const 0) (i32.const 0) (i32.const 1)) "out of bounds memory access")

;; copy, overlapping both ways
(invoke "letters")
(assert_return (invoke "copy" (i64.const 0x10) (i64.const 0x100) (i64.const 6)))
(assert_return (invoke "load64" (i64.const 0x10)) (i64.const 0x0000666564636261))
(assert_return (invoke "copy" (i64.const 0x12) (i64.const 0x10) (i64.const 6)))
(assert_return (invoke "load64" (i64.const 0x10)) (i64.const 0x6665646362616261))
(assert_return (invoke "copy" (i64.const 0x10) (i64.const 0x12) (i64.const 6)))
(assert_return (invoke "load64" (i64.const 0x10)) (i64.const 0x6665666564636261))
(assert_return (invoke "copy" (i64.const 0x10) (i64.const 0x10) (i64.const 8)))
(assert_return (invoke "load64" (i64.const 0x10)) (i64.const 0x6665666564636261))
;; Far apart, to the last byte.
(assert_return (invoke "copy" (i64.const 0xfff8) (i64.const 0x10) (i64.const 8)))
(assert_return (invoke "load64" (i64.const 0xfff8)) (i64.const 0x6665666564636261))
;; Edges.
(assert_return (invoke "copy" (i64.const 0x10000) (i64.const 0) (i64.const 0)))
(assert_return (invoke "copy" (i64.const 0) (i64.const 0x10000) (i64.const 0)))
(assert_trap (invoke "copy" (i64.const 0x10001) (i64.const 0) (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 0x10001) (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const -4) (i64.const 8)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const -4) (i64.const 0) (i64.const 8)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const 0) (i64.const 0x100000001)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0x100000000) (i64.const 0) (i64.const 1)) "out of bounds memory access")
;; One that does not fit writes nothing, whichever end does not fit.
(assert_trap (invoke "copy" (i64.const 0x20) (i64.const 0xfffc) (i64.const 8)) "out of bounds memory access")
(assert_return (invoke "load64" (i64.const 0x20)) (i64.const 0))
(assert_trap (invoke "copy" (i64.const 0xfffc) (i64.const 0x20) (i64.const 8)) "out of bounds memory access")
(assert_return (invoke "load64" (i64.const 0xfff8)) (i64.const 0x6665666564636261))

;; Types: addresses and lengths of a 64-bit memory are i64.
(assert_invalid
  (module (memory i64 1) (func (memory.fill (i32.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (memory.fill (i64.const 0) (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (memory.fill (i64.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (memory.copy (i64.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (func (memory.copy (i64.const 0) (i64.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (data "x") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (memory i64 1) (data "x") (func (memory.init 0 (i64.const 0) (i64.const 0) (i64.const 0))))
  "type mismatch")
