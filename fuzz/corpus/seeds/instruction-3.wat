(module
  (type (;0;) (func (param v128 v128 i32 f64 i32) (result v128)))
  (memory (;0;) i64 2 3)
  (memory (;1;) i64 2 2)
  (global (;0;) (mut i32) i32.const 15)
  (global (;1;) (mut i64) i64.const 1)
  (global (;2;) (mut f32) f32.const 0x1.9c3d1ep+68 (;=475278900000000000000;))
  (global (;3;) (mut f64) f64.const 0x1.fffffffffffffp+1023 (;=179769313486231570000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000;))
  (global (;4;) (mut v128) v128.const i32x4 0x80000005 0x00100021 0x0010147b 0x00200005)
  (global (;5;) i64 i64.const 2147483647)
  (export "f0" (func 0))
  (export "m0" (memory 0))
  (export "m1" (memory 1))
  (export "g0" (global 0))
  (export "g1" (global 1))
  (export "g2" (global 2))
  (export "g3" (global 3))
  (export "g4" (global 4))
  (export "g5" (global 5))
  (func (;0;) (type 0) (param v128 v128 i32 f64 i32) (result v128)
    (local i32 i64 f32 f64 v128 i32 i64 i32 i32)
    i32.const -1740135601
    local.set 5
    f32.const -inf (;=-inf;)
    local.set 7
    f64.const 0x1.8p-1072 (;=0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003;)
    local.set 8
    local.get 5
    i32.const 4092
    i32.and
    local.set 10
    local.get 6
    i64.const 4092
    i64.and
    local.set 11
    local.get 6
    i64.eqz
    i32.eqz
    if (result v128) ;; label = @1
      local.get 9
      local.tee 9
      local.get 9
      i16x8.max_s
    else
      local.get 1
      local.get 0
      i32x4.max_s
    end
    i64x2.extend_high_i32x4_u
    v128.any_true
    if ;; label = @1
      f64.const 0x1p+63 (;=9223372036854776000;)
      local.set 3
    end
    block (result v128) ;; label = @1
      local.get 0
      local.tee 1
      local.get 1
      i16x8.max_s
      local.get 7
      local.get 7
      local.tee 7
      f32.gt
      br_if 0 (;@1;)
      drop
      block (result v128) ;; label = @2
        v128.const i32x4 0x82821459 0xb4337f87 0xbb54cdec 0x9a3066cb
      end
      v128.const i32x4 0x00000004 0xffc00000 0x3bde30b9 0xffc12345
      local.get 1
      i32x4.lt_s
      i16x8.max_s
    end
    global.set 4
    local.get 9
    global.get 4
    i16x8.max_s
    f32x4.trunc
    i16x8.bitmask
    local.set 12
    i64.const 4
    i64.const 127
    local.get 12
    select
    local.set 6
    local.get 9
    global.get 4
    i16x8.max_s
    i16x8.bitmask
    global.get 0
    local.tee 2
    i32.gt_u
    local.get 2
    i32.xor
    local.set 13
    v128.const i32x4 0x00080004 0xda8c0001 0xffff33e0 0x000a0080
    local.get 1
    local.get 13
    select
    global.set 4
    local.get 11
    v128.load8_splat 1 offset=2
  )
  (data (;0;) (i64.const 1) "\ff\ff\ff\ff\ff\ff\ef\7f\00\00\00\00\00\00\f0?\ff\ff\7f\7f\00\00\00?\ff\ff\bf\7f\00\00\80\7f\0f\00\81\00\e8\a5 \00\00\01\02\00\04\00\00\00:m\82\c1?\bb\06^(\b7\e7\da\adO\13)")
  (data (;1;) (i64.const 131008) "\ff\ff\ff\ff\ff\ff\ef\7f\00\00\00\00\00\00\f0?\ff\ff\7f\7f\00\00\00?\ff\ff\bf\7f\00\00\80\7f\0f\00\81\00\e8\a5 \00\00\01\02\00\04\00\00\00:m\82\c1?\bb\06^(\b7\e7\da\adO\13)")
  (data (;2;) (memory 1) (i64.const 1) "\08\00\06\00\04\00\81\00\08\00\7f\00\0c\00\01\00L\8c\cc\89\00\00\00_\aa\a6\ff\fd\00\00\00\00")
  (data (;3;) (memory 1) (i64.const 131040) "\08\00\06\00\04\00\81\00\08\00\7f\00\0c\00\01\00L\8c\cc\89\00\00\00_\aa\a6\ff\fd\00\00\00\00")
  (@custom "lockstep.calls" (after data) "{\22fuel\22:200000,\22calls\22:[[\22f0\22,[\22v128:0x6dd0d800e020c0e0109380103000624\22,\22v128:0x900000008000000087fffffff\22,\22i32:0xc\22,\22f64:0xd597fe772d4c92f\22,\22i32:0x95afd637\22]],[\22f0\22,[\22v128:0xf7fc000003fc000005f800000\22,\22v128:0xfff923456789abcd000000000000000f\22,\22i32:0xb\22,\22f64:0xc3e0000000000001\22,\22i32:0x7\22]],[\22f0\22,[\22v128:0x3f800000ff80000000000005217bfd67\22,\22v128:0x35808f27ed285a7007ed5d69711f024c\22,\22i32:0x100\22,\22f64:0x5d67c733c4b788e8\22,\22i32:0x7\22]]]}")
)

