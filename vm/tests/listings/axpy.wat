;; y = a * x + y: a store shows its bits, so each sum is made canonical.
(module (memory 1)
  (func (export "run") (param $a f64) (param $x i32) (param $y i32) (param $end i32)
    (loop $again
      (f64.store (local.get $y)
        (f64.add (f64.load (local.get $y)) (f64.mul (local.get $a) (f64.load (local.get $x)))))
      (local.set $x (i32.add (local.get $x) (i32.const 8)))
      (local.set $y (i32.add (local.get $y) (i32.const 8)))
      (br_if $again (i32.lt_u (local.get $x) (local.get $end))))))
