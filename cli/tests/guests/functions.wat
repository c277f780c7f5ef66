;; Functions for `--invoke`.
(module
  (memory (export "memory") i64 1)
  (func $add (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func $div (export "div") (param i64 i64) (result i64) (i64.div_s (local.get 0) (local.get 1)))
  (func $outer (export "outer") (result i64) (call $div (i64.const 1) (i64.const 0)))
  (func (export "several") (param f32 f64 v128 externref) (result externref v128 f64 f32)
    (local.get 3) (local.get 2) (local.get 1) (local.get 0))
  (func (export "spin") (loop (br 0)))
  (func $deep (export "deep") (call $deep))
  (tag $tag)
  (func (export "throw") (throw $tag)))
