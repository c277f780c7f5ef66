;; Handlers around a tail call of a host function must not see what it does.
(module
  (import "host" "f" (func $host (param i64) (result i64)))
  (tag $e)
  (func $tail (param i64) (result i64)
    (block $b (try_table (catch_all $b) (return_call $host (local.get 0))))
    (i64.const -1))
  (func (export "run") (param i64) (result i64)
    (block $b (try_table (catch_all $b) (return (call $tail (local.get 0)))))
    (i64.const -2)))
