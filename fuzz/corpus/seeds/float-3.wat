(module
  (type (;0;) (func (param v128 f64 v128 f32) (result f32 f64)))
  (memory (;0;) i64 1 1)
  (global (;0;) (mut i32) i32.const 2)
  (global (;1;) (mut i64) i64.const -9223372036854775807)
  (global (;2;) (mut f32) f32.const 0x1.p-148 (;=0.000000000000000000000000000000000000000000003;))
  (global (;3;) (mut f64) f64.const 0x1.656806f55b639p+917 (;=1546779224977525000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000;))
  (global (;4;) (mut v128) v128.const i32x4 0x00000007 0x00000001 0xcf000000 0xff800001)
  (global (;5;) i64 i64.const 1)
  (export "f0" (func 0))
  (export "m0" (memory 0))
  (export "g0" (global 0))
  (export "g1" (global 1))
  (export "g2" (global 2))
  (export "g3" (global 3))
  (export "g4" (global 4))
  (export "g5" (global 5))
  (func (;0;) (type 0) (param v128 f64 v128 f32) (result f32 f64)
    (local i32 i64 f32 f64 v128 i32 i64 f32 f64 v128)
    i64.const 13
    local.set 5
    f64.const 0x1p+63 (;=9223372036854776000;)
    local.set 7
    v128.const i32x4 0xc9b6feae 0xb69ba928 0xdb10dd0b 0x0f962f4d
    local.set 8
    local.get 4
    i32.const 32752
    i32.and
    local.set 9
    local.get 5
    i64.const 32752
    i64.and
    local.set 10
    local.get 3
    i32.reinterpret_f32
    f32.reinterpret_i32
    local.set 6
    local.get 12
    local.tee 7
    local.set 12
    v128.const i32x4 0x00000004 0x00000000 0x0000000d 0x00000000
    global.get 4
    v128.const i32x4 0x2107e31f 0x00057f10 0xaf0ba201 0xf5086d7b
    global.get 3
    local.get 12
    f64.ne
    select
    f32x4.pmin
    i64x2.all_true
    if ;; label = @1
      global.get 1
      global.set 1
    else
      local.get 5
      local.set 5
    end
    local.get 7
    f64.const 0x1.1194d172e8bfep-66 (;=0.000000000000000000014483274536635885;)
    f64.add
    global.get 2
    i32.trunc_sat_f32_u
    if (result f64) ;; label = @1
      global.get 3
    else
      local.get 12
    end
    f64.div
    f64.abs
    local.set 1
    local.get 10
    local.get 10
    i64.add
    local.get 1
    f64.store offset=2 align=4
    i64.const 3161
    local.get 2
    v128.store offset=4096 align=8
    local.get 10
    i64.const 32
    i64.add
    local.get 3
    f32.store offset=8 align=1
    local.get 10
    local.get 10
    i64.add
    local.get 6
    f32.store offset=4 align=1
    local.get 10
    i64.const 179
    i64.add
    local.get 7
    f64.store offset=16 align=4
    i64.const 3672
    local.get 8
    v128.store32_lane offset=4 align=2 3
    local.get 10
    local.get 11
    f32.store offset=1 align=1
    local.get 10
    i64.const 91
    i64.add
    local.get 12
    f64.store offset=2 align=2
    local.get 10
    local.get 10
    i64.add
    local.get 13
    v128.store offset=8 align=4
    local.get 6
    local.get 3
    f32.max
    global.get 3
  )
  (data (;0;) (i64.const 0) "\05:\0d\01\f8\0e\0e\c7<t\fe~\058\05\04\e1\90ZF\a5r\bc\8b\9b\ba\86|\1fN\06^\00\00\80\7f\be\0ef\f7\00\00\c0\ff\06\00\00\00")
  (data (;1;) (i64.const 65488) "\05:\0d\01\f8\0e\0e\c7<t\fe~\058\05\04\e1\90ZF\a5r\bc\8b\9b\ba\86|\1fN\06^\00\00\80\7f\be\0ef\f7\00\00\c0\ff\06\00\00\00")
  (@custom "lockstep.calls" (after data) "{\22fuel\22:200000,\22calls\22:[[\22f0\22,[\22v128:0xbfe00000000000000000000000000001\22,\22f64:0x7e7b917668b8ad35\22,\22v128:0x82c9e7c29a3fac07b98bde715e8333c3\22,\22f32:0x3fc00000\22]],[\22f0\22,[\22v128:0x7fc000013f00000093445537ffc12345\22,\22f64:0x7ff0000000000001\22,\22v128:0xd37682c24b0000003fc00000bf000000\22,\22f32:0xf6934545\22]],[\22f0\22,[\22v128:0x6f1776d15d709508db25777706165d8\22,\22f64:0xfff923456789abcd\22,\22v128:0xe3820b243a93c0693fdfffffffffffff\22,\22f32:0x2\22]],[\22f0\22,[\22v128:0xe000000007f7fffffff800001\22,\22f64:0xc3e0000000000000\22,\22v128:0xd1b834b6a5910db413c9b16bbb9902c6\22,\22f32:0xff800000\22]],[\22f0\22,[\22v128:0x800000005f8000007fbfffff7fc00001\22,\22f64:0x7ad9c92aa3ccf643\22,\22v128:0xffefffffffffffff0000000000000003\22,\22f32:0xffc00000\22]]]}")
)

