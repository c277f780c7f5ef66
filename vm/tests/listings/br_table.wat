;; A table of jumps.
(module
  (func (export "run") (param $case i32) (result i32)
    (block $c (block $b (block $a
      (br_table $a $b $a $c (local.get $case)))
      (return (i32.const 10)))
      (return (i32.const 20)))
    (i32.const 30)))
