;; Loads from one address with several offsets share a check.
(module (memory i64 1)
  (func (export "run") (param $at i64) (result i64)
    (i64.add
      (i64.add (i64.load offset=16 (local.get $at)) (i64.load offset=8 (local.get $at)))
      (i64.load (local.get $at)))))
