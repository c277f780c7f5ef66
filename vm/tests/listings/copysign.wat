;; Signs are bits: NaNs pass through.
(module
  (func (export "run") (param f64 f64 f32) (result f64)
    (f64.copysign
      (f64.neg (local.get 0))
      (f64.abs (f64.copysign (local.get 1) (f64.promote_f32 (local.get 2)))))))
