;; Range instructions pay as they go: stopped anywhere, the bytes written are
;; those that were paid for.
(module
  (memory (export "memory") 2)
  (table (export "table") 4 2000 funcref)
  (func (export "fill") (param i32) (memory.fill (i32.const 100) (local.get 0) (i32.const 10000)))
  (func (export "copy") (memory.copy (i32.const 500) (i32.const 100) (i32.const 20000)))
  (func (export "back") (memory.copy (i32.const 100) (i32.const 500) (i32.const 20000)))
  (func (export "grow") (result i32) (table.grow (ref.null func) (i32.const 1500)))
  (func (export "past") (memory.fill (i32.const 131000) (i32.const 1) (i32.const 1000))))
