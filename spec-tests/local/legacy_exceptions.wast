;; The exception instructions of the first proposal, which older toolchains
;; emit: try, catch, catch_all, rethrow and delegate. The official suite that
;; comes as a package has no file of them.

(module $Tags
  (tag (export "number") (param i32))
  (func (export "throw_number") (param i32) (throw 0 (local.get 0))))
(register "Tags" $Tags)

(module
  (import "Tags" "number" (tag $number (param i32)))
  (import "Tags" "throw_number" (func $throw_number (param i32)))
  (tag $pair (param i64 f64))
  (tag $empty)

  (func $throw_if (param i32 i32)
    (if (i32.eq (local.get 0) (local.get 1)) (then (throw $number (local.get 0)))))

  ;; Nothing thrown: the body's value.
  (func (export "quiet") (result i32)
    try (result i32) (i32.const 7) catch $number (drop) (i32.const 8) catch_all (i32.const 9) end)
  ;; The payload arrives on the stack of the handler.
  (func (export "catch_number") (param i32) (result i32)
    try (result i32)
      (throw $number (local.get 0))
      catch $number (i32.add (i32.const 100)) end)
  (func (export "catch_pair") (result i64 f64)
    try (result i64 f64)
      (throw $pair (i64.const -5) (f64.const 2.5))
      catch $pair end)
  (func (export "catch_from_call") (param i32) (result i32)
    try (result i32)
      (call $throw_number (local.get 0)) (i32.const -1)
      catch $number end)
  ;; Handlers are tried in order; catch_all takes the rest.
  (func $choose (export "choose") (param i32) (result i32)
    try (result i32)
        (if (i32.eqz (local.get 0)) (then (throw $empty)))
        (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $number (i32.const 50))))
        (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $pair (i64.const 0) (f64.const 0))))
        (i32.const 60)
      catch $empty (i32.const 10)
      catch $number
      catch_all (i32.const 30) end)
  ;; Locals keep what they were given before the throw.
  (func (export "locals") (result i32) (local $n i32)
    try
        (local.set $n (i32.const 1))
        (call $throw_if (i32.const 3) (i32.const 3))
        (local.set $n (i32.const 2))
      catch_all (local.set $n (i32.add (local.get $n) (i32.const 40))) end
    (local.get $n))

  ;; rethrow names the handler whose exception it throws again.
  (func (export "rethrow_inner") (result i32)
    try (result i32)
        try (result i32)
          (throw $number (i32.const 5))
          catch $number (drop) (rethrow 0) end
      catch $number (i32.add (i32.const 1)) end)
  (func (export "rethrow_outer") (result i32)
    try (result i32)
        try (result i32)
          (throw $number (i32.const 5))
          catch $number
            (drop)
            try (result i32)
              (throw $number (i32.const 6))
              catch $number (drop) (rethrow 1) end end
      catch $number end)
  (func (export "rethrow_out") (param i32)
    try (throw $number (local.get 0)) catch_all (rethrow 0) end)
  ;; delegate hands an exception to the handlers of an outer try, past those between.
  (func (export "delegate_past") (result i32)
    try $outer (result i32)
        try (result i32)

            try (result i32)
              (throw $number (i32.const 70))
              delegate $outer
          catch $number (drop) (i32.const -1) end
      catch $number (i32.add (i32.const 7)) end)
  (func (export "delegate_out") (param i32)
    try
      try (throw $number (local.get 0)) delegate 1
      catch_all end)
  ;; A throw inside a handler is not caught by that handler's own try.
  (func (export "throw_in_handler") (result i32)
    try (result i32)
        try (result i32)
          (throw $empty)
          catch $empty (throw $number (i32.const 20))
          catch_all (i32.const -1) end
      catch $number end)
  ;; Leaving a try by a branch leaves its handlers behind.
  (func (export "branch_out") (result i32)
    (block $done
      try (br $done) catch_all (return (i32.const -1)) end)
    try (result i32) (throw $empty) catch_all (i32.const 33) end)
  ;; A loop of throws and catches.
  (func (export "many") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      try
        (call $throw_number (local.get $n))
        catch $number (local.set $sum (i32.add (local.get $sum))) end
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; A trap is not an exception.
  (func (export "trap") (result i32)
    try (result i32) (unreachable) catch_all (i32.const -1) end)
  (func (export "divide") (param i32) (result i32)
    try (result i32) (i32.div_s (i32.const 1) (local.get 0)) catch_all (i32.const -1) end)
  ;; Both generations of instructions see the same exceptions.
  (func (export "mixed") (result i32)
    (block $handler (result i32)
      (try_table (result i32) (catch $number $handler)
        try (result i32)
          (throw $number (i32.const 12))
          catch $empty (i32.const -1) end))))

(assert_return (invoke "quiet") (i32.const 7))
(assert_return (invoke "catch_number" (i32.const 23)) (i32.const 123))
(assert_return (invoke "catch_pair") (i64.const -5) (f64.const 2.5))
(assert_return (invoke "catch_from_call" (i32.const 9)) (i32.const 9))
(assert_return (invoke "choose" (i32.const 0)) (i32.const 10))
(assert_return (invoke "choose" (i32.const 1)) (i32.const 50))
(assert_return (invoke "choose" (i32.const 2)) (i32.const 30))
(assert_return (invoke "choose" (i32.const 3)) (i32.const 60))
(assert_return (invoke "locals") (i32.const 41))
(assert_return (invoke "rethrow_inner") (i32.const 6))
(assert_return (invoke "rethrow_outer") (i32.const 5))
(assert_exception (invoke "rethrow_out" (i32.const 1)))
(assert_return (invoke "delegate_past") (i32.const 77))
(assert_exception (invoke "delegate_out" (i32.const 1)))
(assert_return (invoke "throw_in_handler") (i32.const 20))
(assert_return (invoke "branch_out") (i32.const 33))
(assert_return (invoke "many" (i32.const 1000)) (i32.const 500500))
(assert_trap (invoke "trap") "unreachable")
(assert_trap (invoke "divide" (i32.const 0)) "integer divide by zero")
(assert_return (invoke "divide" (i32.const 1)) (i32.const 1))
(assert_return (invoke "mixed") (i32.const 12))
(assert_exception (invoke $Tags "throw_number" (i32.const 1)))

(assert_invalid
  (module (tag $t (param i32)) (func try  catch $t end))
  "type mismatch")
(assert_invalid (module (func (rethrow 0))) "invalid rethrow label")
(assert_invalid (module (func (block (rethrow 0)))) "invalid rethrow label")
