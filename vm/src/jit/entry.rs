//! The doors to machine code: how it is entered, and the stubs through which it
//! leaves or asks for something.
//!
//! While machine code runs, `r15` is the fuel, `r14` the context, `r13` the base
//! of memory 0, `rbp` the frame, and `rsp` the top return record: the guest's
//! records are the CPU's stack. The host's stack waits where
//! [`Context::host_stack`] says. `rax` and `xmm15` are nobody's.
//!
//! | stub | reached by | in `eax` | in `ecx` |
//! |---|---|---|---|
//! | `exit` | jump | exit code | word position |
//! | `fuel` | call, so that the stop's place is known | block number | |
//! | `helper` | call; the instruction's second and third word are in `rdx` and `rsi` | helper number | word position |
//! | `pure` | call | row number, and the lane in the high half | |
//! | `to_interp` | return | | |
//! | `call_driver` | call; the function is in `rax` | | |

use std::arch::naked_asm;
use std::mem::offset_of;

use simd::CpuLevel;

use super::faults;
use super::helpers::help;
use super::native::Way;
use super::pure::pure;
use crate::machine::context::{Context, Exit, Stubs};

/// Goes to machine code, keeping what the host's functions expect to find
/// unchanged. The host's stack stays aligned for calls.
macro_rules! enter {
    () => {
        concat!(
            "push rbx\n push rbp\n push r12\n push r13\n push r14\n push r15\n sub rsp, 8\n",
            "mov r14, rdi\n",
            "mov [r14 + {host}], rsp\n",
            "mov r15, [r14 + {fuel}]\n",
            "mov r13, [r14 + {mem}]\n",
            "mov rbp, [r14 + {fp}]\n",
            "mov rsp, [r14 + {records}]\n",
        )
    };
}

/// Goes back to the host with what is in `rax`.
macro_rules! leave {
    () => {
        concat!(
            "mov rsp, [r14 + {host}]\n",
            "add rsp, 8\n pop r15\n pop r14\n pop r13\n pop r12\n pop rbp\n pop rbx\n",
            "ret\n",
        )
    };
}

/// Puts the machine's registers into the context.
macro_rules! rest {
    () => {
        concat!(
            "mov [r14 + {fuel}], r15\n",
            "mov [r14 + {fp}], rbp\n",
            "mov [r14 + {records}], rsp\n",
        )
    };
}

/// Does something with each vector register.
macro_rules! each_vector {
    (16, $what:literal) => {
        concat!(
            ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n",
            $what,
            "\n.endr\n"
        )
    };
    (32, $what:literal) => {
        concat!(
            ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n",
            $what,
            "\n.endr\n"
        )
    };
}

/// A naked function; its text may use the named offsets that it lists.
macro_rules! naked {
    ($(#[$meta:meta])* $name:ident, [$($field:ident),* $(,)?], [$($sym:ident)?], $($text:expr),* $(,)?) => {
        $(#[$meta])*
        #[unsafe(naked)]
        unsafe extern "sysv64" fn $name(_cx: *mut Context) -> u64 {
            naked_asm!(
                $($text,)*
                $($field = const naked!(@ $field),)*
                $($sym = sym $sym,)?
            )
        }
    };
    (@ host) => { offset_of!(Context, host_stack) };
    (@ vectors) => { offset_of!(Context, save.vec) };
    (@ general) => { offset_of!(Context, save.gpr) };
    (@ stub) => { offset_of!(Context, stubs.helper) };
    (@ done_to_interp) => { Exit::ToInterp as u64 };
    (@ done_call) => { Exit::NativeCall as u64 };
    (@ done_fuel) => { Exit::NativeFuel as u64 };
    (@ $field:ident) => { offset_of!(Context, $field) };
}

naked! {
    /// Enters machine code at `native`.
    enter, [host, fuel, mem, fp, records, native], [],
    enter!(),
    "jmp [r14 + {native}]",
}

naked! {
    /// Goes on where the top record says, which is then a word short.
    back, [host, fuel, mem, fp, records], [],
    enter!(),
    "ret",
}

naked! {
    /// Calls the last helper again, as from the same place.
    again, [host, fuel, mem, fp, records, pos, back, helper, helper_fields, helper_word, stub], [],
    enter!(),
    "mov ecx, [r14 + {pos}]",
    "mov eax, [r14 + {helper}]",
    "mov rdx, [r14 + {helper_fields}]",
    "mov rsi, [r14 + {helper_word}]",
    "push qword ptr [r14 + {back}]",
    "jmp [r14 + {stub}]",
}

naked! {
    /// Leaves with the code in `eax`, at the position in `ecx`.
    exit, [host, fuel, fp, records, pos], [],
    "mov [r14 + {pos}], ecx",
    rest!(),
    leave!(),
}

naked! {
    /// Leaves for the interpreter; the return took the record's first word off.
    to_interp, [host, fuel, fp, records, done_to_interp], [],
    "sub rsp, 8",
    rest!(),
    "mov eax, {done_to_interp}",
    leave!(),
}

naked! {
    /// Has the driver call the function in `rax`, whose frame is the present.
    call_driver, [host, fuel, fp, records, callee, callee_fp, done_call], [],
    "mov [r14 + {callee}], rax",
    "mov [r14 + {callee_fp}], rbp",
    rest!(),
    "mov eax, {done_call}",
    leave!(),
}

/// The stubs that care for vector registers. `$clear` ends the use of their
/// upper halves, which would make the host's own code slow.
macro_rules! level {
    ($level:ident, $count:tt, $save:literal, $load:literal, $clear:literal) => {
        mod $level {
            use super::{Context, Doors, Exit, help, naked_asm, offset_of, pure};

            naked! {
                /// Leaves with all registers saved.
                fuel, [host, fuel, fp, records, pos, native, vectors, general, done_fuel], [],
                "pop qword ptr [r14 + {native}]",
                "mov [r14 + {pos}], eax",
                "mov [r14 + {general} + 8], rcx",
                "mov [r14 + {general} + 16], rdx",
                "mov [r14 + {general} + 24], rbx",
                "mov [r14 + {general} + 48], rsi",
                "mov [r14 + {general} + 56], rdi",
                ".irp i, 8,9,10,11,12\n mov [r14 + {general} + 8*\\i], r\\i\n .endr",
                each_vector!($count, $save),
                $clear,
                rest!(),
                "mov eax, {done_fuel}",
                leave!(),
            }

            naked! {
                /// Goes on at `native` with all registers as they were.
                resume, [host, fuel, mem, fp, records, native, vectors, general], [],
                enter!(),
                each_vector!($count, $load),
                "mov rcx, [r14 + {general} + 8]",
                "mov rdx, [r14 + {general} + 16]",
                "mov rbx, [r14 + {general} + 24]",
                "mov rsi, [r14 + {general} + 48]",
                "mov rdi, [r14 + {general} + 56]",
                ".irp i, 8,9,10,11,12\n mov r\\i, [r14 + {general} + 8*\\i]\n .endr",
                "jmp [r14 + {native}]",
            }

            naked! {
                /// Carries out the instruction of helper `eax` at `ecx`. The
                /// return address stays below the records meanwhile, so that
                /// the CPU expects the return.
                helper, [host, fuel, mem, fp, records, pos, back, helper, helper_fields, helper_word], [help],
                "mov [r14 + {pos}], ecx",
                "mov [r14 + {helper}], eax",
                "mov [r14 + {helper_fields}], rdx",
                "mov [r14 + {helper_word}], rsi",
                "add rsp, 8",
                rest!(),
                "mov rsp, [r14 + {host}]",
                "mov rdi, r14",
                "mov esi, eax",
                $clear,
                "call {help}",
                "test rax, rax",
                "jnz 2f",
                "mov r15, [r14 + {fuel}]",
                "mov r13, [r14 + {mem}]",
                "mov rsp, [r14 + {records}]",
                "sub rsp, 8",
                "ret",
                "2:",
                "mov rcx, [r14 + {records}]",
                "mov rcx, [rcx - 8]",
                "mov [r14 + {back}], rcx",
                leave!(),
            }

            naked! {
                /// Computes the row in the low half of `eax`, with the lane in
                /// the high half; keeps all registers but the scratch ones.
                pure_row, [host, back, vectors, general], [pure],
                "mov [r14 + {general} + 8], rcx",
                "mov [r14 + {general} + 16], rdx",
                "mov [r14 + {general} + 48], rsi",
                "mov [r14 + {general} + 56], rdi",
                ".irp i, 8,9,10,11\n mov [r14 + {general} + 8*\\i], r\\i\n .endr",
                each_vector!($count, $save),
                $clear,
                "mov [r14 + {back}], rsp",
                "mov rsp, [r14 + {host}]",
                "mov rdi, r14",
                "mov edx, eax",
                "shr edx, 16",
                "movzx esi, ax",
                "call {pure}",
                "mov rsp, [r14 + {back}]",
                each_vector!($count, $load),
                "mov rcx, [r14 + {general} + 8]",
                "mov rdx, [r14 + {general} + 16]",
                "mov rsi, [r14 + {general} + 48]",
                "mov rdi, [r14 + {general} + 56]",
                ".irp i, 8,9,10,11\n mov r\\i, [r14 + {general} + 8*\\i]\n .endr",
                "ret",
            }

            pub(super) const DOORS: Doors = Doors {
                fuel,
                resume,
                helper,
                pure: pure_row,
            };
        }
    };
}

type Naked = unsafe extern "sysv64" fn(*mut Context) -> u64;

/// The stubs of one level.
struct Doors {
    fuel: Naked,
    resume: Naked,
    helper: Naked,
    pure: Naked,
}

level!(
    sse,
    16,
    "movups [r14 + {vectors} + 32*\\i], xmm\\i",
    "movups xmm\\i, [r14 + {vectors} + 32*\\i]",
    ""
);
level!(
    avx,
    16,
    "vmovups [r14 + {vectors} + 32*\\i], ymm\\i",
    "vmovups ymm\\i, [r14 + {vectors} + 32*\\i]",
    "vzeroupper"
);
level!(
    avx512,
    32,
    "vmovups [r14 + {vectors} + 32*\\i], ymm\\i",
    "vmovups ymm\\i, [r14 + {vectors} + 32*\\i]",
    "vzeroupper"
);

/// The stubs for machine code of this level. A CPU that has more registers
/// than the level asks for has all of them saved.
fn doors(level: CpuLevel) -> &'static Doors {
    match level {
        CpuLevel::Portable => &sse::DOORS,
        CpuLevel::X86V3 if !is_x86_feature_detected!("avx512vl") => &avx::DOORS,
        CpuLevel::X86V3 | CpuLevel::X86V4 => &avx512::DOORS,
    }
}

/// The addresses that machine code of this level is given.
pub(crate) fn stubs(level: CpuLevel) -> Stubs {
    let address = |stub: Naked| stub as usize;
    let doors = doors(level);
    Stubs {
        exit: address(exit),
        fuel: address(doors.fuel),
        helper: address(doors.helper),
        pure: address(doors.pure),
        to_interp: address(to_interp),
        call_driver: address(call_driver),
        resume: address(doors.resume),
    }
}

/// Runs machine code until something needs the driver or the interpreter;
/// gives the exit code.
///
/// # Safety
/// As for the interpreter, and `way` leads to machine code
/// of this CPU's level, in a frame whose state it was made for.
pub(crate) unsafe fn run(cx: &mut Context, way: Way) -> u64 {
    let _mode = simd::FloatMode::enter();
    let resume = cx.stubs.resume;
    let cx: *mut Context = cx;
    faults::enter(cx);
    // SAFETY: the caller's promise; the address is that of a door made above.
    let code = unsafe {
        match way {
            Way::Enter => enter(cx),
            Way::Return => back(cx),
            Way::Again => again(cx),
            Way::Resume => std::mem::transmute::<usize, Naked>(resume)(cx),
        }
    };
    faults::leave();
    code
}
