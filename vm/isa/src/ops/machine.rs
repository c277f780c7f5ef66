//! The rows that register code has and Wasm does not: moves, block heads and
//! the ends of a run. They cost no fuel; `charge` collects it.

/// One link of the chain behind [`for_each_op`](crate::for_each_op); call that instead.
#[doc(hidden)]
#[macro_export]
macro_rules! __machine_ops {
    ([$($callback:tt)+] $($before:tt)*) => {
        $($callback)+! {
            $($before)*
            machine {
                Charge "charge" () -> () fuel 0;
                Zero "zero" () -> () fuel 0;
                CopySlot "copy" () -> () fuel 0;
                CopyWide "copy.wide" () -> () fuel 0;
                CopyConst "copy.const" () -> () fuel 0;
                CopySum "copy.sum" () -> () fuel 0;
                CopyAcc "copy.acc" () -> () fuel 0;
                CopyVec "copy.vec" () -> () fuel 0;
                CopyVecWide "copy.vec.wide" () -> () fuel 0;
                Address "address" () -> () fuel 0;
                SelectVec "select.vec" () -> () fuel 0;
                SelectWide "select.wide" () -> () fuel 0;
                GlobalGetVec "global.get.vec" () -> () fuel 0;
                GlobalGetWide "global.get.wide" () -> () fuel 0;
                GlobalSetVec "global.set.vec" () -> () fuel 0;
                GlobalSetWide "global.set.wide" () -> () fuel 0;
                ReturnVoid "return.void" () -> () fuel 0;
                ReturnVec "return.vec" () -> () fuel 0;
                ReturnWide "return.wide" () -> () fuel 0;
                ReturnMany "return.many" () -> () fuel 0;
                Stop "stop" () -> () fuel 0;
                Leave "leave" () -> () fuel 0;
                Done "done" () -> () fuel 0;
                ToNative "to.native" () -> () fuel 0;
                BackToNative "back.to.native" () -> () fuel 0;
            }
        }
    };
}
