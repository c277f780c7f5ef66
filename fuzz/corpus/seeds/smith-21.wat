(module
  (type (;0;) (func (param funcref) (result i64)))
  (type (;1;) (func (param i32)))
  (type (;2;) (func (result funcref i32)))
  (type (;3;) (func (param i64 i32 i32 funcref)))
  (type (;4;) (func (param i32)))
  (type (;5;) (func))
  (table (;0;) i64 1 835 funcref)
  (memory (;0;) i64 1 3)
  (global (;0;) i32 i32.const -888918804)
  (global (;1;) (mut i64) i64.const 0)
  (global (;2;) (mut i32) i32.const 0)
  (global (;3;) (mut i32) i32.const 709)
  (export "8" (func 0))
  (export "" (func 1))
  (export "2" (func 2))
  (export "3" (func 3))
  (export "4" (func 4))
  (export "5" (func 5))
  (export "6" (table 0))
  (export "7" (memory 0))
  (export "88" (global 0))
  (export "\u{569}" (global 1))
  (export "@\u{204}" (global 2))
  (export "refuel" (func 6))
  (func (;0;) (type 2) (result funcref i32)
    (local i64 i32 i64 i64)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    table.size 0
    data.drop 0
    table.size 0
    i64.sub
    loop ;; label = @1
      global.get 3
      i32.eqz
      if ;; label = @2
        unreachable
      end
      global.get 3
      i32.const 1
      i32.sub
      global.set 3
      i64.const 511
      local.get 0
      i64.ne
      memory.size
      local.set 2
      block ;; label = @2
        block ;; label = @3
          memory.size
          i64.const 65536
          i64.mul
          i64.const 18850
          local.get 2
          i64.add
          i64.le_u
          br_if 0 (;@3;)
          local.get 2
          i64.const 0
          i64.le_s
          br_if 0 (;@3;)
          local.get 2
          i64.load16_u offset=18842
          local.set 3
          br 1 (;@2;)
        end
        i64.const 0
        local.set 3
      end
      local.get 3
      global.get 1
      i64.xor
      global.set 1
      global.get 2
      i32.xor
      global.set 2
    end
    global.get 1
    i64.xor
    global.set 1
    ref.null func
    i32.const 1307097355
  )
  (func (;1;) (type 4) (param i32)
    (local funcref i32 i32)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    memory.size
    i64.eqz
    if ;; label = @1
      call 0
      data.drop 0
      i32.clz
      local.tee 2
      return
      br 1
      call 2
      table.size 0
      block (type 2) (result funcref i32) ;; label = @2
        call 0
        local.tee 2
        return_call 3
        ref.null func
        call 0
        local.get 3
        local.get 3
        br_table 1 (;@1;) 2 1 (;@1;)
        i32.ne
        call 4
        br 2
        loop (result i64) ;; label = @3
          global.get 3
          i32.eqz
          if ;; label = @4
            unreachable
          end
          global.get 3
          i32.const 1
          i32.sub
          global.set 3
          i64.const 6495164977843794304
        end
        global.get 1
        i64.xor
        global.set 1
        drop
        drop
        i32.const 196624
      end
      global.get 2
      i32.xor
      global.set 2
      drop
      global.get 1
      i64.xor
      global.set 1
      drop
    end
  )
  (func (;2;) (type 4) (param i32)
    (local i32 funcref i64 i32)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    local.get 1
    br_if 0
    loop (type 2) (result funcref i32) ;; label = @1
      global.get 3
      i32.eqz
      if ;; label = @2
        unreachable
      end
      global.get 3
      i32.const 1
      i32.sub
      global.set 3
      table.size 0
      loop ;; label = @2
        global.get 3
        i32.eqz
        if ;; label = @3
          unreachable
        end
        global.get 3
        i32.const 1
        i32.sub
        global.set 3
      end
      i32.wrap_i64
      return_call 1
      table.size 0
      memory.size
      block (result i32) ;; label = @2
        table.size 0
        i64.clz
        i64.popcnt
        local.set 3
        block ;; label = @3
          block ;; label = @4
            memory.size
            i64.const 65536
            i64.mul
            i64.const 38155
            local.get 3
            i64.add
            i64.le_u
            br_if 0 (;@4;)
            local.get 3
            i64.const 0
            i64.le_s
            br_if 0 (;@4;)
            local.get 3
            i32.load offset=38151 align=2
            local.set 4
            br 1 (;@3;)
          end
          i32.const 0
          local.set 4
        end
        local.get 4
      end
      global.get 2
      i32.xor
      global.set 2
      global.get 1
      i64.xor
      global.set 1
      global.get 1
      i64.xor
      global.set 1
      ref.null func
      i32.const -2140460122
    end
    global.get 2
    i32.xor
    global.set 2
    drop
  )
  (func (;3;) (type 1) (param i32)
    (local i64 i32)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    loop (type 2) (result funcref i32) ;; label = @1
      global.get 3
      i32.eqz
      if ;; label = @2
        unreachable
      end
      global.get 3
      i32.const 1
      i32.sub
      global.set 3
      block (result externref) ;; label = @2
        loop (result externref) ;; label = @3
          global.get 3
          i32.eqz
          if ;; label = @4
            unreachable
          end
          global.get 3
          i32.const 1
          i32.sub
          global.set 3
          block (result i64) ;; label = @4
            i64.const 4748100711559253339
            local.set 1
            block ;; label = @5
              block ;; label = @6
                memory.size
                i64.const 65536
                i64.mul
                i64.const 45797
                local.get 1
                i64.add
                i64.le_u
                br_if 0 (;@6;)
                local.get 1
                i64.const 0
                i64.le_s
                br_if 0 (;@6;)
                local.get 1
                i32.load16_u offset=45793 align=1
                local.set 2
                br 1 (;@5;)
              end
              i32.const 0
              local.set 2
            end
            local.get 2
            global.get 2
            i32.xor
            global.set 2
            i64.const 2139095039
          end
          global.get 1
          i64.xor
          global.set 1
          ref.null extern
        end
      end
      drop
      ref.null func
      i32.const 970294427
    end
    global.get 2
    i32.xor
    global.set 2
    drop
  )
  (func (;4;) (type 1) (param i32)
    (local externref i64 i64 i64)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    global.get 0
    call 2
    data.drop 1
    br 0
    global.get 0
    if (result i64) ;; label = @1
      i64.const -3402967242249156751
      local.set 3
      block ;; label = @2
        block ;; label = @3
          memory.size
          i64.const 65536
          i64.mul
          i64.const 56769
          local.get 3
          i64.add
          i64.le_u
          br_if 0 (;@3;)
          local.get 3
          i64.const 0
          i64.le_s
          br_if 0 (;@3;)
          local.get 3
          i64.load8_u offset=56761
          local.set 4
          br 1 (;@2;)
        end
        i64.const 0
        local.set 4
      end
      local.get 4
    else
      i64.const -1498883019370260878
    end
    global.get 1
    i64.xor
    global.set 1
  )
  (func (;5;) (type 4) (param i32)
    (local i64 i32)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    table.size 0
    block (result i32) ;; label = @1
      call 0
      i64.const -17179869185
      local.set 1
      block ;; label = @2
        block ;; label = @3
          memory.size
          i64.const 65536
          i64.mul
          i64.const 63975
          local.get 1
          i64.add
          i64.le_u
          br_if 0 (;@3;)
          local.get 1
          i64.const 0
          i64.le_s
          br_if 0 (;@3;)
          local.get 1
          i32.load offset=63971 align=2
          local.set 2
          br 1 (;@2;)
        end
        i32.const 0
        local.set 2
      end
      local.get 2
      global.get 2
      i32.xor
      global.set 2
      global.get 2
      i32.xor
      global.set 2
      drop
      i32.const -4097
    end
    global.get 2
    i32.xor
    global.set 2
    global.get 1
    i64.xor
    global.set 1
  )
  (func (;6;) (type 5)
    i32.const 709
    global.set 3
  )
  (data (;0;) "\0f[")
  (data (;1;) "\b8")
  (data (;2;) "\b0")
  (@custom "lockstep.calls" (after data) "{\22fuel\22:200000,\22calls\22:[[\22refuel\22,[]],[\228\22,[]],[\22refuel\22,[]],[\22\22,[\22i32:0x2\22]],[\22refuel\22,[]],[\222\22,[\22i32:0xe4fd7a62\22]],[\22refuel\22,[]],[\223\22,[\22i32:0x911e7fff\22]],[\22refuel\22,[]],[\224\22,[\22i32:0x100\22]],[\22refuel\22,[]],[\225\22,[\22i32:0xd\22]],[\22refuel\22,[]],[\228\22,[]],[\22refuel\22,[]],[\22\22,[\22i32:0x10\22]],[\22refuel\22,[]],[\222\22,[\22i32:0x3\22]],[\22refuel\22,[]],[\223\22,[\22i32:0xee5a0b72\22]],[\22refuel\22,[]],[\224\22,[\22i32:0x81\22]],[\22refuel\22,[]],[\225\22,[\22i32:0x81\22]]]}")
)

