(module
  (type (;0;) (func (param f64 v128 f32 f32) (result f32)))
  (type (;1;) (func (param f32 v128 f32 f64) (result f64)))
  (memory (;0;) i64 1 3)
  (global (;0;) (mut i32) i32.const 8)
  (global (;1;) (mut i64) i64.const -2070108888057213789)
  (global (;2;) (mut f32) f32.const 0x1.ap-146 (;=0.000000000000000000000000000000000000000000018;))
  (global (;3;) (mut f64) f64.const 0x1.p-1074 (;=0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000005;))
  (global (;4;) (mut v128) v128.const i32x4 0x000aedcb 0xd35d0005 0x0007003f 0x000d0006)
  (global (;5;) i64 i64.const 8412715880922543491)
  (export "f0" (func 0))
  (export "f1" (func 1))
  (export "m0" (memory 0))
  (export "g0" (global 0))
  (export "g1" (global 1))
  (export "g2" (global 2))
  (export "g3" (global 3))
  (export "g4" (global 4))
  (export "g5" (global 5))
  (func (;0;) (type 0) (param f64 v128 f32 f32) (result f32)
    (local i32 i64 f32 f64 v128 i32 i64 f32 f64 v128 i32 v128 v128 i64 v128)
    i64.const 0
    local.set 5
    f64.const 0x1.6p-1071 (;=0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000054;)
    local.set 7
    v128.const i32x4 0x00000000 0x43300000 0x00000000 0xc1e00000
    local.set 8
    local.get 4
    i32.const 32752
    i32.and
    local.set 9
    local.get 5
    i64.const 32752
    i64.and
    local.set 10
    f32.const nan:0xbc50d (;=NaN;)
    f32.abs
    global.set 2
    block (result f64) ;; label = @1
      f64.const -0x1.2041e54641e69p+40 (;=-1238056126017.9006;)
    end
    f64.nearest
    local.set 12
    local.get 2
    local.get 10
    i64.const 216
    i64.add
    f32.load offset=100
    f32.le
    global.set 0
    v128.const i32x4 0x6f500000 0x7ff6faf5 0x00000000 0x3ff80000
    global.set 4
    global.get 2
    local.tee 6
    local.get 11
    f32.neg
    f32.add
    i64.trunc_sat_f32_s
    f64.convert_i64_s
    local.get 7
    f64.eq
    global.set 0
    i32.const 7
    local.set 14
    loop ;; label = @1
      local.get 10
      local.get 10
      i64.add
      i64.load32_u offset=4 align=1
      f64.reinterpret_i64
      f64.ceil
      i32.trunc_sat_f64_u
      if ;; label = @2
        global.get 1
        global.set 1
      else
        global.get 5
        local.set 5
      end
      local.get 7
      local.get 0
      f64.le
      i32.eqz
      i32.eqz
      if (result v128) ;; label = @2
        v128.const i32x4 0x0000000c 0x00000000 0x00000000 0xbfe00000
        local.get 8
        f32x4.lt
      else
        local.get 1
      end
      local.get 13
      f64x2.trunc
      local.get 5
      f64.convert_i64_s
      f64x2.replace_lane 0
      f32x4.eq
      global.get 3
      f64.const 0x1p-1 (;=0.5;)
      f64.const 0x1.cp-1071 (;=0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000007;)
      i32.trunc_sat_f64_s
      select
      f64x2.replace_lane 1
      local.set 15
      local.get 10
      i64.const 29
      i64.add
      local.get 15
      v128.store8_lane 12
      f32.const -nan:0x2de71b (;=NaN;)
      f64.promote_f32
      local.get 12
      f64.max
      global.set 3
      local.get 1
      f32x4.sqrt
      local.set 13
      local.get 14
      i32.const 1
      i32.sub
      local.tee 14
      br_if 0 (;@1;)
    end
    local.get 3
    local.set 3
    local.get 3
    local.get 3
    f32.add
    local.get 6
    local.get 5
    global.get 1
    local.get 5
    local.get 5
    global.get 5
    i64.gt_s
    select
    i64.le_u
    select (result f32)
    local.get 10
    local.get 10
    i64.add
    i64.load32_s offset=8 align=2
    f32.convert_i64_s
    local.get 10
    local.get 10
    i64.add
    i32.load offset=8
    local.tee 4
    i32.eqz
    i32.eqz
    select (result f32)
    global.set 2
    f32.const -0x1.307184p+18 (;=-311750.06;)
    f32x4.splat
    local.get 8
    f32x4.mul
    local.set 16
    i64.const 3341
    local.get 16
    v128.store64_lane offset=100 align=1 0
    v128.const i32x4 0x7fc00000 0xdf000000 0x7ff7e2b2 0xffbe9188
    i32x4.bitmask
    if ;; label = @1
      global.get 2
      i64.trunc_sat_f32_s
      local.set 5
    else
      global.get 1
      local.set 17
      local.get 10
      local.get 10
      i64.add
      local.get 17
      i64.store offset=8
    end
    local.get 12
    i64.trunc_sat_f64_u
    f64.convert_i64_u
    local.set 0
    local.get 13
    local.set 18
    local.get 10
    i64.const 4
    i64.add
    local.get 18
    v128.store offset=2
    local.get 10
    i64.const 160
    i64.add
    local.get 2
    f32.store offset=2 align=2
    local.get 10
    local.get 3
    f32.store offset=1
    local.get 10
    local.get 10
    i64.add
    local.get 6
    f32.store align=2
    local.get 10
    local.get 7
    f64.store offset=2 align=2
    i64.const 3624
    local.get 8
    v128.store32_lane offset=1 2
    local.get 10
    i64.const 203
    i64.add
    local.get 11
    f32.store align=2
    local.get 10
    local.get 10
    i64.add
    local.get 13
    v128.store16_lane offset=1 align=1 0
    global.get 2
  )
  (func (;1;) (type 1) (param f32 v128 f32 f64) (result f64)
    (local i32 i64 f32 f64 v128 i32 i64 f32 f64 v128 i32)
    i64.const 1
    local.set 5
    f64.const 0x1.p-1074 (;=0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000005;)
    local.set 7
    local.get 4
    i32.const 4095
    i32.and
    local.set 9
    local.get 5
    i64.const 4095
    i64.and
    local.set 10
    i32.const 9
    local.set 14
    loop ;; label = @1
      local.get 10
      v128.load32x2_u offset=4096
      local.get 13
      global.get 4
      f64x2.pmax
      f64x2.gt
      local.set 8
      i64.const 2
      local.set 5
      global.get 3
      f64.abs
      f32.demote_f64
      global.set 2
      f32.const -nan:0x6972a2 (;=NaN;)
      global.set 2
      v128.const i32x4 0x3a61a356 0xda4bf84f 0xf2d64f46 0xed091cef
      local.get 8
      f32x4.max
      f64x2.ceil
      i32x4.trunc_sat_f32x4_s
      local.set 1
      local.get 10
      i64.const 80
      i64.add
      f64.load offset=100
      local.set 3
      local.get 14
      i32.const 1
      i32.sub
      local.tee 14
      br_if 0 (;@1;)
    end
    local.get 10
    i64.const 27
    i64.add
    local.get 1
    v128.store8_lane offset=4096 15
    local.get 10
    local.get 10
    i64.add
    local.get 3
    f64.store offset=4
    local.get 10
    local.get 7
    f64.store align=1
    local.get 10
    local.get 10
    i64.add
    local.get 8
    v128.store8_lane 4
    local.get 10
    local.get 11
    f32.store offset=4 align=2
    local.get 10
    i64.const 172
    i64.add
    local.get 12
    f64.store offset=4096
    local.get 10
    local.get 10
    i64.add
    local.get 13
    v128.store32_lane offset=16 align=2 3
    local.get 3
  )
  (data (;0;) (i64.const 1) "\87\e4K]\fdy\0c:\f8\a9\19\13\95\04\cd\af1b\0e\9f\13\be\ab?J\89\84_\fd\123\a8")
  (data (;1;) (i64.const 65504) "\87\e4K]\fdy\0c:\f8\a9\19\13\95\04\cd\af1b\0e\9f\13\be\ab?J\89\84_\fd\123\a8")
  (@custom "lockstep.calls" (after data) "{\22fuel\22:200000,\22calls\22:[[\22f0\22,[\22f64:0x36a0000000000000\22,\22v128:0x800800000052a4ce4\22,\22f32:0x6\22,\22f32:0x7fbfffff\22]],[\22f0\22,[\22f64:0xffeb5bf8f6471f30\22,\22v128:0x8080b810332f11f08ff5101071f0fff\22,\22f32:0x40200000\22,\22f32:0x5f000000\22]],[\22f0\22,[\22f64:0x47efffffe0000000\22,\22v128:0x80ffdf0fff80500080070f90da1f2002\22,\22f32:0x439433b3\22,\22f32:0xdf000000\22]],[\22f0\22,[\22f64:0x4004000000000000\22,\22v128:0xffefffffffffffff0000000000000008\22,\22f32:0xbf800000\22,\22f32:0x4b000000\22]],[\22f1\22,[\22f32:0x4b000000\22,\22v128:0xff06ef402a090700080be7004001fe80\22,\22f32:0x5f800000\22,\22f64:0x0\22]],[\22f1\22,[\22f32:0xcf000001\22,\22v128:0x7fc00000ffffffff0080000000000003\22,\22f32:0xbf000000\22,\22f64:0x6\22]],[\22f1\22,[\22f32:0xc\22,\22v128:0x1000da0efffe01ee07d10a3e0f40ff01\22,\22f32:0x3f800000\22,\22f64:0x2\22]],[\22f1\22,[\22f32:0xffffffff\22,\22v128:0x201fffff02080fff7bfeff5bfffee7\22,\22f32:0xc6c78b2b\22,\22f64:0x41efffffffe00000\22]],[\22f1\22,[\22f32:0x800000\22,\22v128:0xd1821210009340c0fcaff0a82fe00ff\22,\22f32:0xff800000\22,\22f64:0xc3e0000000000000\22]]]}")
)

