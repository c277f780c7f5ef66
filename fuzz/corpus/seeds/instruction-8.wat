(module
  (type (;0;) (func (param i64 i32 i64) (result i64 v128)))
  (type (;1;) (func (param v128 v128 f32 i64)))
  (memory (;0;) 1 3)
  (global (;0;) (mut i32) i32.const 16)
  (global (;1;) (mut i64) i64.const -1)
  (global (;2;) (mut f32) f32.const 0x1.p-149 (;=0.000000000000000000000000000000000000000000001;))
  (global (;3;) (mut f64) f64.const 0x0p+0 (;=0;))
  (global (;4;) (mut v128) v128.const i32x4 0x076f790f 0x0d0071fe 0x0208080e 0x103f8379)
  (global (;5;) f32 f32.const -0x1.000002p+31 (;=-2147484000;))
  (export "f0" (func 0))
  (export "f1" (func 1))
  (export "m0" (memory 0))
  (export "g0" (global 0))
  (export "g1" (global 1))
  (export "g2" (global 2))
  (export "g3" (global 3))
  (export "g4" (global 4))
  (export "g5" (global 5))
  (func (;0;) (type 0) (param i64 i32 i64) (result i64 v128)
    (local i32 i64 f32 f64 v128 i32 i64 i64)
    i32.const 3
    local.set 3
    f64.const 0x1p+53 (;=9007199254740992;)
    local.set 6
    v128.const i32x4 0x00000000 0x41f00000 0xac63c5b1 0x5e3917a9
    local.set 7
    local.get 3
    i32.const 4092
    i32.and
    local.set 8
    local.get 2
    i64.const 4092
    i64.and
    local.set 9
    local.get 4
    i64.extend16_s
    local.set 10
    i32.const 1177
    local.get 10
    i64.store16 offset=4 align=1
    global.get 1
    global.get 1
    i64.const -1
    global.get 1
    i64.lt_s
    select (result i64)
    local.get 7
    local.get 7
    local.get 4
    local.get 2
    i64.ge_u
    select
  )
  (func (;1;) (type 1) (param v128 v128 f32 i64)
    (local i32 i64 f32 f64 v128 i32 i64 i64)
    i32.const 2025837695
    local.set 4
    f64.const 0x1.fffffffep+31 (;=4294967295;)
    local.set 7
    local.get 4
    i32.const 4095
    i32.and
    local.set 9
    local.get 5
    i64.const 4095
    i64.and
    local.set 10
    local.get 0
    local.get 8
    v128.const i32x4 0xffffffff 0x7fefffff 0xffc00000 0x41dfffff
    local.get 1
    local.get 0
    f32x4.relaxed_madd
    i8x16.ge_u
    i64x2.extmul_low_i32x4_u
    local.get 1
    local.get 5
    local.tee 3
    local.get 3
    i64.ge_s
    i8x16.splat
    i64x2.extmul_low_i32x4_u
    local.get 4
    i32.eqz
    select
    local.set 8
    local.get 1
    local.get 8
    i64x2.extmul_low_i32x4_u
    v128.const i32x4 0xbf800000 0x00000002 0xffc00000 0x61778f97
    v128.const i32x4 0x00000005 0x00800000 0xffffffff 0x281a5e52
    i64x2.extmul_low_i32x4_u
    i64.const 400671615591933533
    i64.popcnt
    block (result i64) ;; label = @1
      i64.const -1
      global.get 1
      local.get 3
      i64.le_u
      br_if 0 (;@1;)
      local.set 11
      i32.const 2946
      local.get 11
      i64.store16 offset=1
      local.get 3
    end
    i64.le_u
    select
    global.set 4
  )
  (data (;0;) (i32.const 0) "\01\ff\0d\02\ce\1f\04\02\bb\0f\ff\10m\07\01?\b4\ff\00\ff\96\ff\03\bb\10\0a\00\d5 \b4\01\fe\06\d2\01!\00\80\0a\06\06\08\03\00\00\1f\04\00")
  (data (;1;) (i32.const 65488) "\01\ff\0d\02\ce\1f\04\02\bb\0f\ff\10m\07\01?\b4\ff\00\ff\96\ff\03\bb\10\0a\00\d5 \b4\01\fe\06\d2\01!\00\80\0a\06\06\08\03\00\00\1f\04\00")
  (@custom "lockstep.calls" (after data) "{\22fuel\22:200000,\22calls\22:[[\22f0\22,[\22i64:0x0\22,\22i32:0x1\22,\22i64:0x7fffffff\22]],[\22f0\22,[\22i64:0x3630c623e1bef8a2\22,\22i32:0x8\22,\22i64:0x80\22]],[\22f0\22,[\22i64:0x5b06b0dd352aea1d\22,\22i32:0x1f\22,\22i64:0x4\22]],[\22f0\22,[\22i64:0x9\22,\22i32:0x17dc125b\22,\22i64:0x7\22]],[\22f1\22,[\22v128:0x4b0000003f7fffff7f800001ee7aeee9\22,\22v128:0xf000031df000100400040007f4d4d\22,\22f32:0xd\22,\22i64:0x681819e0fa33c9cf\22]],[\22f1\22,[\22v128:0x16b2e0e9de613cae4b8407ac35cf260f\22,\22v128:0xc00007fff0001002000010008ffff\22,\22f32:0x53bfbb75\22,\22i64:0x7\22]],[\22f1\22,[\22v128:0xcafe1f00b00d00403007dba1a9004080\22,\22v128:0x7fffffffffffffff0000000000000007\22,\22f32:0x93120f9e\22,\22i64:0x8e9a3627132053e0\22]],[\22f1\22,[\22v128:0x3c0cf795705b938362156f3cec940001\22,\22v128:0x53f0b020704083f001a090aff941010\22,\22f32:0x4f800000\22,\22i64:0x7fffffffffffffff\22]],[\22f1\22,[\22v128:0x48000ffff7fff1d05800000080000\22,\22v128:0xc47efffffe0000000\22,\22f32:0x4b000000\22,\22i64:0x0\22]],[\22f1\22,[\22v128:0xc5f0000000000000f0000000a\22,\22v128:0xc1e00000000000003ff0000000000000\22,\22f32:0x7f7fffff\22,\22i64:0xffffffff80000000\22]],[\22f1\22,[\22v128:0x3ca5f21495b5e668b6ed6681f280c409\22,\22v128:0xd200720fe0e9e0bfe0c1f7f80fe14\22,\22f32:0x7f7fffff\22,\22i64:0xfffffffffffffffe\22]],[\22f1\22,[\22v128:0x1000000000000000f\22,\22v128:0x2ac565080f01ff800fd70a20000b2464\22,\22f32:0x4effffff\22,\22i64:0x8000000000000001\22]]]}")
)

