;; Conversions that trap, and one that does not.
(module
  (func (export "run") (param f64 f32) (result i64)
    (i64.add
      (i64.add
        (i64.extend_i32_s (i32.trunc_f64_s (local.get 0)))
        (i64.trunc_f32_s (local.get 1)))
      (i64.trunc_sat_f64_s (local.get 0)))))
