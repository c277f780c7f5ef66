(module
  (type (;0;) (func (param v128 f64 v128 f64) (result f64)))
  (type (;1;) (func (param f32 v128 f64 v128) (result f32)))
  (type (;2;) (func (param f64) (result v128 f32 f64)))
  (type (;3;) (func (param i32)))
  (memory (;0;) 2 4)
  (global (;0;) (mut i32) i32.const -1127761647)
  (global (;1;) (mut i64) i64.const 2147483647)
  (global (;2;) (mut f32) f32.const nan:0x3fffff (;=NaN;))
  (global (;3;) (mut f64) f64.const 0x1p-1022 (;=0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000022250738585072014;))
  (global (;4;) (mut v128) v128.const i32x4 0x80000001 0x4b000000 0x0000000a 0x918ca4f2)
  (global (;5;) i64 i64.const 65)
  (export "f0" (func 0))
  (export "f1" (func 1))
  (export "f2" (func 2))
  (export "m0" (memory 0))
  (export "g0" (global 0))
  (export "g1" (global 1))
  (export "g2" (global 2))
  (export "g3" (global 3))
  (export "g4" (global 4))
  (export "g5" (global 5))
  (func (;0;) (type 0) (param v128 f64 v128 f64) (result f64)
    (local i32 i64 f32 f64 v128 i32 i64 f32 f64 v128 i32 i32 i32)
    i32.const 4
    local.set 4
    f64.const 0x1.cp-1071 (;=0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000007;)
    local.set 7
    local.get 4
    i32.const 4092
    i32.and
    local.set 9
    local.get 5
    i64.const 4092
    i64.and
    local.set 10
    i32.const 9
    local.set 14
    loop ;; label = @1
      local.get 13
      local.tee 8
      local.get 8
      f64x2.pmin
      i8x16.extract_lane_u 6
      local.set 15
      local.get 7
      i64.trunc_f64_u
      local.get 5
      local.get 15
      select
      local.set 5
      local.get 1
      local.set 7
      local.get 9
      local.get 9
      i32.add
      v128.load64_zero offset=1 align=2
      local.get 8
      local.get 2
      global.get 4
      f32x4.pmax
      f32x4.relaxed_madd
      f32x4.convert_i32x4_u
      local.get 9
      i32.const 48
      i32.add
      v128.load16_splat offset=16
      local.get 2
      v128.const i32x4 0x00000000 0x38100000 0xf2fa509a 0x8d666d8c
      local.get 8
      i8x16.extract_lane_u 6
      select (result v128)
      i8x16.relaxed_laneselect
      local.get 13
      f32x4.mul
      local.set 0
      local.get 14
      i32.const 1
      i32.sub
      local.tee 14
      br_if 0 (;@1;)
    end
    local.get 8
    local.get 9
    v128.load align=8
    i32.const 5
    select
    local.get 6
    local.tee 6
    local.get 6
    f32.max
    f32x4.replace_lane 1
    i32x4.relaxed_trunc_f32x4_u
    global.set 4
    i32.const 11
    local.set 16
    loop ;; label = @1
      i32.const 802
      v128.load8x8_u offset=4096 align=4
      f32x4.convert_i32x4_s
      f32x4.convert_i32x4_u
      v128.const i32x4 0xd6c2ca3b 0xedb95766 0x122b9331 0x2676d3cd
      i32x4.relaxed_trunc_f32x4_s
      f32x4.pmax
      global.set 4
      local.get 16
      i32.const 1
      i32.sub
      local.tee 16
      br_if 0 (;@1;)
    end
    local.get 9
    local.get 9
    i32.add
    local.get 6
    f32.store align=1
    i32.const 1817
    local.get 7
    f64.store align=2
    local.get 9
    local.get 8
    v128.store32_lane align=2 0
    local.get 9
    local.get 9
    i32.add
    local.get 11
    f32.store align=2
    global.get 3
    f64.abs
  )
  (func (;1;) (type 1) (param f32 v128 f64 v128) (result f32)
    (local i32 i64 f32 f64 v128 i32 i64 f32 f64 v128 f32 f32 i32 i32 f32 f32)
    i64.const 11
    local.set 5
    local.get 4
    i32.const 4088
    i32.and
    local.set 9
    local.get 5
    i64.const 4088
    i64.and
    local.set 10
    local.get 13
    i32x4.trunc_sat_f64x2_u_zero
    local.get 1
    f32x4.pmin
    global.set 4
    local.get 8
    local.get 12
    v128.const i32x4 0x7fc00000 0x00000000 0x7f3e9003 0x0000000b
    global.get 3
    call 0
    f64.trunc
    f64.abs
    local.set 7
    block (result f32) ;; label = @1
      local.get 6
      i32.const 3
      local.get 11
      i32.trunc_sat_f32_s
      local.get 4
      local.get 12
      global.get 3
      f64.lt
      i32.eqz
      i32.eqz
      select (result i32)
      i32.and
      br_if 0 (;@1;)
      local.set 14
      local.get 9
      i32.const 7
      i32.add
      local.get 14
      f32.store offset=8 align=1
      i32.const 2055
      f32.load offset=1
      local.get 6
      f32.nearest
      f32.const 0x1.fffffep+127 (;=340282350000000000000000000000000000000;)
      local.get 11
      f32.ge
      i32.eqz
      select
    end
    global.get 1
    local.get 5
    i64.lt_s
    if (result f32) ;; label = @1
      local.get 0
    else
      f32.const 0x1p-126 (;=0.000000000000000000000000000000000000011754944;)
    end
    f32.le
    f32.reinterpret_i32
    global.set 2
    f64.const nan:0x8000000000001 (;=NaN;)
    local.set 2
    f64.const nan:0x4f6a545c80000 (;=NaN;)
    f64.floor
    f64.floor
    global.set 3
    f32.const nan:0x3a0dba (;=NaN;)
    f32.trunc
    local.set 6
    f32.const nan:0x7e65cb (;=NaN;)
    i32.reinterpret_f32
    if ;; label = @1
      local.get 7
      f64.sqrt
      local.set 2
    end
    f64.const -0x1.p-1074 (;=-0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000005;)
    local.get 2
    f64.floor
    f64.ne
    local.get 4
    local.get 1
    local.get 8
    local.tee 13
    f64x2.lt
    v128.any_true
    select
    global.set 0
    i32.const 419
    f32.load offset=100 align=2
    local.set 15
    i32.const 3519
    local.get 15
    f32.store offset=4096
    i32.const 11
    local.set 16
    loop ;; label = @1
      f64.const nan:0x1 (;=NaN;)
      i32.trunc_sat_f64_u
      local.set 17
      local.get 7
      local.tee 2
      local.get 2
      f64.le
      block (result i32) ;; label = @2
        local.get 4
      end
      local.get 17
      select
      local.set 4
      local.get 6
      local.get 0
      f32.const -0x1.ef6838p+80 (;=-2339493900000000000000000;)
      f32.sub
      f32.min
      global.get 2
      f32.div
      local.set 18
      i32.const 873
      local.get 18
      f32.store align=2
      local.get 12
      local.get 9
      i32.const 162
      i32.add
      f64.load offset=4 align=2
      f64.sqrt
      global.get 0
      select (result f64)
      f64.nearest
      global.set 3
      f32.const -nan:0x1cdc7b (;=NaN;)
      local.set 11
      local.get 11
      local.get 9
      i32.const 75
      i32.add
      f32.load offset=16 align=1
      f32.div
      local.set 19
      local.get 9
      local.get 9
      i32.add
      local.get 19
      f32.store
      local.get 4
      local.tee 4
      local.set 4
      local.get 16
      i32.const 1
      i32.sub
      local.tee 16
      br_if 0 (;@1;)
    end
    local.get 9
    local.get 9
    i32.add
    local.get 1
    v128.store8_lane offset=16 10
    local.get 9
    local.get 2
    f64.store offset=100 align=4
    local.get 9
    i32.const 143
    i32.add
    local.get 3
    v128.store offset=16 align=4
    local.get 9
    local.get 9
    i32.add
    local.get 8
    v128.store offset=1 align=4
    local.get 9
    i32.const 120
    i32.add
    local.get 11
    f32.store offset=4
    i32.const 1320
    local.get 12
    f64.store offset=16 align=1
    local.get 9
    local.get 9
    i32.add
    local.get 13
    v128.store8_lane offset=1 3
    f64.const 0x1p+53 (;=9007199254740992;)
    f32.demote_f64
  )
  (func (;2;) (type 2) (param f64) (result v128 f32 f64)
    (local i32 i64 f32 f64 v128 i32 i64 f32 f64 v128 i64)
    i32.const -571555397
    local.set 1
    i64.const 1
    local.set 2
    f32.const 0x1.p-149 (;=0.000000000000000000000000000000000000000000001;)
    local.set 3
    v128.const i32x4 0x00000001 0xc3e00000 0x00000000 0xc1e00000
    local.set 5
    local.get 1
    i32.const 4095
    i32.and
    local.set 6
    local.get 2
    i64.const 4095
    i64.and
    local.set 7
    f32.const -0x1p-126 (;=-0.000000000000000000000000000000000000011754944;)
    f32.floor
    local.get 8
    f32.ge
    block (type 3) (param i32) ;; label = @1
      br_if 0 (;@1;)
      i64.const 15
      local.set 11
      local.get 6
      local.get 11
      i64.store8
    end
    local.get 6
    local.get 6
    i32.add
    local.get 0
    f64.store align=2
    i32.const 2859
    local.get 3
    f32.store offset=2
    local.get 6
    i32.const 151
    i32.add
    local.get 4
    f64.store align=2
    i32.const 3974
    local.get 5
    v128.store32_lane align=1 0
    local.get 6
    i32.const 195
    i32.add
    local.get 9
    f64.store offset=2 align=4
    local.get 10
    local.tee 5
    block (result f32) ;; label = @1
      f32.const 0x1.ep-146 (;=0.000000000000000000000000000000000000000000021;)
    end
    local.get 4
    f64.ceil
  )
  (data (;0;) (i32.const 3) "\08\00\08\00\04\00y\1e,]\09\00\1d\f6\01\00\ff\ff\ab8\01\00\8a\c4\0e\00\ff\00\08\00\81\00\0em\03O\00\ff\02\81\80\b2\93 L\0b\9e\06")
  (data (;1;) (i32.const 131024) "\08\00\08\00\04\00y\1e,]\09\00\1d\f6\01\00\ff\ff\ab8\01\00\8a\c4\0e\00\ff\00\08\00\81\00\0em\03O\00\ff\02\81\80\b2\93 L\0b\9e\06")
  (@custom "lockstep.calls" (after data) "{\22fuel\22:200000,\22calls\22:[[\22f0\22,[\22v128:0x7b3a8b23d0e00ff9fffff0304010000\22,\22f64:0x4004000000000000\22,\22v128:0x1010ffe10f80210a81101e8007ff0100\22,\22f64:0x5d8c745d1a0bd893\22]],[\22f0\22,[\22v128:0xff000800057fff008000010ab5fffe\22,\22f64:0x10000000000000\22,\22v128:0xf0000000000000008\22,\22f64:0x6f07aa762cd86c7\22]],[\22f0\22,[\22v128:0xee0d8209a2f25256ffc0000058a46ea5\22,\22f64:0x73452af303d85ae8\22,\22v128:0x56d32f41103aa27407598ba53f263148\22,\22f64:0xf\22]],[\22f1\22,[\22f32:0x20dbd515\22,\22v128:0xc0904034080000f0129033f01ff000f\22,\22f64:0xfff8000000000000\22,\22v128:0xa67a791c90b8c517f92978c220e8fb89\22]],[\22f1\22,[\22f32:0x4f800000\22,\22v128:0xeb12d2094f000000000000060000000d\22,\22f64:0xc1e0000000000000\22,\22v128:0x7f800000000000005f80000000000008\22]],[\22f1\22,[\22f32:0x3effffff\22,\22v128:0x7fffffff3f7fffff\22,\22f64:0x7ff8000000000001\22,\22v128:0xedc33e58c528d479c\22]],[\22f2\22,[\22f64:0x3fdfffffffffffff\22]],[\22f2\22,[\22f64:0x4340000000000000\22]],[\22f2\22,[\22f64:0xe0a2ee42c7f3cec1\22]]]}")
)

