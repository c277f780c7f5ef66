;; Choices between integers, and between floats.
(module
  (func (export "run") (param i32 i32 f64 f64) (result f64)
    (f64.add
      (f64.convert_i32_s
        (select (local.get 0) (local.get 1) (i32.lt_s (local.get 0) (local.get 1))))
      (select (local.get 2) (local.get 3) (f64.lt (local.get 2) (local.get 3))))))
