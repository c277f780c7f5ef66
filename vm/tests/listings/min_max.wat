;; Minimum and maximum know NaNs and the sign of zero.
(module
  (func (export "run") (param f64 f64 f32 f32) (result f64)
    (f64.add
      (f64.max (f64.min (local.get 0) (local.get 1)) (f64.const 1))
      (f64.promote_f32 (f32.min (local.get 2) (local.get 3))))))
