(module
  (type (;0;) (func (param i64)))
  (type (;1;) (func (param v128 v128 f64)))
  (import "host" "h0" (func (;0;) (type 0) (param i64)))
  (memory (;0;) 1 2)
  (memory (;1;) i64 1 2)
  (global (;0;) (mut i32) i32.const 5)
  (global (;1;) (mut i64) i64.const 7)
  (global (;2;) (mut f32) f32.const 0x1.c37e32p-126 (;=0.00000000000000000000000000000000000002073154;))
  (global (;3;) (mut f64) f64.const -0x1p+63 (;=-9223372036854776000;))
  (global (;4;) (mut v128) v128.const i32x4 0x00010000 0x0010007f 0x1b080021 0x00078000)
  (global (;5;) v128 v128.const i32x4 0x19a20000 0x00030008 0x0020eee7 0x000f0001)
  (export "f0" (func 0))
  (export "f1" (func 1))
  (export "m0" (memory 0))
  (export "m1" (memory 1))
  (export "g0" (global 0))
  (export "g1" (global 1))
  (export "g2" (global 2))
  (export "g3" (global 3))
  (export "g4" (global 4))
  (export "g5" (global 5))
  (func (;1;) (type 1) (param v128 v128 f64)
    (local i32 i64 f32 f64 v128 i32 i64 i32 v128)
    f64.const 0x1p+32 (;=4294967296;)
    local.set 6
    local.get 3
    i32.const 32752
    i32.and
    local.set 8
    local.get 4
    i64.const 32752
    i64.and
    local.set 9
    i32.const 4
    local.set 10
    loop ;; label = @1
      local.get 7
      local.get 1
      i16x8.eq
      local.get 9
      local.get 9
      i64.add
      v128.load64_splat 1 offset=4 align=4
      i16x8.ne
      i16x8.all_true
      local.set 3
      local.get 10
      i32.const 1
      i32.sub
      local.tee 10
      br_if 0 (;@1;)
    end
    local.get 9
    local.get 9
    i64.add
    v128.const i32x4 0x7fff7727 0x3bc7003f 0x000074e3 0xfffffffe
    global.get 5
    i16x8.ne
    v128.store32_lane 1 offset=1 align=2 2
    i64.const 1501
    i32.load8_s 1
    if (result v128) ;; label = @1
      local.get 8
      i32.const 235
      i32.add
      v128.load16_splat offset=100
      local.get 8
      local.get 8
      i32.add
      v128.load32x2_u offset=1 align=4
      i16x8.ne
    else
      global.get 4
      i64x2.neg
    end
    local.set 11
    local.get 9
    local.get 9
    i64.add
    local.get 11
    v128.store32_lane 1 offset=4 2
  )
  (data (;0;) (i32.const 3) "\0e\00\00\00\0f\00\00\00A\b0\9a\06\ff\ff\7f\00\a7t\0a\92v\82\ccN\a6\08G\c17\e3-\e4\00\00\00\00\00\00\f8\ff\06\00\00\00\00\00\00\00 \00\10\00e\15\00\00\08\00\07\00\ff\ff\bc\f0\ff\ff\ff\ff\ff\ff\ff\7f\00\00\00\00\00\00\10\00")
  (data (;1;) (i32.const 65456) "\0e\00\00\00\0f\00\00\00A\b0\9a\06\ff\ff\7f\00\a7t\0a\92v\82\ccN\a6\08G\c17\e3-\e4\00\00\00\00\00\00\f8\ff\06\00\00\00\00\00\00\00 \00\10\00e\15\00\00\08\00\07\00\ff\ff\bc\f0\ff\ff\ff\ff\ff\ff\ff\7f\00\00\00\00\00\00\10\00")
  (data (;2;) (memory 1) (i64.const 1) "\0f\02\00\7f\0e\07\84\03\0c\01 \03\1a\03\fe\fekw\aba\9f$\d1\ce\bf\ba<\ff$\cf\122")
  (data (;3;) (memory 1) (i64.const 65504) "\0f\02\00\7f\0e\07\84\03\0c\01 \03\1a\03\fe\fekw\aba\9f$\d1\ce\bf\ba<\ff$\cf\122")
  (@custom "lockstep.calls" (after data) "{\22fuel\22:200000,\22calls\22:[[\22f1\22,[\22v128:0xff071f0c03000076f40009f4060877\22,\22v128:0xe505f0f23e58f706171a59656554821\22,\22f64:0xd\22]],[\22f1\22,[\22v128:0xffff07ff060ab01f2000e80d4809b1bd\22,\22v128:0x5f800000007fffff000000097f800001\22,\22f64:0x41dfffffffc00000\22]],[\22f1\22,[\22v128:0x31c00000000b96db000400000100001f\22,\22v128:0x40040000000000004bc723462b3a7416\22,\22f64:0x0\22]],[\22f1\22,[\22v128:0xc020edd000d0bffff000e0206ff0439\22,\22v128:0xbaa6395a000900080008ffff377adc60\22,\22f64:0x5\22]],[\22f1\22,[\22v128:0xdcac3b92e75648244b458a68de3a8f42\22,\22v128:0x7fc00001000000080000000100000003\22,\22f64:0xbfe0000000000000\22]],[\22f1\22,[\22v128:0x8000000000000000f8a375287f7fffff\22,\22v128:0x1c73fbbe0008ff80fffeffff003f\22,\22f64:0x7ff0000000000001\22]],[\22f1\22,[\22v128:0xb0c8004031f0f81080728a70000780d\22,\22v128:0x6034d6476b8851174b88e8be62d897f7\22,\22f64:0x8000000000000000\22]],[\22f1\22,[\22v128:0x10001000d7b1e8bb2ddbb00080020\22,\22v128:0x43f0000000000000fff0000000000000\22,\22f64:0xc1e0000000000000\22]]]}")
)

