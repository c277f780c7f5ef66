//! Decoded Wasm instructions, as lowering reads them.

use isa::Op;

use super::types::ValType;

/// The type of a structured instruction.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BlockType {
    Empty,
    Value(ValType),
    /// Index of a function type.
    Func(u32),
}

/// The static part of an address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemArg {
    pub(crate) memory: u32,
    pub(crate) offset: u64,
}

/// One clause of a `try_table`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CatchClause {
    /// Which exceptions; all of them if absent.
    pub(crate) tag: Option<u32>,
    /// Whether the exception itself is passed on as the last value.
    pub(crate) with_ref: bool,
    pub(crate) label: u32,
}

/// One Wasm instruction with its immediates.
///
/// Instructions whose meaning is a row of the opcode table with a `sem`
/// function carry that row; the others are spelled out.
#[derive(Debug)]
pub(crate) enum Instr {
    /// A row without immediates.
    Plain(Op),
    Lane(Op, u8),
    Shuffle([u8; 16]),
    Memory(Op, MemArg),
    MemoryLane(Op, MemArg, u8),
    I32Const(i32),
    I64Const(i64),
    F32Const(u32),
    F64Const(u64),
    V128Const(u128),

    Unreachable,
    Nop,
    Block(BlockType),
    Loop(BlockType),
    If(BlockType),
    Else,
    End,
    Br(u32),
    BrIf(u32),
    /// Labels in order, the default last.
    BrTable(Vec<u32>),
    BrOnNull(u32),
    BrOnNonNull(u32),
    Return,
    Call(u32),
    CallIndirect {
        ty: u32,
        table: u32,
    },
    CallRef(u32),
    ReturnCall(u32),
    ReturnCallIndirect {
        ty: u32,
        table: u32,
    },
    ReturnCallRef(u32),

    TryTable(BlockType, Vec<CatchClause>),
    Throw(u32),
    ThrowRef,
    Try(BlockType),
    Catch(u32),
    CatchAll,
    Delegate(u32),
    Rethrow(u32),

    Drop,
    Select,
    LocalGet(u32),
    LocalSet(u32),
    LocalTee(u32),
    GlobalGet(u32),
    GlobalSet(u32),

    RefNull(ValType),
    RefIsNull,
    RefFunc(u32),
    RefAsNonNull,

    MemorySize(u32),
    MemoryGrow(u32),
    MemoryFill(u32),
    MemoryCopy {
        dst: u32,
        src: u32,
    },
    MemoryInit {
        memory: u32,
        segment: u32,
    },
    DataDrop(u32),
    TableGet(u32),
    TableSet(u32),
    TableSize(u32),
    TableGrow(u32),
    TableFill(u32),
    TableCopy {
        dst: u32,
        src: u32,
    },
    TableInit {
        table: u32,
        segment: u32,
    },
    ElemDrop(u32),
}
