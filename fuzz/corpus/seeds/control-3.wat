(module
  (type (;0;) (func (param i64) (result f32 i32)))
  (type (;1;) (func (param i64)))
  (type (;2;) (func (param f64)))
  (type (;3;) (func))
  (type (;4;) (func (param i32)))
  (type (;5;) (func (result i64 (ref exn))))
  (type (;6;) (func (result f32 funcref)))
  (type (;7;) (func (param funcref f64) (result externref funcref)))
  (type (;8;) (func (result f64 (ref exn))))
  (type (;9;) (func (result f32 i32)))
  (type (;10;) (func (result f32 f64)))
  (type (;11;) (func (param v128) (result f32 f64)))
  (table (;0;) 6 13 funcref)
  (memory (;0;) 2 4)
  (memory (;1;) 2 2)
  (tag (;0;) (type 1) (param i64))
  (tag (;1;) (type 2) (param f64))
  (tag (;2;) (type 3))
  (global (;0;) (mut i32) i32.const 2147483646)
  (global (;1;) (mut i64) i64.const 7810954690292820584)
  (global (;2;) (mut f32) f32.const 0x1.fffffcp-127 (;=0.000000000000000000000000000000000000011754942;))
  (global (;3;) (mut f64) f64.const -0x1.b8881f6fed52ap+88 (;=-532570182386366750000000000;))
  (global (;4;) (mut v128) v128.const i32x4 0x0b0f6600 0x5200030b 0xcb3f0621 0x09fe5581)
  (global (;5;) i32 i32.const 6)
  (global (;6;) (mut i32) i32.const 100)
  (export "f0" (func 0))
  (export "f1" (func 1))
  (export "f2" (func 2))
  (export "f3" (func 3))
  (export "m0" (memory 0))
  (export "m1" (memory 1))
  (export "g0" (global 0))
  (export "g1" (global 1))
  (export "g2" (global 2))
  (export "g3" (global 3))
  (export "g4" (global 4))
  (export "g5" (global 5))
  (export "g6" (global 6))
  (export "t0" (table 0))
  (elem (;0;) (table 0) (i32.const 1) funcref (ref.func 0))
  (elem (;1;) funcref (ref.func 0) (ref.func 2))
  (func (;0;) (type 0) (param i64) (result f32 i32)
    (local i32 i64 f32 f64 v128 i32 i64 funcref externref exnref (ref null 0) i32 exnref f32)
    local.get 1
    i32.const 4088
    i32.and
    local.set 6
    local.get 2
    i64.const 4088
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
      f32.const -0x1p-1 (;=-0.5;)
      local.get 1
      return
    end
    i32.const 2797
    i64.load8_s 1
    call 1
    local.set 1
    global.set 2
    local.get 2
    i32.const 3
    call_indirect (type 0)
    global.get 0
    i32.rotl
    local.set 12
    local.get 6
    i32.const 186
    i32.add
    local.get 12
    i32.store8 offset=8
    local.set 3
    i32.const 131072
    i32.const 131003
    i32.const 0
    memory.copy
    local.get 1
    global.get 1
    i64.const 1937428828195165920
    i64.ge_u
    local.tee 1
    f32.const 0x1.fffffep+127 (;=340282350000000000000000000000000000000;)
    i64.trunc_sat_f32_u
    i64.const 4503599627370496
    local.get 2
    i64.and
    i64.gt_s
    i32.gt_u
    if (type 4) (param i32) ;; label = @1
      i32.popcnt
      global.set 0
    else
      local.set 1
      block ;; label = @2
        block (result f64) ;; label = @3
          block (type 5) (result i64 (ref exn)) ;; label = @4
            try_table (catch_ref 0 0 (;@4;)) (catch 1 1 (;@3;)) ;; label = @5
              i64.const 0
              i64.popcnt
              local.get 3
              i64.trunc_sat_f32_s
              i64.le_u
              if ;; label = @6
                local.get 2
                i64.const -1
                i64.rem_u
                throw 0
                select
                drop
              end
            end
            br 2 (;@2;)
          end
          local.set 13
          local.get 1
          i32.const 15
          i32.and
          i32.const 9
          i32.eq
          if ;; label = @4
            local.get 13
            throw_ref
            f32.eq
            drop
          end
          i64.extend8_s
          local.set 0
          local.get 1
          i32.const 15
          i32.and
          i32.const 10
          i32.eq
          if ;; label = @4
            ref.null exn
            throw_ref
            select
            drop
          end
          br 1 (;@2;)
        end
        local.set 4
        i64.const 8
        local.tee 0
        ref.func 1
        call_ref 0
        local.set 1
        local.set 14
        local.get 6
        i32.const 21
        i32.add
        local.get 14
        f32.store 1 offset=4 align=2
      end
    end
    i32.const 0
    ref.func 2
    i32.const 3
    table.fill 0
    ref.func 0
    i32.const 1
    table.grow 0
    local.set 1
    local.get 6
    i32.const 13
    i32.add
    f32.load 1 offset=100
    local.get 1
  )
  (func (;1;) (type 0) (param i64) (result f32 i32)
    (local i32 i64 f32 f64 v128 i32 i64 funcref externref exnref (ref null 0) exnref i32 i64 i32 f32 f32 i64)
    i64.const 4294967295
    local.set 2
    f32.const 0x1.78a206p+45 (;=51764032000000;)
    local.set 3
    f64.const 0x1.4p-1071 (;=0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000005;)
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
      f32.const 0x1.p-147 (;=0.000000000000000000000000000000000000000000006;)
      global.get 5
      return
    end
    f32.const nan:0x7fffff (;=NaN;)
    f32.trunc
    i32.trunc_sat_f32_s
    if (type 6) (result f32 funcref) ;; label = @1
      local.get 1
      i32.const 15
      i32.and
      i32.const 13
      i32.eq
      if ;; label = @2
        nop
        unreachable
        select
        drop
      end
      block ;; label = @2
        block ;; label = @3
          block (result (ref exn)) ;; label = @4
            try_table (catch_ref 2 0 (;@4;)) (catch 2 1 (;@3;)) ;; label = @5
              i32.const 106427
              i32.const 64
              i32.const 1
              memory.init 1 2
            end
            br 2 (;@2;)
          end
          ref.is_null
          local.get 1
          i32.lt_u
          if ;; label = @4
            local.get 4
            local.set 4
          end
          i32.const 5
          table.get 0
          local.get 6
          local.get 6
          i32.add
          f64.load align=1
          block (type 7) (param funcref f64) (result externref funcref) ;; label = @4
            local.set 4
            drop
            block ;; label = @5
              block ;; label = @6
                block (type 8) (result f64 (ref exn)) ;; label = @7
                  block ;; label = @8
                    try_table (catch_all 0 (;@8;)) (catch_ref 1 1 (;@7;)) (catch_all 2 (;@6;)) ;; label = @9
                    end
                    br 3 (;@5;)
                  end
                  br 2 (;@5;)
                end
                local.set 12
                local.get 1
                i32.const 15
                i32.and
                i32.const 8
                i32.eq
                if ;; label = @7
                  local.get 12
                  throw_ref
                  global.get 4
                  local.set 5
                end
                local.set 4
                br 1 (;@5;)
              end
              local.get 1
              i32.const 15
              i32.and
              i32.const 2
              i32.eq
              if ;; label = @6
                nop
                unreachable
              end
            end
            i32.const 0
            local.get 8
            i32.const 6
            table.fill 0
            ref.null extern
            ref.func 0
          end
          drop
          local.set 9
          br 1 (;@2;)
        end
        i32.const 1
        ref.func 0
        i32.const 4
        table.fill 0
      end
      local.get 1
      i32.const 15
      i32.and
      i32.const 4
      i32.eq
      if ;; label = @2
        local.get 5
        i64x2.extract_lane 0
        throw 0
        i32.const 5
        local.set 13
        block ;; label = @3
          loop ;; label = @4
            global.get 6
            i32.const 1
            i32.sub
            global.set 6
            global.get 6
            i32.const 0
            i32.lt_s
            if ;; label = @5
              f32.const 0x1p-1 (;=0.5;)
              global.get 5
              return
            end
            ref.null func
            br_on_null 0 (;@4;)
            ref.is_null
            global.get 0
            i32.and
            local.set 1
            block ;; label = @5
              block ;; label = @6
                block (result (ref exn)) ;; label = @7
                  try_table (catch_all_ref 0 (;@7;)) (catch 2 1 (;@6;)) ;; label = @8
                    global.get 0
                    f32.convert_i32_u
                    local.tee 3
                    i64.trunc_sat_f32_s
                    local.set 14
                    local.get 6
                    local.get 6
                    i32.add
                    local.get 14
                    i64.store32 1
                  end
                  br 2 (;@5;)
                end
                ref.is_null
                i32.eqz
                local.set 15
                local.get 0
                local.get 2
                local.get 15
                select
                local.set 0
                br 1 (;@5;)
              end
            end
            i32.const 2
            table.get 0
            i32.const -1
            table.grow 0
            i32.popcnt
            global.set 0
            local.get 13
            i32.const 1
            i32.sub
            local.tee 13
            i32.const 0
            i32.gt_s
            br_if 0 (;@4;)
          end
        end
      end
      global.get 2
      f32.sqrt
      ref.null func
    else
      block ;; label = @2
        block (result (ref exn)) ;; label = @3
          try_table (catch_all_ref 0 (;@3;)) ;; label = @4
            throw 2
          end
          br 1 (;@2;)
        end
        ref.is_null
        i32.eqz
        i32.eqz
        block (type 4) (param i32) ;; label = @3
          br_if 0 (;@3;)
          local.get 3
          local.set 16
          i32.const 1218
          local.get 16
          f32.store 1 offset=4 align=2
        end
      end
      local.get 5
      i64x2.extract_lane 0
      local.get 1
      f32.reinterpret_i32
      local.get 3
      local.get 3
      local.get 5
      i8x16.extract_lane_u 9
      select (result f32)
      v128.const i32x4 0x00020007 0x0008000d 0x50bcd8ab 0x0008000c
      v128.const i32x4 0x0001ff80 0xffff4079 0xecf00020 0x80007fff
      f32x4.ne
      i16x8.extract_lane_u 2
      select
      i32.reinterpret_f32
      if (type 1) (param i64) ;; label = @2
        local.set 0
        local.get 6
        local.get 6
        i32.add
        i64.load16_s offset=16
        local.get 11
        call_ref 0
        local.get 1
        i32.le_u
        global.set 0
        global.set 2
        local.get 6
        i32.const 55
        i32.add
        i64.load8_u offset=4096
        i32.wrap_i64
        if ;; label = @3
          local.get 2
          return_call 1
          local.get 2
          call 1
          local.set 1
          local.set 17
          local.get 6
          local.get 17
          f32.store 1 offset=4096 align=2
        end
        global.get 4
        v128.any_true
        br_if 0 (;@2;)
      else
        local.set 18
        local.get 6
        local.get 18
        i64.store8 1 offset=8
      end
      local.get 2
      local.tee 0
      local.set 2
      global.get 2
      local.tee 3
      ref.func 0
    end
    drop
    local.get 3
    f32.gt
    local.set 1
    block (result i32) ;; label = @1
      local.get 1
    end
    global.set 0
    global.get 4
    f32x4.extract_lane 2
    local.get 1
  )
  (func (;2;) (type 0) (param i64) (result f32 i32)
    (local i32 i64 f32 f64 v128 i32 i64 funcref externref exnref (ref null 0) i32 i32 exnref i32 i32 i32)
    f32.const 0x1.6p-146 (;=0.000000000000000000000000000000000000000000015;)
    local.set 3
    local.get 1
    i32.const 4088
    i32.and
    local.set 6
    local.get 0
    i64.const 4088
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
      local.get 3
      local.get 1
      return
    end
    block (type 9) (result f32 i32) ;; label = @1
      local.get 3
      local.get 6
      i32.const 136
      i32.add
      i32.load16_u 1 offset=16
      local.get 0
      local.get 0
      i64.ne
      br_table 1 0 (;@1;) 1
    end
    f64.convert_i32_s
    global.set 3
    local.set 3
    i32.const 6
    local.set 12
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
          f32.const 0x1.8p-146 (;=0.000000000000000000000000000000000000000000017;)
          i32.const 7
          return
        end
        local.get 2
        local.get 0
        i64.le_u
        if ;; label = @3
          global.get 1
          i64.const 1112020923773190111
          i64.rotr
          i32.const 0
          return_call_indirect (type 0)
          select
          drop
        end
        block ;; label = @3
          block (result (ref exn)) ;; label = @4
            block (result (ref exn)) ;; label = @5
              try_table (catch_all_ref 0 (;@5;)) (catch_ref 2 1 (;@4;)) ;; label = @6
                local.get 3
                f32.neg
                f32.const -0x0p+0 (;=-0;)
                f32.abs
                f32.le
                local.set 13
                local.get 4
                local.get 4
                local.get 13
                select
                local.set 4
                i32.const 3
                table.get 0
                local.set 8
                local.get 1
                i32.eqz
                i32.eqz
                if ;; label = @7
                  global.get 1
                  throw 0
                  i32.add
                  drop
                end
              end
              br 2 (;@3;)
            end
            ref.is_null
            local.get 1
            i32.shl
            local.set 1
            local.get 1
            local.get 1
            global.get 5
            i32.ne
            i32.ge_s
            if ;; label = @5
              local.get 2
              ref.func 0
              return_call_ref 0
              select
              drop
            end
            br 1 (;@3;)
          end
          local.set 14
          local.get 1
          i32.const 15
          i32.and
          i32.const 13
          i32.eq
          if ;; label = @4
            local.get 14
            throw_ref
          end
        end
        local.get 12
        i32.const 1
        i32.sub
        local.tee 12
        i32.const 0
        i32.gt_s
        br_if 0 (;@2;)
      end
    end
    i32.const 6
    local.set 15
    block (type 10) (result f32 f64) ;; label = @1
      global.get 4
      loop (type 11) (param v128) (result f32 f64) ;; label = @2
        local.set 5
        global.get 6
        i32.const 1
        i32.sub
        global.set 6
        global.get 6
        i32.const 0
        i32.lt_s
        if ;; label = @3
          local.get 3
          local.get 1
          return
        end
        block ;; label = @3
          try_table ;; label = @4
            i64.const 0
            call 0
            if ;; label = @5
              local.get 1
              local.set 1
            end
            local.get 3
            f32.ge
            local.set 16
            i32.const 246
            local.get 16
            i32.store8 1 offset=16
            local.get 5
            local.tee 5
            global.set 4
            global.get 0
            local.get 1
            local.get 1
            select
            if ;; label = @5
              throw 2
              f64.sqrt
              drop
            end
          end
        end
        local.get 4
        f64.trunc
        local.set 4
        local.get 6
        local.get 6
        i32.add
        v128.load offset=16 align=8
        local.get 5
        v128.const i32x4 0x7f800001 0x00000008 0x00000000 0x00000001
        i64.const 65
        i64.const 4294967295
        i64.lt_u
        select
        i8x16.sub_sat_s
        global.set 4
        block (result v128) ;; label = @3
          v128.const i32x4 0x7f800001 0x00000009 0x18d48c6a 0x7fffffff
        end
        local.get 15
        i32.const 1
        i32.sub
        local.tee 15
        i32.const 0
        i32.gt_s
        br_if 0 (;@2;)
        local.set 5
        local.get 3
        local.tee 3
        local.get 3
        f32.max
        i32.const 2864
        f64.load 1 offset=4 align=1
      end
    end
    local.get 4
    f64.gt
    local.set 1
    local.get 3
    f32.ge
    if ;; label = @1
      f64.const 0x1.41501d03fb61cp-911 (;=0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000007250403964135558;)
      global.set 3
    else
      local.get 4
      local.set 4
    end
    local.get 6
    local.get 6
    i32.add
    v128.load32x2_u offset=4096 align=2
    i32x4.bitmask
    local.set 17
    v128.const i32x4 0x13870b3e 0xc731f74a 0x3f8fb935 0xb23765a7
    local.get 4
    f64x2.replace_lane 1
    i32.const 2935
    v128.load16x4_u offset=4096 align=4
    local.get 17
    select
    local.set 5
    local.get 1
    local.set 1
    local.get 6
    i32.load16_u 1 offset=2
    i32.ctz
    global.set 0
    i32.const 996
    f32.load align=2
    global.get 0
  )
  (func (;3;) (type 4) (param i32)
    (local i32 i64 f32 f64 v128 i32 i64)
    i32.const -1438332327
    local.set 1
    f32.const inf (;=inf;)
    local.set 3
    local.get 0
    i32.const 4092
    i32.and
    local.set 6
    local.get 2
    i64.const 4092
    i64.and
    local.set 7
    local.get 0
    global.set 6
  )
  (data (;0;) (i32.const 0) "\1f\00\86\b8\10\00\e3\9d\00\80m\c2\00\00\7f\00\7f\089\03\ff\d0\03\fe\0b\0e\0d\03\00\80\06\ff\00\00\01\00\ff\7f\fe\ff\7f\00\00\80\02\00\0e\00\08\0f\08\ff \00\01\03w\80\04 \0c\06\ab\04")
  (data (;1;) (i32.const 131008) "\1f\00\86\b8\10\00\e3\9d\00\80m\c2\00\00\7f\00\7f\089\03\ff\d0\03\fe\0b\0e\0d\03\00\80\06\ff\00\00\01\00\ff\7f\fe\ff\7f\00\00\80\02\00\0e\00\08\0f\08\ff \00\01\03w\80\04 \0c\06\ab\04")
  (data (;2;) (memory 1) (i32.const 3) "!\00\00\80\04\00\10\00\08\00\80\ff\ff\7f?\00\02\00\00\00\00\00\00\0083\a7\a5\93zD\18\01\00\00\00\00\00\f8\7f\01\00\00\00\00\00\00\00 \00\ad\05\fe\ff\00\80\06\d0@\00\00\80\ff\7f")
  (data (;3;) (memory 1) (i32.const 131008) "!\00\00\80\04\00\10\00\08\00\80\ff\ff\7f?\00\02\00\00\00\00\00\00\0083\a7\a5\93zD\18\01\00\00\00\00\00\f8\7f\01\00\00\00\00\00\00\00 \00\ad\05\fe\ff\00\80\06\d0@\00\00\80\ff\7f")
  (data (;4;) "\00\00\80K\0c\00\00")
  (data (;5;) "\00\00\c0?\0c\00\00\00\0b\00")
  (@custom "lockstep.calls" (after data) "{\22fuel\22:200000,\22calls\22:[[\22f3\22,[\22i32:0x64\22]],[\22f0\22,[\22i64:0x7fffffff\22]],[\22f3\22,[\22i32:0x5\22]],[\22f1\22,[\22i64:0x41\22]],[\22f3\22,[\22i32:0x12c\22]],[\22f2\22,[\22i64:0xf\22]],[\22f3\22,[\22i32:0x5\22]],[\22f0\22,[\22i64:0xfffffffffffffffe\22]],[\22f3\22,[\22i32:0x1e\22]],[\22f1\22,[\22i64:0xffffffff80000000\22]],[\22f3\22,[\22i32:0x5\22]],[\22f2\22,[\22i64:0x41\22]]]}")
)

