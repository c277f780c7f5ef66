//! Machine code by hand, for register code whose shape is known.

use std::arch::global_asm;
use std::mem::offset_of;

use isa::{Op, Trap};

use crate::code::{Code, Head, field, len_at};
use crate::jit::native::{Home, NanFix, Native, StopBlock};
use crate::machine::context::{Context, Exit};
use crate::machine::function::Function;

/// The bytes of a piece of machine code, and the offsets it marks.
struct Piece {
    bytes: Vec<u8>,
    marks: [u32; 6],
}

/// A piece, from its text. Its marks are the labels 20 to 25; a label 29 is put
/// at its end.
macro_rules! piece {
    ($name:ident, $symbol:ident, [$($key:ident),*], $($text:expr),* $(,)?) => {
        global_asm!(
            ".pushsection .rodata",
            ".p2align 2",
            concat!(".globl ", stringify!($symbol)),
            concat!(stringify!($symbol), ":"),
            ".long 29f - 28f, 20f - 28f, 21f - 28f, 22f - 28f, 23f - 28f, 24f - 28f, 25f - 28f",
            "28:",
            $($text,)*
            "29:",
            ".popsection",
            $($key = const piece!(@ $key),)*
        );

        fn $name() -> Piece {
            unsafe extern "C" {
                static $symbol: [u32; 7];
            }
            // SAFETY: the text above begins with these numbers, of which the
            // first is the length of the bytes behind them.
            unsafe {
                let header = &raw const $symbol;
                let [len, marks @ ..] = *header;
                let bytes = std::slice::from_raw_parts(header.add(1).cast::<u8>(), len as usize);
                Piece { bytes: bytes.to_vec(), marks }
            }
        }
    };
    (@ exit) => { offset_of!(Context, stubs.exit) };
    (@ fuel) => { offset_of!(Context, stubs.fuel) };
    (@ helper) => { offset_of!(Context, stubs.helper) };
    (@ pure) => { offset_of!(Context, stubs.pure) };
    (@ driver) => { offset_of!(Context, stubs.call_driver) };
    (@ functions) => { offset_of!(Context, roots.functions) };
    (@ defined_units) => { offset_of!(Function, units) };
    (@ entry) => { offset_of!(Function, native) };
    (@ owner) => { offset_of!(Function, instance) };
    (@ exhausted) => { Exit::Trap as u64 | (Trap::StackExhausted as u64) << 8 };
    (@ by_zero) => { Exit::Trap as u64 | (Trap::IntegerDivideByZero as u64) << 8 };
    (@ tail) => { Exit::TailCall as u64 };
    (@ memory_fill) => { Op::MemoryFill as u64 };
    (@ memory_grow) => { Op::MemoryGrow as u64 };
    (@ throw) => { Op::Throw as u64 };
    (@ popcnt) => { Op::I64Popcnt as u64 };
    (@ $field:ident) => { offset_of!(Context, $field) };
}

// `(i64.add (call $f (local.get 0)) (i64.const 1))`, where the function's number
// is put in at mark 24 and the position of the call at mark 23.
piece!(
    call_and_add,
    lockstep_test_call_and_add,
    [
        exit,
        fuel,
        driver,
        functions,
        defined_units,
        entry,
        owner,
        exhausted,
        units,
        instance,
        to_native
    ],
    "20: sub r15, 2",
    "jb 30f",
    "mov rax, [rbp]",
    "mov [rbp + 16], rax",
    "mov rax, [r14 + {functions}]",
    "mov rax, [rax + 0x7ffffff]",
    "24:",
    "mov rdx, [r14 + {units}]",
    "mov rcx, rdx",
    "sub rcx, [rax + {defined_units}]",
    "jb 32f",
    "mov [r14 + {units}], rcx",
    "mov rsi, [rax + {entry}]",
    "mov rcx, [rax + {owner}]",
    "cmp rcx, [r14 + {instance}]",
    "cmovne rsi, [r14 + {driver}]",
    "push rdx",
    "push rax",
    "push rbp",
    "push qword ptr [r14 + {to_native}]",
    "lea rbp, [rbp + 16]",
    "call rsi",
    "21: mov rbp, [rsp + 8]",
    "mov rax, [rsp + 24]",
    "mov [r14 + {units}], rax",
    "add rsp, 32",
    "22: sub r15, 2",
    "jb 31f",
    "mov rax, [rbp + 16]",
    "inc rax",
    "mov [rbp], rax",
    "ret",
    "32: mov eax, {exhausted}",
    "mov ecx, 0x7ffffff",
    "23:",
    "jmp [r14 + {exit}]",
    "30: mov eax, 0",
    "call [r14 + {fuel}]",
    "31: mov eax, 1",
    "25: call [r14 + {fuel}]",
);

// `(return_call $f (local.get 0))`, marked as above.
piece!(
    tail_call,
    lockstep_test_tail_call,
    [exit, fuel, functions, callee, callee_fp, tail],
    "20: sub r15, 2",
    "jb 30f",
    "mov rax, [rbp]",
    "mov [rbp + 16], rax",
    "mov rax, [r14 + {functions}]",
    "mov rax, [rax + 0x7ffffff]",
    "24:",
    "mov [r14 + {callee}], rax",
    "lea rcx, [rbp + 16]",
    "mov [r14 + {callee_fp}], rcx",
    "mov eax, {tail}",
    "mov ecx, 0x7ffffff",
    "23:",
    "jmp [r14 + {exit}]",
    "30: mov eax, 0",
    "21: 22: 25: call [r14 + {fuel}]",
);

// `(i64.div_u (i64.const 7) (local.get 0))`
piece!(
    divide,
    lockstep_test_divide,
    [exit, fuel, by_zero],
    "20: sub r15, 3",
    "jb 30f",
    "mov rcx, [rbp]",
    "test rcx, rcx",
    "jz 31f",
    "mov eax, 7",
    "xor edx, edx",
    "div rcx",
    "mov [rbp], rax",
    "ret",
    "31: mov eax, {by_zero}",
    "mov ecx, 0x7ffffff",
    "23:",
    "jmp [r14 + {exit}]",
    "30: mov eax, 0",
    "21: 22: 24: 25: call [r14 + {fuel}]",
);

// A loop that adds up the numbers from 1 to a parameter, in registers: the
// number in `r12`, the sum in half a vector. All other registers hold something
// that must come through stops; if it does not, the result is off. It is entered
// at its beginning, or at mark 24 with everything in slots.
piece!(
    sum,
    lockstep_test_sum,
    [fuel],
    "20: sub r15, 0",
    "jb 30f",
    "xor r12d, r12d",
    "xor eax, eax",
    "jmp 33f",
    "24: mov r12, [rbp + 8]",
    "mov rax, [rbp + 16]",
    "33: movq xmm9, rax",
    "movq xmm1, r12",
    "punpcklqdq xmm9, xmm1",
    "mov ecx, 1",
    "mov edx, 2",
    "mov ebx, 3",
    "mov esi, 4",
    "mov edi, 5",
    ".irp i, 8,9,10,11",
    "mov r\\i\\()d, \\i",
    ".endr",
    ".irp i, 0,1,2,3,4,5,6,7,8,10,11,12,13,14,15",
    "mov eax, 100 + \\i",
    "movq xmm\\i, rax",
    ".endr",
    "21: sub r15, 12",
    "jb 31f",
    "inc r12",
    "movq rax, xmm9",
    "add rax, r12",
    "movq xmm9, rax",
    "movq xmm1, r12",
    "punpcklqdq xmm9, xmm1",
    "mov eax, 101",
    "movq xmm1, rax",
    "cmp r12, [rbp]",
    "jb 21b",
    "22: sub r15, 1",
    "jb 32f",
    // The numbers above add up to 1549.
    "add rcx, rdx",
    "add rcx, rbx",
    "add rcx, rsi",
    "add rcx, rdi",
    ".irp i, 8,9,10,11",
    "add rcx, r\\i",
    ".endr",
    ".irp i, 0,1,2,3,4,5,6,7,8,10,11,12,13,14",
    "movq rax, xmm\\i",
    "add rcx, rax",
    ".endr",
    "sub rcx, 1549",
    "movq rax, xmm9",
    "add rax, rcx",
    "mov [rbp], rax",
    "ret",
    "30: mov eax, 0",
    "call [r14 + {fuel}]",
    "31: mov eax, 1",
    "call [r14 + {fuel}]",
    "32: mov eax, 2",
    "23: 25: call [r14 + {fuel}]",
);

// Grows the memory by a parameter and stores the result, then fills as many
// pages less 5 bytes.
piece!(
    grow_and_fill,
    lockstep_test_grow_and_fill,
    [fuel, helper, acc, memory_grow, memory_fill],
    "20: sub r15, 14",
    "jb 30f",
    "mov rax, [rbp]",
    "mov [rbp + 24], rax",
    "mov eax, {memory_grow}",
    "mov rdx, 0x30000",
    "mov rsi, 0",
    "mov ecx, 0x7ffffff",
    "23:",
    "call [r14 + {helper}]",
    "mov rax, [r14 + {acc}]",
    "mov [r13], eax",
    "mov qword ptr [rbp + 16], 3",
    "mov qword ptr [rbp + 24], 0x5a",
    "mov rax, [rbp]",
    "shl rax, 16",
    "sub rax, 5",
    "mov [rbp + 32], rax",
    "mov eax, {memory_fill}",
    "mov rdx, 0x4000300020000",
    "mov rsi, 0",
    "mov ecx, 0x7ffffff",
    "24:",
    "call [r14 + {helper}]",
    "22: sub r15, 2",
    "jb 31f",
    "mov eax, [r13]",
    "mov [rbp], rax",
    "ret",
    "30: mov eax, 0",
    "call [r14 + {fuel}]",
    "31: mov eax, 1",
    "21: 25: call [r14 + {fuel}]",
);

// `(throw $t (local.get 0))`
piece!(
    throw,
    lockstep_test_throw,
    [fuel, helper, throw],
    "20: sub r15, 2",
    "jb 30f",
    "mov rax, [rbp]",
    "mov [rbp + 16], rax",
    "mov eax, {throw}",
    "mov rdx, 0x20000",
    "mov rsi, 0",
    "mov ecx, 0x7ffffff",
    "23:",
    "call [r14 + {helper}]",
    "30: mov eax, 0",
    "21: 22: 24: 25: call [r14 + {fuel}]",
);

// `(i64.popcnt (local.get 0))`, by the row's meaning; registers come through.
piece!(
    popcnt,
    lockstep_test_popcnt,
    [fuel, pure, operands, popcnt],
    "20: sub r15, 2",
    "jb 30f",
    "mov rax, [rbp]",
    "mov [r14 + {operands}], rax",
    "mov edx, 2",
    "mov ebx, 3",
    "mov esi, 4",
    "mov edi, 5",
    ".irp i, 8,9,10,11,12",
    "mov r\\i\\()d, \\i",
    ".endr",
    ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14",
    "mov eax, 100 + \\i",
    "movq xmm\\i, rax",
    ".endr",
    "mov eax, {popcnt}",
    "mov ecx, 1",
    "call [r14 + {pure}]",
    "add rcx, rdx",
    "add rcx, rbx",
    "add rcx, rsi",
    "add rcx, rdi",
    ".irp i, 8,9,10,11,12",
    "add rcx, r\\i",
    ".endr",
    ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14",
    "movq rax, xmm\\i",
    "add rcx, rax",
    ".endr",
    "sub rcx, 1670",
    "add rcx, [r14 + {operands}]",
    "mov [rbp], rcx",
    "ret",
    "30: mov eax, 0",
    "21: 22: 23: 24: 25: call [r14 + {fuel}]",
);

/// Positions of all instructions of a kind.
fn positions(code: &Code, op: Op) -> Vec<u32> {
    let mut pos = code.entry as usize;
    let mut found = Vec::new();
    while pos < code.words.len() {
        if Head(code.words[pos]).op() == op {
            found.push(pos as u32);
        }
        pos += len_at(&code.words, pos);
    }
    found
}

/// A block: the mark it goes on at, its cost, its state.
type Block<'a> = (usize, u32, &'a [(u16, Home)]);

impl Piece {
    /// Puts a number in before a mark.
    fn put(&mut self, mark: usize, number: u32) {
        let behind = self.marks[mark] as usize;
        let place = &mut self.bytes[behind - 4..behind];
        assert_eq!(place, 0x7ff_ffff_u32.to_le_bytes(), "no place at the mark");
        place.copy_from_slice(&number.to_le_bytes());
    }

    /// The machine code, whose blocks are these. Their costs must be those of
    /// the register code.
    fn native(self, code: &Code, blocks: &[Block]) -> Native {
        let charges = positions(code, Op::Charge);
        assert_eq!(charges.len(), blocks.len());
        let mut native = Native {
            bytes: self.bytes,
            entry: 0,
            returns: Vec::new(),
            faults: Vec::new(),
            blocks: Vec::new(),
            states: Vec::new(),
            view: None,
        };
        for (&pos, &(mark, cost, state)) in charges.iter().zip(blocks) {
            assert_eq!(code.words[pos as usize + 1], u64::from(cost), "@{pos}");
            let begin = native.states.len() as u32;
            native.states.extend_from_slice(state);
            native.blocks.push(StopBlock {
                pos,
                cost,
                resume: self.marks[mark],
                state: begin..native.states.len() as u32,
            });
        }
        native
    }
}

/// Machine code of a function that calls `callee` with its own argument and
/// adds one to the result.
pub(super) fn calling(code: &Code, callee: u32) -> Native {
    let mut piece = call_and_add();
    let call = positions(code, Op::Call)[0];
    assert_eq!(
        field(code.words[call as usize + 1], 0),
        2,
        "the callee's frame"
    );
    piece.put(3, call);
    piece.put(4, 8 * callee);
    let back = (
        piece.marks[1],
        call + len_at(&code.words, call as usize) as u32,
    );
    let mut native = piece.native(code, &[(0, 2, &[]), (2, 2, &[])]);
    native.returns.push(back);
    native
}

/// Machine code of a function that calls `callee` in its place.
pub(super) fn tail_calling(code: &Code, callee: u32) -> Native {
    let mut piece = tail_call();
    piece.put(3, positions(code, Op::ReturnCall)[0]);
    piece.put(4, 8 * callee);
    piece.native(code, &[(0, 2, &[])])
}

/// Machine code of a division of 7.
pub(super) fn dividing(code: &Code) -> Native {
    let mut piece = divide();
    piece.put(3, positions(code, Op::I64DivU)[0]);
    piece.native(code, &[(0, 3, &[])])
}

/// Machine code that adds up numbers in a loop; or only the loop, and the
/// position at which that is entered.
pub(super) fn summing(code: &Code, from_loop: bool) -> (u32, Native) {
    let piece = sum();
    let head = positions(code, Op::Charge)[1];
    let entry = piece.marks[4];
    let number = Home::Gpr(12);
    let sum = Home::Vec {
        register: 9,
        wide: false,
        nan: NanFix::None,
    };
    let inside: &[(u16, Home)] = &[(1, number), (2, sum)];
    let mut native = piece.native(code, &[(0, 0, &[]), (1, 12, inside), (2, 1, inside)]);
    if from_loop {
        native.entry = entry;
        (head, native)
    } else {
        (code.entry, native)
    }
}

/// Machine code that grows a memory and fills a part of it.
pub(super) fn growing(code: &Code) -> Native {
    let mut piece = grow_and_fill();
    piece.put(3, positions(code, Op::MemoryGrow)[0]);
    piece.put(4, positions(code, Op::MemoryFill)[0]);
    piece.native(code, &[(0, 14, &[]), (2, 2, &[])])
}

/// Machine code that throws.
pub(super) fn throwing(code: &Code) -> Native {
    let mut piece = throw();
    piece.put(3, positions(code, Op::Throw)[0]);
    piece.native(code, &[(0, 2, &[])])
}

/// Machine code that counts bits by way of the row's meaning.
pub(super) fn counting(code: &Code) -> Native {
    popcnt().native(code, &[(0, 2, &[])])
}
