(module
  (type (;0;) (func (result f32)))
  (type (;1;) (func))
  (type (;2;) (func))
  (table (;0;) 548 815 funcref)
  (global (;0;) f32 f32.const -0x1.19e34ap-70 (;=-0.0000000000000000000009326887;))
  (global (;1;) (mut i64) i64.const 0)
  (global (;2;) (mut i32) i32.const 228)
  (export "kTQ" (func 0))
  (export "" (table 0))
  (export "2" (global 0))
  (export ")\u{5}" (global 1))
  (export "refuel" (func 1))
  (elem (;0;) declare func)
  (elem (;1;) (i32.const 1) func)
  (func (;0;) (type 0) (result f32)
    global.get 2
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 2
    i32.const 1
    i32.sub
    global.set 2
    return_call 0
    f32.neg
    call 0
    f32.neg
    i32.trunc_sat_f32_s
    f32.reinterpret_i32
    f32.eq
    f32.convert_i32_s
    f32.floor
    i32.trunc_f32_s
    f64.convert_i32_u
    i32.const 131072
    f32.reinterpret_i32
    drop
    i64.reinterpret_f64
    global.get 1
    i64.xor
    global.set 1
    f32.const -0x1p+65 (;=-36893490000000000000;)
  )
  (func (;1;) (type 2)
    i32.const 228
    global.set 2
  )
  (data (;0;) "")
  (@custom "lockstep.calls" (after data) "{\22fuel\22:200000,\22calls\22:[[\22refuel\22,[]],[\22kTQ\22,[]],[\22refuel\22,[]],[\22kTQ\22,[]]]}")
)

