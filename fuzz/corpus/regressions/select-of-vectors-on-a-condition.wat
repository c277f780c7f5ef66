;; wasmi 2.0.0 takes the wrong operand of a select of vectors whose condition
;; is `i32.eqz`.
(module
  (func (export "run") (param v128 v128 i32) (result v128)
    (select (local.get 0) (local.get 1) (i32.eqz (local.get 2)))))
