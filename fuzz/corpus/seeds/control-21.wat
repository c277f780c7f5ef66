(module
  (type (;0;) (func (param f32) (result i32 v128 funcref)))
  (type (;1;) (func (param funcref f64) (result f64 v128 f32)))
  (type (;2;) (func (param i64 f32 f32)))
  (type (;3;) (func (param f32 f32 f64)))
  (type (;4;) (func (param externref)))
  (type (;5;) (func (param i32)))
  (table (;0;) 3 4 funcref)
  (memory (;0;) i64 2 2)
  (memory (;1;) i64 2 4)
  (memory (;2;) i64 2 4)
  (tag (;0;) (type 2) (param i64 f32 f32))
  (tag (;1;) (type 3) (param f32 f32 f64))
  (global (;0;) (mut i32) i32.const 15)
  (global (;1;) (mut i64) i64.const 9007199254740992)
  (global (;2;) (mut f32) f32.const -0x1.642aa6p+22 (;=-5835433.5;))
  (global (;3;) (mut f64) f64.const 0x1p+53 (;=9007199254740992;))
  (global (;4;) (mut v128) v128.const i32x4 0x7f00ff06 0xfffffa3f 0x08800f5f 0x0de60045)
  (global (;5;) v128 v128.const i32x4 0x1f3f5657 0x3c9ede57 0xd25a078d 0x200e5487)
  (global (;6;) (mut i32) i32.const 100)
  (export "f0" (func 0))
  (export "f1" (func 1))
  (export "f2" (func 2))
  (export "f3" (func 3))
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
  (elem (;0;) (table 0) (i32.const 0) funcref (ref.null func))
  (elem (;1;) funcref (ref.func 0) (ref.func 2) (ref.func 1))
  (func (;0;) (type 0) (param f32) (result i32 v128 funcref)
    (local i32 i64 f32 f64 v128 i32 i64 funcref externref exnref (ref null 1) i32)
    i64.const 110473350808764361
    local.set 2
    f64.const 0x1.aeaa3b9af72fdp-211 (;=0.00000000000000000000000000000000000000000000000000000000000000051117605217516734;)
    local.set 4
    v128.const i32x4 0x007fffff 0xed1ac220 0x00000008 0x2524bebc
    local.set 5
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
      local.get 1
      v128.const i32x4 0xf0000000 0x47efffff 0x00000000 0x7ff80000
      local.get 8
      return
    end
    i32.const 0
    i32.const 0
    i32.const 0
    table.copy
    local.get 1
    i32.const 15
    i32.and
    i32.const 12
    i32.eq
    if ;; label = @1
      elem.drop 1
    end
    local.get 3
    ref.func 0
    call_ref 0
    local.set 8
    local.set 5
    i32.ctz
    local.set 12
    global.get 2
    f32.const 0x1p+23 (;=8388608;)
    local.get 12
    select
    local.set 3
    i32.const 12
    local.tee 1
    local.get 5
    ref.null func
  )
  (func (;1;) (type 1) (param funcref f64) (result f64 v128 f32)
    (local i32 i64 f32 f64 v128 i32 i64 funcref externref exnref (ref null 1) f32)
    i64.const 3
    local.set 3
    f32.const -0x1.fffffep+127 (;=-340282350000000000000000000000000000000;)
    local.set 4
    f64.const -0x1.e5748b4fe2cadp+33 (;=-16289175199.771814;)
    local.set 5
    local.get 2
    i32.const 4088
    i32.and
    local.set 7
    local.get 3
    i64.const 4088
    i64.and
    local.set 8
    global.get 6
    i32.const 1
    i32.sub
    global.set 6
    global.get 6
    i32.const 0
    i32.lt_s
    if ;; label = @1
      f64.const 0x1.8p-1073 (;=0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000015;)
      global.get 4
      f32.const 0x1.8p-147 (;=0.000000000000000000000000000000000000000000008;)
      return
    end
    local.get 2
    i32.const 15
    i32.and
    i32.const 12
    i32.eq
    if ;; label = @1
      nop
      unreachable
      i64.const 130615
      global.get 0
      i64.const 458
      memory.fill 2
    end
    f64.const 0x1p-1022 (;=0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000022250738585072014;)
    local.get 5
    global.get 0
    i32.eqz
    i32.eqz
    select
    i32.trunc_sat_f64_s
    if ;; label = @1
      i32.const 2
      table.get 0
      local.get 2
      f64.convert_i32_s
      i32.const 3
      return_call_indirect (type 1)
      f64x2.replace_lane 0
      drop
    end
    f64.const 0x1.b256124deaf54p+392 (;=17113718305769310000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000;)
    global.get 3
    local.get 5
    global.get 3
    f64.eq
    select
    v128.const i32x4 0x87ace407 0x56af034d 0x00000000 0x41f00000
    local.get 4
    local.tee 4
    block (result i64) ;; label = @1
      local.get 3
      v128.const i32x4 0xa73cd33a 0xc71efc96 0x91ea77af 0xb164ce4b
      i16x8.extract_lane_s 0
      br_if 0 (;@1;)
      global.set 1
      global.get 1
    end
    local.get 3
    local.get 3
    i64.sub
    i64.le_s
    br_if 0
    local.set 13
    i64.const 1337
    local.get 13
    f32.store 1 offset=8
    local.set 6
    global.get 3
    f64.lt
    if ;; label = @1
      local.get 5
      global.set 3
    end
    i32.const 1
    ref.func 0
    table.set 0
    local.get 5
    local.get 6
    global.get 2
    f32.floor
  )
  (func (;2;) (type 1) (param funcref f64) (result f64 v128 f32)
    (local i32 i64 f32 f64 v128 i32 i64 funcref externref exnref (ref null 0) i32 i64 v128 f32)
    i32.const 3
    local.set 2
    f64.const inf (;=inf;)
    local.set 5
    v128.const i32x4 0xc47f0c05 0xba030000 0xffff00fe 0x0008f82b
    local.set 6
    local.get 2
    i32.const 4088
    i32.and
    local.set 7
    local.get 3
    i64.const 4088
    i64.and
    local.set 8
    global.get 6
    i32.const 1
    i32.sub
    global.set 6
    global.get 6
    i32.const 0
    i32.lt_s
    if ;; label = @1
      local.get 1
      v128.const i32x4 0x00080009 0x00060021 0x80000003 0x003f7fff
      f32.const 0x1.f6986p+83 (;=18987510000000000000000000;)
      return
    end
    i32.const 3
    local.set 13
    block ;; label = @1
      ref.null extern
      loop (type 4) (param externref) ;; label = @2
        drop
        global.get 6
        i32.const 1
        i32.sub
        global.set 6
        global.get 6
        i32.const 0
        i32.lt_s
        if ;; label = @3
          local.get 5
          global.get 5
          local.get 4
          return
        end
        i64.const 3216
        i32.load16_u 1
        i32.eqz
        i32.eqz
        i32.eqz
        if ;; label = @3
          i32.const 1
          table.get 0
          local.get 1
          return_call 2
          i64.popcnt
          drop
        end
        block ;; label = @3
          block ;; label = @4
            block ;; label = @5
              block (result (ref exn)) ;; label = @6
                try_table (catch_all_ref 0 (;@6;)) (catch_all 1 (;@5;)) (catch_all 2 (;@4;)) ;; label = @7
                  f32.const 0x1.ap-146 (;=0.000000000000000000000000000000000000000000018;)
                  local.get 4
                  local.get 8
                  local.get 8
                  i64.add
                  f64.load align=4
                  throw 1
                end
                br 3 (;@3;)
              end
              drop
              i32.const 0
              table.get 0
              global.get 3
              local.get 3
              i64.eqz
              call_indirect (type 1)
              i64.trunc_sat_f32_u
              local.set 14
              local.get 8
              i64.const 32
              i64.add
              local.get 14
              i64.store32 2 offset=4096
              i32x4.relaxed_trunc_f32x4_u
              local.set 15
              i64.const 740
              local.get 15
              v128.store8_lane 2 offset=100 1
              local.get 1
              f64.le
              if ;; label = @6
                local.get 4
                global.set 2
              else
                local.get 4
                local.set 16
                local.get 8
                i64.const 11
                i64.add
                local.get 16
                f32.store offset=100
              end
              br 2 (;@3;)
            end
            br 1 (;@3;)
          end
          f32.const 0x1.7a0cdep-120 (;=0.0000000000000000000000000000000000011109899;)
          call 0
          drop
          global.set 4
          f32.reinterpret_i32
          global.set 2
        end
        local.get 0
        local.get 5
        global.get 3
        f64.mul
        ref.null 1
        call_ref 1
        local.set 4
        local.set 6
        global.set 3
        ref.null extern
        local.get 13
        i32.const 1
        i32.sub
        local.tee 13
        i32.const 0
        i32.gt_s
        br_if 0 (;@2;)
        drop
      end
    end
    local.get 2
    i32.const 15
    i32.and
    i32.const 3
    i32.eq
    if ;; label = @1
      nop
      unreachable
      i32.add
      drop
    end
    local.get 8
    local.get 8
    i64.add
    f32.load offset=8 align=1
    call 0
    drop
    global.set 4
    local.set 2
    i64.const 32744
    i32.const 0
    i32.const 25
    memory.init 1 5
    local.get 1
    v128.const i32x4 0x0002000f 0x0000b95a 0xfb1e0001 0x000f0000
    f32.const 0x1.ap-146 (;=0.000000000000000000000000000000000000000000018;)
    f32.trunc
  )
  (func (;3;) (type 5) (param i32)
    (local i32 i64 f32 f64 v128 i32 i64)
    i32.const 1
    local.set 1
    i64.const 2
    local.set 2
    local.get 0
    i32.const 32752
    i32.and
    local.set 6
    local.get 2
    i64.const 32752
    i64.and
    local.set 7
    local.get 0
    global.set 6
  )
  (data (;0;) (i64.const 3) "\f7t\0f\00\09\00?\00\04\00\b7M\97\fc\08\00\00\00\00\00\00\00\f0?\ff\ff\ff\ff\ff\ff\0f\00\f9b\7f\c3\8bB/\be\7fS2\b4\97\06\89D\fe\ff\7f\00\0d\03\80\ff\07\0a\02\0d\ff\0d\04\00")
  (data (;1;) (i64.const 131008) "\f7t\0f\00\09\00?\00\04\00\b7M\97\fc\08\00\00\00\00\00\00\00\f0?\ff\ff\ff\ff\ff\ff\0f\00\f9b\7f\c3\8bB/\be\7fS2\b4\97\06\89D\fe\ff\7f\00\0d\03\80\ff\07\0a\02\0d\ff\0d\04\00")
  (data (;2;) (memory 1) (i64.const 1) "\b4\b9\13\f8|\12\80\ec\e6\f9\10\a6]j\f1\dd\00\83\bc\7f\00\00\04\0bh\01\02\ed\01\fe\1f\a3")
  (data (;3;) (memory 1) (i64.const 131040) "\b4\b9\13\f8|\12\80\ec\e6\f9\10\a6]j\f1\dd\00\83\bc\7f\00\00\04\0bh\01\02\ed\01\fe\1f\a3")
  (data (;4;) (memory 2) (i64.const 3) "\07\00\00\00\00\00\00\00\0e\00\00\00\00\00\00\00\80\ff\00\80\92\fe\cdi\d1\e1e\a2\ff\7f\01\00")
  (data (;5;) (memory 2) (i64.const 131040) "\07\00\00\00\00\00\00\00\0e\00\00\00\00\00\00\00\80\ff\00\80\92\fe\cdi\d1\e1e\a2\ff\7f\01\00")
  (data (;6;) "\cc")
  (@custom "lockstep.calls" (after data) "{\22fuel\22:200000,\22calls\22:[[\22f3\22,[\22i32:0x1e\22]],[\22f0\22,[\22f32:0x3f000000\22]],[\22f3\22,[\22i32:0x1e\22]],[\22f1\22,[\22null:func\22,\22f64:0x7ff7ffffffffffff\22]],[\22f3\22,[\22i32:0x5\22]],[\22f2\22,[\22null:func\22,\22f64:0x2d5c4c0d0207e6f8\22]],[\22f3\22,[\22i32:0x1\22]],[\22f0\22,[\22f32:0xfd0835f5\22]],[\22f3\22,[\22i32:0x12c\22]],[\22f1\22,[\22null:func\22,\22f64:0xf\22]],[\22f3\22,[\22i32:0x12c\22]],[\22f2\22,[\22null:func\22,\22f64:0x3fdfffffffffffff\22]]]}")
)

