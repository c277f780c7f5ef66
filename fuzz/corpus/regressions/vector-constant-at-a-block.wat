;; Machine code was left where a constant was in the vector accumulator: half of it was lost.
(module
  (type (;0;) (func (param v128 i32) (result i32)))
  (global (;0;) (mut v128) v128.const i32x4 0x3c54077d 0x1f78aea1 0xf654d6e1 0x28388c4b)
  (global (;1;) i32 i32.const 0)
  (export "f0" (func 0))
  (export "" (global 0))
  (func (;0;) (type 0) (param v128 i32) (result i32)
    (local i32 i64 f32 f64 v128 i32 i64)
    v128.const i32x4 0x000dc51b 0xb56f0040 0x0000bfae 0x00060010
    local.set 6
    i32.const 1
    if (result v128) ;; label = @1
      local.get 6
      global.get 1
      i32x4.shr_u
    else
      global.get 0
    end
    global.set 0
    i32.const 0
  )
  (@custom "lockstep.calls" (after code) "{\22fuel\22:200000,\22calls\22:[[\22f0\22,[\22v128:0x0\22,\22i32:0x0\22]]]}")
)
