(module
  (type (;0;) (func (param i64 f32 f64) (result v128)))
  (type (;1;) (func (result v128 f64 i32)))
  (type (;2;) (func (param i64) (result v128 externref v128)))
  (type (;3;) (func (param i64 f64)))
  (type (;4;) (func (param i64 f32) (result f64)))
  (type (;5;) (func (param i32)))
  (type (;6;) (func (result i64 i64)))
  (type (;7;) (func (param i32 v128) (result i64 i64)))
  (type (;8;) (func (result v128 i32)))
  (type (;9;) (func (result f32 funcref)))
  (type (;10;) (func (param f64 f64)))
  (type (;11;) (func (result f32 v128)))
  (type (;12;) (func (result v128 externref v128)))
  (table (;0;) 5 18 funcref)
  (memory (;0;) 2 2)
  (memory (;1;) i64 2 3)
  (memory (;2;) i64 2 3)
  (tag (;0;) (type 3) (param i64 f64))
  (global (;0;) (mut i32) i32.const 0)
  (global (;1;) (mut i64) i64.const 65536)
  (global (;2;) (mut f32) f32.const 0x1.8p-146 (;=0.000000000000000000000000000000000000000000017;))
  (global (;3;) (mut f64) f64.const -0x1p+63 (;=-9223372036854776000;))
  (global (;4;) (mut v128) v128.const i32x4 0xfff6fe08 0x08940d42 0x02810f80 0xdcffff21)
  (global (;5;) i64 i64.const 1)
  (global (;6;) (mut i32) i32.const 100)
  (export "f0" (func 0))
  (export "f1" (func 1))
  (export "f2" (func 2))
  (export "f3" (func 3))
  (export "f4" (func 4))
  (export "f5" (func 5))
  (export "m0" (memory 0))
  (export "m1" (memory 1))
  (export "m2" (memory 2))
  (export "g0" (global 0))
  (export "g1" (global 1))
  (export "g2" (global 2))
  (export "g3" (global 3))
  (export "g4" (global 4))
  (export "g5" (global 5))
  (export "g6" (global 6))
  (export "t0" (table 0))
  (elem (;0;) (table 0) (i32.const 0) funcref (ref.func 0) (ref.func 0) (ref.func 0) (ref.func 3) (ref.func 3))
  (elem (;1;) funcref (ref.func 1) (ref.null func) (ref.null func))
  (func (;0;) (type 0) (param i64 f32 f64) (result v128)
    (local i32 i64 f32 f64 v128 i32 i64 funcref externref exnref (ref null 0) i32 i64 f32)
    i32.const -128
    local.set 3
    f64.const -0x1.20b6168a7839bp+461 (;=-6715089263889170000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000;)
    local.set 6
    v128.const i32x4 0x3ede408a 0x4b000000 0x80800000 0x3f7fffff
    local.set 7
    local.get 3
    i32.const 32752
    i32.and
    local.set 8
    local.get 4
    i64.const 32752
    i64.and
    local.set 9
    global.get 6
    i32.const 1
    i32.sub
    global.set 6
    global.get 6
    i32.const 0
    i32.lt_s
    if ;; label = @1
      global.get 4
      return
    end
    i32.const 4
    local.set 14
    block ;; label = @1
      loop ;; label = @2
        global.get 6
        i32.const 1
        i32.sub
        global.set 6
        global.get 6
        i32.const 0
        i32.lt_s
        if ;; label = @3
          local.get 7
          return
        end
        try (result f32) ;; label = @3
          local.get 0
          local.get 0
          i64.and
          local.get 0
          i64.lt_s
          if ;; label = @4
            local.get 7
            return
          end
          local.get 2
          i64.trunc_sat_f64_s
          i32.wrap_i64
          if ;; label = @4
            i64.const 31
            i64.ctz
            global.get 3
            throw 0
            global.get 3
            i64.reinterpret_f64
            i64.const 9223372036854775807
            i64.const 9007199254740993
            i64.add
            i64.ge_u
            if ;; label = @5
              block (result i64) ;; label = @6
                local.get 0
                local.get 3
                i32.eqz
                i32.eqz
                br_if 0 (;@6;)
                local.set 15
                i32.const 834
                local.get 15
                i64.store32 align=1
                global.get 5
              end
              global.get 2
              f32.neg
              local.get 6
              i32.const 4
              return_call_indirect (type 0)
              f32.nearest
              drop
            end
          end
          local.get 1
          local.get 5
          f32.min
        catch_all
          f32.const 0x1.8p-146 (;=0.000000000000000000000000000000000000000000017;)
          local.get 0
          local.get 0
          global.get 3
          f64.const 0x1.5aafe7da00c7fp-267 (;=0.000000000000000000000000000000000000000000000000000000000000000000000000000000005710694320155666;)
          f64.ge
          select (result i64)
          local.get 4
          i64.ge_s
          br_if 0 (;@3;)
          local.set 16
          local.get 8
          local.get 8
          i32.add
          local.get 16
          f32.store
          local.get 3
          i32.const 15
          i32.and
          i32.const 2
          i32.eq
          if ;; label = @4
            rethrow 1 (;@3;)
            f64.ceil
            drop
          end
          local.get 8
          f32.load offset=8 align=1
        end
        local.set 5
        local.get 14
        i32.const 1
        i32.sub
        local.tee 14
        i32.const 0
        i32.gt_s
        br_if 0 (;@2;)
      end
    end
    i64.const 4294967296
    local.get 4
    i64.ge_u
    if ;; label = @1
      local.get 9
      local.get 9
      i64.add
      i64.load8_s 1 offset=4
      local.get 9
      local.get 9
      i64.add
      f32.load 2 offset=2
      global.get 3
      return_call 0
      select
      drop
    end
    v128.const i32x4 0x00000005 0x80000000 0x4effffff 0x0000000f
    local.get 7
    i16x8.sub
  )
  (func (;1;) (type 1) (result v128 f64 i32)
    (local i32 i64 f32 f64 v128 i32 i64 funcref externref exnref (ref null 0) i32 f64 f64 i32 i32 i32 i64 i64 f64 i32)
    i32.const 1
    local.set 0
    i64.const 32
    local.set 1
    local.get 0
    i32.const 32752
    i32.and
    local.set 5
    local.get 1
    i64.const 32752
    i64.and
    local.set 6
    global.get 6
    i32.const 1
    i32.sub
    global.set 6
    global.get 6
    i32.const 0
    i32.lt_s
    if ;; label = @1
      local.get 4
      local.get 3
      i32.const 732366436
      return
    end
    local.get 0
    i32.const 15
    i32.and
    i32.const 7
    i32.eq
    if ;; label = @1
      i64.const 1
      global.get 3
      f64.neg
      throw 0
    end
    i32.const 1
    local.set 11
    block (result f64) ;; label = @1
      local.get 1
      i64.const 446
      f32.load 2 offset=4
      loop (type 4) (param i64 f32) (result f64) ;; label = @2
        i32.trunc_sat_f32_u
        block (type 5) (param i32) ;; label = @3
          br_if 0 (;@3;)
          local.get 4
          global.set 4
        end
        local.set 1
        global.get 6
        i32.const 1
        i32.sub
        global.set 6
        global.get 6
        i32.const 0
        i32.lt_s
        if ;; label = @3
          local.get 4
          global.get 3
          local.get 0
          return
        end
        local.get 2
        i64.trunc_sat_f32_s
        local.get 2
        local.get 3
        i32.const 3
        call_indirect (type 0)
        f64x2.convert_low_i32x4_s
        local.set 4
        local.get 0
        i32.const 15
        i32.and
        i32.const 6
        i32.eq
        if ;; label = @3
          nop
          unreachable
        end
        i64.const 9
        f32.const -nan (;=NaN;)
        local.get 11
        i32.const 1
        i32.sub
        local.tee 11
        i32.const 0
        i32.gt_s
        br_if 0 (;@2;)
        local.set 2
        local.set 1
        global.get 3
        global.get 3
        f64.min
      end
    end
    local.set 12
    local.get 6
    local.get 6
    i64.add
    local.get 12
    f64.store 2 offset=4 align=1
    try ;; label = @1
      call 1
      global.set 0
      local.set 13
      local.get 6
      local.get 13
      f64.store 2 align=1
      f64x2.abs
      local.set 4
      i32.const 3
      local.set 14
      block (type 6) (result i64 i64) ;; label = @2
        local.get 0
        local.tee 0
        local.get 0
        i32.rem_u
        local.get 1
        global.get 2
        local.get 3
        call 0
        loop (type 7) (param i32 v128) (result i64 i64) ;; label = @3
          global.set 4
          local.set 15
          local.get 6
          local.get 15
          i32.store16 1 offset=16 align=1
          global.get 6
          i32.const 1
          i32.sub
          global.set 6
          global.get 6
          i32.const 0
          i32.lt_s
          if ;; label = @4
            local.get 4
            global.get 3
            global.get 0
            return
          end
          i32.const 5
          i32.eqz
          i32.eqz
          if ;; label = @4
            local.get 1
            local.get 2
            local.get 3
            call 0
            local.get 3
            global.get 0
            return
          end
          table.size 0
          local.set 16
          i32.const 1139
          local.get 16
          i32.store8
          local.get 3
          i32.trunc_sat_f64_s
          if ;; label = @4
            return_call 1
          end
          local.get 0
          local.get 4
          local.get 14
          i32.const 1
          i32.sub
          local.tee 14
          i32.const 0
          i32.gt_s
          br_if 0 (;@3;)
          local.set 4
          local.set 0
          local.get 2
          i64.trunc_sat_f32_s
          block (result i64) ;; label = @4
            i64.const 0
          end
        end
      end
      local.set 17
      local.get 6
      local.get 6
      i64.add
      local.get 17
      i64.store32 1 offset=100 align=1
      i64.eqz
      global.set 0
      local.get 1
      i64.ctz
      i64.eqz
      if ;; label = @2
        i64.const 1
        global.get 3
        local.get 3
        f64.add
        throw 0
      end
    catch 0
      local.set 3
      local.set 18
      local.get 6
      local.get 6
      i64.add
      local.get 18
      i64.store 1 offset=8 align=2
      local.get 0
      i32.const 15
      i32.and
      i32.const 14
      i32.eq
      if ;; label = @2
        nop
        unreachable
        select
        drop
      end
    catch 0
      local.set 19
      i32.const 1612
      local.get 19
      f64.store align=2
      global.get 1
      i64.and
      local.set 1
    end
    i32.const 1
    table.get 0
    drop
    f32.const 0x1.2p-146 (;=0.000000000000000000000000000000000000000000013;)
    i32.trunc_sat_f32_u
    local.set 20
    local.get 6
    local.get 6
    i64.add
    local.get 20
    i32.store8 2 offset=8
    local.get 4
    v128.const i32x4 0xad72000d 0x000f003f 0x008193fe 0x00050040
    local.get 1
    i64.eqz
    select (result v128)
    local.get 3
    local.tee 3
    i32.const 3
    local.tee 0
  )
  (func (;2;) (type 0) (param i64 f32 f64) (result v128)
    (local i32 i64 f32 f64 v128 i32 i64 funcref externref exnref (ref null 0) i32 f64 i32 v128 i32 i32 v128 v128 i32)
    i64.const 2
    local.set 4
    v128.const i32x4 0x00000001 0x80000000 0x0000000c 0x00000000
    local.set 7
    local.get 3
    i32.const 4092
    i32.and
    local.set 8
    local.get 0
    i64.const 4092
    i64.and
    local.set 9
    global.get 6
    i32.const 1
    i32.sub
    global.set 6
    global.get 6
    i32.const 0
    i32.lt_s
    if ;; label = @1
      local.get 7
      return
    end
    try (result i32) ;; label = @1
      i32.const -1
      i32.const 3
      table.get 0
      table.set 0
      call 1
      local.get 3
      i32.or
      local.set 14
      local.get 9
      local.get 14
      i32.store16 1
      global.set 3
      global.set 4
      local.get 6
      f64.const 0x1.b2f003d528277p+213 (;=22365366707233627000000000000000000000000000000000000000000000000;)
      f64.add
      local.get 6
      f64.floor
      f64.ne
      if ;; label = @2
        local.get 4
        local.tee 4
        local.get 4
        f64.reinterpret_i64
        throw 0
        i64.sub
        drop
      end
      local.get 9
      i32.load16_u 1 offset=8 align=1
    catch 0
      local.set 15
      local.get 8
      local.get 15
      f64.store offset=100 align=1
      local.set 4
      local.get 3
      i32.const 15
      i32.and
      i32.const 12
      i32.eq
      if ;; label = @2
        rethrow 1 (;@1;)
      end
      local.get 3
      local.tee 3
      local.get 3
      i32.ne
    catch 0
      local.set 6
      global.get 5
      i64.add
      local.set 4
      local.get 3
      local.set 16
      i64.const 2162
      local.get 16
      i32.store 2 offset=2
      global.get 0
      local.get 3
      i32.and
    catch_all
      i32.const 128
      global.get 0
      global.get 4
      i16x8.all_true
      select (result i32)
      call_indirect (type 1)
      local.set 3
      global.set 3
      local.set 17
      local.get 9
      local.get 9
      i64.add
      local.get 17
      v128.store16_lane 1 4
      i32.const -1748538748
    end
    local.set 3
    i32.const 4
    local.set 18
    block (type 8) (result v128 i32) ;; label = @1
      loop (type 8) (result v128 i32) ;; label = @2
        global.get 6
        i32.const 1
        i32.sub
        global.set 6
        global.get 6
        i32.const 0
        i32.lt_s
        if ;; label = @3
          local.get 7
          return
        end
        try ;; label = @3
          local.get 5
          f32.floor
          local.get 5
          local.get 1
          f32.const 0x1.8p-147 (;=0.000000000000000000000000000000000000000000008;)
          local.get 5
          f32.ne
          select
          f32.lt
          if ;; label = @4
            local.get 0
            local.get 8
            i32.const 90
            i32.add
            f64.load offset=1 align=1
            throw 0
            local.get 3
            f32.reinterpret_i32
            global.set 2
          end
        delegate 0 (;@2;)
        try (result i64) ;; label = @3
          i32.const 0
          local.get 10
          i32.const 2
          table.fill 0
          local.get 3
          i32.const 15
          i32.and
          i32.const 6
          i32.eq
          if ;; label = @4
            elem.drop 0
          end
          local.get 7
          i16x8.bitmask
          if ;; label = @4
            global.get 1
            local.get 6
            throw 0
          end
          local.get 0
        catch_all
          local.get 4
          i64.const -4958069311773569929
          i64.div_u
        end
        f32.convert_i64_u
        global.set 2
        try ;; label = @3
          i32.const 3
          local.set 19
          block (type 9) (result f32 funcref) ;; label = @4
            loop (type 9) (result f32 funcref) ;; label = @5
              global.get 6
              i32.const 1
              i32.sub
              global.set 6
              global.get 6
              i32.const 0
              i32.lt_s
              if ;; label = @6
                local.get 7
                return
              end
              block (result (ref extern)) ;; label = @6
                local.get 11
                br_on_non_null 0 (;@6;)
                local.get 7
                return
              end
              drop
              local.get 19
              i32.const 1
              i32.sub
              local.tee 19
              i32.const 0
              i32.gt_s
              br_if 0 (;@5;)
              local.get 5
              ref.func 1
            end
          end
          local.set 10
          f32.neg
          global.set 2
          try ;; label = @4
            local.get 3
            i32.const 15
            i32.and
            i32.const 12
            i32.eq
            if ;; label = @5
              nop
              unreachable
              i64x2.extmul_high_i32x4_u
              drop
            end
          end
          global.get 1
          local.get 0
          local.get 4
          i64.const 1
          i64.gt_s
          select (result i64)
          block (result f64) ;; label = @4
            local.get 6
          end
          throw 0
          select
          drop
        catch_all
          try ;; label = @4
          end
        end
        local.get 18
        i32.const 1
        i32.sub
        local.tee 18
        i32.const 0
        i32.gt_s
        br_if 0 (;@2;)
        local.get 7
        v128.const i32x4 0xf8b1e309 0x80511f1e 0xad354f6d 0xe314098e
        f64x2.div
        local.get 3
      end
    end
    i32.const 127
    i32.le_u
    local.set 3
    i32.const 15
    i8x16.shr_u
    local.set 20
    local.get 9
    local.get 9
    i64.add
    local.get 20
    v128.store8_lane 2 offset=4096 13
    global.get 5
    call 4
    global.get 4
    i16x8.extmul_low_i8x16_s
    local.set 7
    drop
    local.get 7
    i32x4.gt_s
    local.set 21
    i32.const 163
    local.get 21
    v128.store64_lane offset=100 align=1 1
    i32.const 4
    local.set 22
    block ;; label = @1
      global.get 3
      i32.const 127
      i32.eqz
      if (result f64) ;; label = @2
        local.get 6
      else
        local.get 6
      end
      loop (type 10) (param f64 f64) ;; label = @2
        i32.trunc_sat_f64_u
        if ;; label = @3
          global.get 5
          local.set 4
        else
          local.get 0
          local.set 4
        end
        local.set 6
        global.get 6
        i32.const 1
        i32.sub
        global.set 6
        global.get 6
        i32.const 0
        i32.lt_s
        if ;; label = @3
          global.get 4
          return
        end
        i64.const 0
        local.get 3
        i64.const 3854
        memory.fill 2
        f64.const 0x1.c94eeb11ace1ap+482 (;=22306272539981424000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000;)
        v128.const i32x4 0x7fffffff 0x5d40af2f 0xff800000 0x40667e48
        f64x2.extract_lane 0
        local.get 22
        i32.const 1
        i32.sub
        local.tee 22
        i32.const 0
        i32.gt_s
        br_if 0 (;@2;)
        f64x2.splat
        global.set 4
        local.set 2
      end
    end
    global.get 4
    local.tee 7
  )
  (func (;3;) (type 0) (param i64 f32 f64) (result v128)
    (local i32 i64 f32 f64 v128 i32 i64 funcref externref exnref (ref null 2))
    i32.const 64
    local.set 3
    i64.const 31
    local.set 4
    f32.const 0x1.62910ap-75 (;=0.000000000000000000000036661323;)
    local.set 5
    f64.const 0x1.fffffffffffffp+1023 (;=179769313486231570000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000;)
    local.set 6
    v128.const i32x4 0x00000005 0x00000008 0x7fffffff 0x00000003
    local.set 7
    local.get 3
    i32.const 4095
    i32.and
    local.set 8
    local.get 4
    i64.const 4095
    i64.and
    local.set 9
    global.get 6
    i32.const 1
    i32.sub
    global.set 6
    global.get 6
    i32.const 0
    i32.lt_s
    if ;; label = @1
      v128.const i32x4 0x840697b2 0x29ad9da5 0xf1975607 0xe8a4b79e
      return
    end
    block (result v128) ;; label = @1
      v128.const i32x4 0x659b9af5 0xda34de3b 0x028726d2 0x7ae34451
      f32x4.floor
      f32.const 0x1.0a6382p+103 (;=10552744000000000000000000000000;)
      global.get 2
      f32.ne
      br_table 0 (;@1;) 0 (;@1;) 0 (;@1;)
      select
      drop
    end
    local.set 7
    local.get 2
    f64.const 0x1p+0 (;=1;)
    f64.neg
    f64.le
    if ;; label = @1
      v128.const i32x4 0x4e0eff31 0x023b090a 0x0b083f08 0x20570fff
      return
      i64.lt_u
      drop
    end
    global.get 4
  )
  (func (;4;) (type 2) (param i64) (result v128 externref v128)
    (local i32 i64 f32 f64 v128 i32 i64 funcref externref exnref (ref null 0) i32)
    f64.const 0x1.d8c260408b0a1p-105 (;=0.000000000000000000000000000000045525062806619266;)
    local.set 4
    local.get 1
    i32.const 4095
    i32.and
    local.set 6
    local.get 0
    i64.const 4095
    i64.and
    local.set 7
    global.get 6
    i32.const 1
    i32.sub
    global.set 6
    global.get 6
    i32.const 0
    i32.lt_s
    if ;; label = @1
      local.get 5
      local.get 9
      v128.const i32x4 0xffffffff 0xffefffff 0x00000000 0x00000000
      return
    end
    local.get 1
    i32.const 15
    i32.and
    i32.const 4
    i32.eq
    if ;; label = @1
      nop
      unreachable
      block (result (ref extern)) ;; label = @2
        ref.null extern
        br_on_non_null 0 (;@2;)
        global.get 4
        local.get 9
        global.get 4
        return
      end
      ref.is_null
      local.get 1
      i32.eq
      local.set 12
      i64.const 516
      local.get 12
      i32.store8 2 offset=100
    end
    try (type 11) (result f32 v128) ;; label = @1
      local.get 2
      local.get 2
      i64.ge_s
      if (result i64) ;; label = @2
        local.get 0
      else
        i64.const 7244985547121825198
      end
      global.get 3
      throw 0
      local.get 3
      global.get 4
      local.get 9
      br_on_null 0 (;@1;)
      ref.is_null
      local.get 1
      i32.mul
      local.set 1
      global.set 4
      local.get 3
      f32.lt
      block (type 5) (param i32) ;; label = @2
        br_if 0 (;@2;)
        local.get 3
        global.set 2
      end
      local.get 3
      local.get 3
      local.get 1
      i32.eqz
      i32.eqz
      select (result f32)
      local.get 6
      i32.const 251
      i32.add
      v128.load8x8_s offset=2
    catch_all
      global.get 2
      f32.abs
      local.get 2
      local.get 3
      local.get 4
      call 3
    end
    global.get 4
    i8x16.lt_u
    local.set 5
    local.set 3
    ref.func 1
    call_ref 1
    local.set 1
    local.set 4
    global.set 4
    block (type 12) (result v128 externref v128) ;; label = @1
      local.get 5
      local.get 5
      global.get 2
      global.get 2
      f32.gt
      select (result v128)
      ref.null extern
      i64.const -702262820335256622
      local.get 3
      local.get 4
      call 0
      global.get 0
      i32.const 7
      i32.and
      br_table 1 0 (;@1;) 0 (;@1;) 0 (;@1;) 1 0 (;@1;) 0 (;@1;) 1
    end
    local.set 5
    drop
    v128.const i32x4 0xf9432905 0x8607da67 0xedf40ad1 0x69f5f79b
    i8x16.lt_s
    local.set 5
    local.get 5
    ref.null extern
    local.get 2
    local.get 3
    local.get 4
    call 3
  )
  (func (;5;) (type 5) (param i32)
    (local i32 i64 f32 f64 v128 i32 i64)
    v128.const i32x4 0x44579f42 0x746d5601 0x355a0687 0x0ce2dac3
    local.set 5
    local.get 1
    i32.const 4095
    i32.and
    local.set 6
    local.get 2
    i64.const 4095
    i64.and
    local.set 7
    local.get 0
    global.set 6
  )
  (data (;0;) (i32.const 3) "\dc\82?\96M\e6\09\941\feN\10V\da\ab\1c\c3\1b\08\00\0e\00\ff\00\ff\ffA\22\00\00\ff\ff\01\00\00\00\00\00\00\00\02\00\00\00\00\00\00\00\05\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00")
  (data (;1;) (i32.const 131008) "\dc\82?\96M\e6\09\941\feN\10V\da\ab\1c\c3\1b\08\00\0e\00\ff\00\ff\ffA\22\00\00\ff\ff\01\00\00\00\00\00\00\00\02\00\00\00\00\00\00\00\05\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00")
  (data (;2;) (memory 1) (i64.const 0) "\00\00\00\e0\ff\ff\efG\04\00\00\00\00\00\00\00\05s\e2s\98 \ff*G\c9\f5/>\1c\f1\e6")
  (data (;3;) (memory 1) (i64.const 131040) "\00\00\00\e0\ff\ff\efG\04\00\00\00\00\00\00\00\05s\e2s\98 \ff*G\c9\f5/>\1c\f1\e6")
  (data (;4;) (memory 2) (i64.const 0) "\00\00 @\08\00\00\00\0d\00\00\00@\98\00?\80\8b^\12p\0buN\e9K\f5\d6\dcJ\06\14")
  (data (;5;) (memory 2) (i64.const 131040) "\00\00 @\08\00\00\00\0d\00\00\00@\98\00?\80\8b^\12p\0buN\e9K\f5\d6\dcJ\06\14")
  (data (;6;) "\ba\11")
  (data (;7;) "^\cc8\df\c1\d5ky")
  (@custom "lockstep.calls" (after data) "{\22fuel\22:200000,\22calls\22:[[\22f5\22,[\22i32:0x64\22]],[\22f0\22,[\22i64:0x10000000000000\22,\22f32:0x0\22,\22f64:0x8000000000000000\22]],[\22f5\22,[\22i32:0x1e\22]],[\22f1\22,[]],[\22f5\22,[\22i32:0x64\22]],[\22f2\22,[\22i64:0x2c2425813b5d779e\22,\22f32:0xe\22,\22f64:0x4\22]],[\22f5\22,[\22i32:0x1\22]],[\22f3\22,[\22i64:0x5\22,\22f32:0x3\22,\22f64:0xe\22]],[\22f5\22,[\22i32:0x1e\22]],[\22f4\22,[\22i64:0x20\22]],[\22f5\22,[\22i32:0x1\22]],[\22f0\22,[\22i64:0xc\22,\22f32:0x1\22,\22f64:0x11bd4dfb0f846d4\22]],[\22f5\22,[\22i32:0x1\22]],[\22f1\22,[]],[\22f5\22,[\22i32:0x12c\22]],[\22f2\22,[\22i64:0x80\22,\22f32:0xf\22,\22f64:0xd8cfe9039205b30d\22]],[\22f5\22,[\22i32:0x1e\22]],[\22f3\22,[\22i64:0x7fffffffffffffff\22,\22f32:0x5f800000\22,\22f64:0x41efffffffe00000\22]],[\22f5\22,[\22i32:0x12c\22]],[\22f4\22,[\22i64:0xc1596116a483ae7a\22]]]}")
)

