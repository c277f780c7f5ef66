;; A legacy handler keeps its exception below its operands.
(module
  (tag $e)
  (func (export "run") (result i32)
    i32.const 5
    try (result i32) throw $e catch $e i32.const 7 end
    i32.add))
