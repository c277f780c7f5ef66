;; A call through a table: bounds, null, type.
(module
  (type $f (func (param i32) (result i32)))
  (table 4 funcref)
  (func (export "run") (param i32 i32) (result i32)
    (i32.add (call_indirect (type $f) (local.get 0) (local.get 1)) (local.get 0))))
