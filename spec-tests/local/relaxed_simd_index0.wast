;; Relaxed SIMD: the official files accept any of the allowed results. The
;; deterministic profile has one, and these assertions pin it.

(module
  (func (export "swizzle") (param v128 v128) (result v128)
    (i8x16.relaxed_swizzle (local.get 0) (local.get 1)))
  (func (export "trunc_f32_s") (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0)))
  (func (export "trunc_f32_u") (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_u (local.get 0)))
  (func (export "trunc_f64_s") (param v128) (result v128) (i32x4.relaxed_trunc_f64x2_s_zero (local.get 0)))
  (func (export "trunc_f64_u") (param v128) (result v128) (i32x4.relaxed_trunc_f64x2_u_zero (local.get 0)))
  (func (export "madd_f32") (param v128 v128 v128) (result v128)
    (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "nmadd_f32") (param v128 v128 v128) (result v128)
    (f32x4.relaxed_nmadd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "madd_f64") (param v128 v128 v128) (result v128)
    (f64x2.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "nmadd_f64") (param v128 v128 v128) (result v128)
    (f64x2.relaxed_nmadd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "select_i8") (param v128 v128 v128) (result v128)
    (i8x16.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
  (func (export "select_i16") (param v128 v128 v128) (result v128)
    (i16x8.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
  (func (export "select_i32") (param v128 v128 v128) (result v128)
    (i32x4.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
  (func (export "select_i64") (param v128 v128 v128) (result v128)
    (i64x2.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
  (func (export "min_f32") (param v128 v128) (result v128) (f32x4.relaxed_min (local.get 0) (local.get 1)))
  (func (export "max_f32") (param v128 v128) (result v128) (f32x4.relaxed_max (local.get 0) (local.get 1)))
  (func (export "min_f64") (param v128 v128) (result v128) (f64x2.relaxed_min (local.get 0) (local.get 1)))
  (func (export "max_f64") (param v128 v128) (result v128) (f64x2.relaxed_max (local.get 0) (local.get 1)))
  (func (export "q15mulr") (param v128 v128) (result v128) (i16x8.relaxed_q15mulr_s (local.get 0) (local.get 1)))
  (func (export "dot") (param v128 v128) (result v128) (i16x8.relaxed_dot_i8x16_i7x16_s (local.get 0) (local.get 1)))
  (func (export "dot_add") (param v128 v128 v128) (result v128)
    (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get 0) (local.get 1) (local.get 2))))

;; An index of 16 or more selects zero, in whichever way it is too large.
(assert_return
  (invoke "swizzle"
    (v128.const i8x16 100 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115)
    (v128.const i8x16 15 0 16 17 31 32 127 128 129 143 144 255 1 2 3 4))
  (v128.const i8x16 115 100 0 0 0 0 0 0 0 0 0 0 101 102 103 104))

;; Truncation saturates and turns NaN into zero.
(assert_return
  (invoke "trunc_f32_s" (v128.const f32x4 2147483648 -2147483904 nan inf))
  (v128.const i32x4 0x7fffffff 0x80000000 0 0x7fffffff))
(assert_return
  (invoke "trunc_f32_s" (v128.const f32x4 -1.9 1.9 -nan:0x200000 -inf))
  (v128.const i32x4 -1 1 0 0x80000000))
(assert_return
  (invoke "trunc_f32_u" (v128.const f32x4 4294967296 -1 nan -inf))
  (v128.const i32x4 -1 0 0 0))
(assert_return
  (invoke "trunc_f32_u" (v128.const f32x4 4294967040 -0.9 inf 3000000000))
  (v128.const i32x4 0xffffff00 0 -1 3000000000))
(assert_return
  (invoke "trunc_f64_s" (v128.const f64x2 2147483648 -2147483649))
  (v128.const i32x4 0x7fffffff 0x80000000 0 0))
(assert_return (invoke "trunc_f64_s" (v128.const f64x2 nan inf)) (v128.const i32x4 0 0x7fffffff 0 0))
(assert_return (invoke "trunc_f64_u" (v128.const f64x2 4294967296 -1)) (v128.const i32x4 -1 0 0 0))
(assert_return (invoke "trunc_f64_u" (v128.const f64x2 -nan 4294967295.5)) (v128.const i32x4 0 -1 0 0))

;; Multiply-add rounds once. (1+u)^2 = 1+2u+u^2, and 1+2u is what rounding the
;; product alone would leave, so taking it away leaves u^2 or nothing.
(assert_return
  (invoke "madd_f32"
    (v128.const f32x4 0x1.000002p+0 0x1.000002p+0 3 0x1.fffffep+127)
    (v128.const f32x4 0x1.000002p+0 0x1.000002p+0 4 0x1.fffffep+127)
    (v128.const f32x4 -0x1.000004p+0 1 5 -inf))
  (v128.const f32x4 0x1p-46 0x1.000002p+1 17 -inf))
(assert_return
  (invoke "nmadd_f32"
    (v128.const f32x4 0x1.000002p+0 2 0x1.000002p+0 -0)
    (v128.const f32x4 0x1.000002p+0 3 -0x1.000002p+0 0)
    (v128.const f32x4 0x1.000004p+0 7 -0x1.000004p+0 0))
  (v128.const f32x4 -0x1p-46 1 0x1p-46 0))
(assert_return
  (invoke "madd_f64"
    (v128.const f64x2 0x1.0000000000001p+0 0x1p-600)
    (v128.const f64x2 0x1.0000000000001p+0 0x1p-600)
    (v128.const f64x2 -0x1.0000000000002p+0 0x1p-1074))
  (v128.const f64x2 0x1p-104 0x1p-1074))
(assert_return
  (invoke "nmadd_f64"
    (v128.const f64x2 0x1.0000000000001p+0 0x1.fffffffffffffp+1023)
    (v128.const f64x2 0x1.0000000000001p+0 2)
    (v128.const f64x2 0x1.0000000000002p+0 0x1.fffffffffffffp+1023))
  (v128.const f64x2 -0x1p-104 -0x1.fffffffffffffp+1023))
;; NaN results are canonical and positive, whatever NaN came in.
(assert_return
  (invoke "madd_f32"
    (v128.const f32x4 -nan:0x200000 1 1 inf)
    (v128.const f32x4 1 nan:0x1234 1 0)
    (v128.const f32x4 1 1 -nan 1))
  (v128.const f32x4 nan nan nan nan))
(assert_return
  (invoke "nmadd_f32"
    (v128.const f32x4 nan 1 inf 1)
    (v128.const f32x4 1 -nan:0x400001 1 1)
    (v128.const f32x4 1 1 inf nan))
  (v128.const f32x4 nan nan nan nan))
(assert_return
  (invoke "madd_f64" (v128.const f64x2 -nan 0) (v128.const f64x2 1 inf) (v128.const f64x2 1 1))
  (v128.const f64x2 nan nan))
(assert_return
  (invoke "nmadd_f64" (v128.const f64x2 1 nan) (v128.const f64x2 1 1) (v128.const f64x2 -nan:0x1 1))
  (v128.const f64x2 nan nan))

;; Selecting looks at every bit of the mask, not at a lane's highest.
(assert_return
  (invoke "select_i8"
    (v128.const i32x4 0xffffffff 0xffffffff 0xffffffff 0x12345678)
    (v128.const i32x4 0 0 0 0x9abcdef0)
    (v128.const i32x4 0x0f0f0f0f 0x80808080 0x7f7f7f7f 0xffff0000))
  (v128.const i32x4 0x0f0f0f0f 0x80808080 0x7f7f7f7f 0x1234def0))
(assert_return
  (invoke "select_i16"
    (v128.const i64x2 -1 -1) (v128.const i64x2 0 0) (v128.const i64x2 0x00ff80007fff0001 0x8001))
  (v128.const i64x2 0x00ff80007fff0001 0x8001))
(assert_return
  (invoke "select_i32"
    (v128.const i64x2 -1 -1) (v128.const i64x2 0 0) (v128.const i64x2 0x800000007fffffff 0x12345678))
  (v128.const i64x2 0x800000007fffffff 0x12345678))
(assert_return
  (invoke "select_i64"
    (v128.const i64x2 -1 -1) (v128.const i64x2 0 0) (v128.const i64x2 0x8000000000000000 0x7fffffffffffffff))
  (v128.const i64x2 0x8000000000000000 0x7fffffffffffffff))

;; Minimum and maximum are the ordinary ones: NaN wins, and -0 is below 0.
(assert_return
  (invoke "min_f32" (v128.const f32x4 -nan:0x200001 1 0 -0) (v128.const f32x4 1 nan -0 0))
  (v128.const f32x4 nan nan -0 -0))
(assert_return
  (invoke "max_f32" (v128.const f32x4 -nan:0x200001 1 0 -0) (v128.const f32x4 1 nan -0 0))
  (v128.const f32x4 nan nan 0 0))
(assert_return
  (invoke "min_f64" (v128.const f64x2 -nan -0) (v128.const f64x2 -inf 0))
  (v128.const f64x2 nan -0))
(assert_return
  (invoke "max_f64" (v128.const f64x2 inf -0) (v128.const f64x2 nan:0x1 0))
  (v128.const f64x2 nan 0))

;; Only the square of the lowest number does not fit, and saturates.
(assert_return
  (invoke "q15mulr"
    (v128.const i16x8 -32768 -32768 32767 -32767 16384 1 -1 0)
    (v128.const i16x8 -32768 32767 32767 32767 16384 16384 16384 -32768))
  (v128.const i16x8 32767 -32767 32766 -32766 8192 1 0 0))

;; Both operands of the dot product are signed. Of all pairs only two squares
;; of -128 do not fit 16 bits; their sum wraps.
(assert_return
  (invoke "dot"
    (v128.const i8x16 1 2 -1 -2 127 127 -128 -128 -128 -128 -128 -128 0 0 5 6)
    (v128.const i8x16 3 4 3 4 127 127 127 127 -1 -1 -128 -128 -1 -1 -7 8))
  (v128.const i16x8 11 -11 32258 -32512 256 -32768 0 13))
(assert_return
  (invoke "dot_add"
    (v128.const i8x16 1 2 3 4 -128 -128 -128 -128 127 127 127 127 -1 -1 -1 -1)
    (v128.const i8x16 1 2 3 4 -1 -1 -1 -1 127 127 127 127 -128 -128 -128 -128)
    (v128.const i32x4 100 0 -64516 0x7fffffff))
  (v128.const i32x4 130 512 0 0x800001ff))
(assert_return
  (invoke "dot_add"
    (v128.const i8x16 -128 -128 -128 -128 0 0 0 0 -128 -128 0 0 0 0 0 0)
    (v128.const i8x16 -128 -128 -128 -128 0 0 0 0 -128 -128 0 0 0 0 0 0)
    (v128.const i32x4 1 2 3 4))
  (v128.const i32x4 -65535 2 -32765 4))
