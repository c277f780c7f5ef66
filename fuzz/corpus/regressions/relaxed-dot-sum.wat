;; A pair's sum of 17 bits: here it wraps to 16, in other engines it does not.
(module
  (func (export "run") (param v128) (result v128)
    (i32x4.relaxed_dot_i8x16_i7x16_add_s
      (v128.const i8x16 -128 -128 -128 -128 1 2 3 4 -128 -128 -128 -128 5 6 7 8)
      (v128.const i8x16 -128 -128 -128 -128 1 2 3 4 -128 -128 -128 -128 5 6 7 8)
      (local.get 0))))
