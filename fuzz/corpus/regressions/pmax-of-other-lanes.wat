;; A maximum of lanes of 64 bits was given NaNs made by lanes of 32, not yet canonical.
(module
  (type (;0;) (func (param v128 v128 i32)))
  (memory (;0;) 1 1)
  (global (;0;) (mut f32) f32.const 0x0p+0 (;=0;))
  (global (;1;) (mut v128) v128.const i32x4 0x7fc00000 0x0000000e 0x0000000e 0xbf000000)
  (export "f1" (func 0))
  (export "" (memory 0))
  (func (;0;) (type 0) (param v128 v128 i32)
    (local i32 i64 f32 f64 v128 i32 i64 i32 v128)
    local.get 8
    if ;; label = @1
      i32.const 0
      if (result f32) ;; label = @2
        global.get 0
      else
        local.get 5
      end
      local.set 5
    end
    block (result v128) ;; label = @1
      global.get 1
      i32.const 0
      if (result v128) ;; label = @2
        local.get 1
      else
        global.get 1
      end
      i32.const 0
      select
      global.get 1
      f64x2.pmax
      i32.const 1
      br_if 0 (;@1;)
      drop
      local.get 0
    end
    local.set 7
    loop ;; label = @1
      local.get 7
      f32x4.demote_f64x2_zero
      local.get 1
      f32x4.sqrt
      f64x2.pmax
      local.set 11
      i32.const 1
      local.get 11
      v128.store offset=100
      local.get 10
      br_if 0 (;@1;)
    end
  )
  (@custom "lockstep.calls" (after code) "{\22fuel\22:200000,\22calls\22:[[\22f1\22,[\22v128:0x0\22,\22v128:0x51ce000fff80ffffaef2ffff7ffffffe\22,\22i32:0x0\22]]]}")
)
