;; Each return of several values took slots of its own, until the frame was
;; too large.
(module
  (func $many (param i64 i64) (result i64 i64 i64)
    (if (i64.eqz (local.get 0)) (then (return (local.get 1) (local.get 0) (i64.const 1))))
    (if (i64.lt_s (local.get 0) (i64.const 0)) (then (return (local.get 1) (local.get 1) (i64.const 2))))
    (if (i64.eq (local.get 0) (local.get 1)) (then (return (local.get 0) (i64.const 3) (local.get 1))))
    (return (i64.add (local.get 0) (local.get 1)) (local.get 1) (local.get 0)))
  (func (export "run") (param i64 i64) (result i64 i64 i64)
    (call $many (local.get 0) (local.get 1))))
