;; wasmtime tells of the load's trap as one of the extension behind it.
(module
  (memory (export "memory") 1)
  (func (export "run") (param i32) (result i64)
    (i64.extend_i32_s (i32.load offset=65532 (local.get 0)))))
