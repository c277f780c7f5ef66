//! The rows without a pure meaning: control flow, variables, tables, references, bulk memory and constants.

/// One link of the chain behind [`for_each_op`](crate::for_each_op); call that instead.
#[doc(hidden)]
#[macro_export]
macro_rules! __control_ops {
    ([$($callback:tt)+] $($before:tt)*) => {
        $crate::__machine_ops! {
            [$($callback)+]
            $($before)*
            control {
                Unreachable "unreachable" () -> () fuel 1;
                Nop "nop" () -> () fuel 0;
                Block "block" () -> () fuel 0;
                Loop "loop" () -> () fuel 0;
                If "if" () -> () fuel 1;
                Else "else" () -> () fuel 0;
                End "end" () -> () fuel 0;
                Br "br" () -> () fuel 1;
                BrIf "br_if" () -> () fuel 1;
                BrTable "br_table" () -> () fuel 1;
                Return "return" () -> () fuel 1;
                Call "call" () -> () fuel 1;
                CallIndirect "call_indirect" () -> () fuel 1;
                Drop "drop" () -> () fuel 1;
                Select "select" () -> () fuel 1;
                LocalGet "local.get" () -> () fuel 1;
                LocalSet "local.set" () -> () fuel 1;
                LocalTee "local.tee" () -> () fuel 1;
                GlobalGet "global.get" () -> () fuel 1;
                GlobalSet "global.set" () -> () fuel 1;
                MemorySize "memory.size" () -> () fuel 1;
                MemoryGrow "memory.grow" () -> () fuel 1;
                I32Const "i32.const" () -> () fuel 1;
                I64Const "i64.const" () -> () fuel 1;
                F32Const "f32.const" () -> () fuel 1;
                F64Const "f64.const" () -> () fuel 1;
                MemoryInit "memory.init" () -> () fuel 1;
                DataDrop "data.drop" () -> () fuel 1;
                MemoryCopy "memory.copy" () -> () fuel 1;
                MemoryFill "memory.fill" () -> () fuel 1;
                TableInit "table.init" () -> () fuel 1;
                ElemDrop "elem.drop" () -> () fuel 1;
                TableCopy "table.copy" () -> () fuel 1;
                TypedSelect "select (result)" () -> () fuel 1;
                RefNull "ref.null" () -> () fuel 1;
                RefIsNull "ref.is_null" () -> () fuel 1;
                RefFunc "ref.func" () -> () fuel 1;
                TableFill "table.fill" () -> () fuel 1;
                TableGet "table.get" () -> () fuel 1;
                TableSet "table.set" () -> () fuel 1;
                TableGrow "table.grow" () -> () fuel 1;
                TableSize "table.size" () -> () fuel 1;
                ReturnCall "return_call" () -> () fuel 1;
                ReturnCallIndirect "return_call_indirect" () -> () fuel 1;
                V128Const "v128.const" () -> () fuel 1;
                TryTable "try_table" () -> () fuel 1;
                Throw "throw" () -> () fuel 1;
                ThrowRef "throw_ref" () -> () fuel 1;
                Try "try" () -> () fuel 1;
                Catch "catch" () -> () fuel 0;
                Rethrow "rethrow" () -> () fuel 1;
                Delegate "delegate" () -> () fuel 0;
                CatchAll "catch_all" () -> () fuel 0;
                CallRef "call_ref" () -> () fuel 1;
                ReturnCallRef "return_call_ref" () -> () fuel 1;
                RefAsNonNull "ref.as_non_null" () -> () fuel 1;
                BrOnNull "br_on_null" () -> () fuel 1;
                BrOnNonNull "br_on_non_null" () -> () fuel 1;
            }
        }
    };
}
