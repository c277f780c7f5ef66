//! A program that writes down what its instructions produce, to find the
//! first instruction at which two engines part.

use spec_tests::tier::Value;
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, Encode, ExportKind, Function, GlobalType, Instruction as I,
    MemArg, MemArgTarget, MemoryType, ValType,
};
use wasmparser::{
    FuncValidator, FuncValidatorAllocations, Operator, Parser, Payload, ValidPayload, Validator,
    ValidatorResources, WasmFeatures,
};

use super::body::Place;
use super::expose::export;
use super::shape::Shape;
use super::{RewriteError, Sections, body, id};

/// Name of the exported memory with the log.
pub const LOG: &str = "lockstep.log";

/// Pages of the log.
const PAGES: u64 = 200;

/// Bytes of a record: function, offset, kind, nothing, value.
const RECORD: u64 = 32;

/// The kinds of value that are written down, in the order of their numbers.
const KINDS: [ValType; 5] = [
    ValType::I32,
    ValType::I64,
    ValType::F32,
    ValType::F64,
    ValType::V128,
];

/// A value that an instruction left on top of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Index of the function, imports counted.
    pub function: u32,
    /// Byte offset of the instruction in the module as it was.
    pub offset: u32,
    /// The value.
    pub value: Value,
}

/// The module with a log in an exported memory of its own. When the log is
/// full, the program goes on without.
///
/// # Errors
/// When the module is not valid.
pub fn observe(wasm: &[u8]) -> Result<Vec<u8>, RewriteError> {
    let shape = Shape::of(wasm)?;
    let tops = Tops::of(wasm, &shape)?;
    let mut sections = Sections::parse(wasm).ok_or(RewriteError::Cut)?;
    let mut next = tops.list.iter();
    let mut write = |out: &mut Vec<u8>, _: &Operator<'_>, raw: &[u8], place: Place| {
        out.extend_from_slice(raw);
        if let Some(kind) = next.next().copied().flatten() {
            let temporary = place.local + kind as u32;
            let site = u64::from(place.function) | place.offset << 32;
            for instruction in [
                I::LocalTee(temporary),
                I::I64Const(site as i64),
                I::LocalGet(temporary),
                I::Call(shape.functions + kind as u32),
            ] {
                instruction.encode(out);
            }
        }
    };
    body::rewrite(&mut sections, wasm, &shape, &KINDS, &mut write)?;
    add_log(&mut sections, &shape);
    Ok(sections.bytes())
}

/// Memory, cursor and one writing function for each kind.
fn add_log(sections: &mut Sections, shape: &Shape) {
    let memory = shape.memories.len() as u32;
    let encoded = |item: &dyn Encode| {
        let mut bytes = Vec::new();
        item.encode(&mut bytes);
        bytes
    };
    let ty = MemoryType {
        minimum: PAGES,
        maximum: Some(PAGES),
        memory64: true,
        shared: false,
        page_size_log2: None,
    };
    sections.append(id::MEMORY, &[encoded(&ty)]);
    let mut cursor = encoded(&GlobalType {
        val_type: ValType::I64,
        mutable: true,
        shared: false,
    });
    ConstExpr::i64_const(0).encode(&mut cursor);
    sections.append(id::GLOBAL, &[cursor]);
    sections.append(id::EXPORT, &[export(LOG, ExportKind::Memory, memory)]);
    let types = KINDS.map(|kind| {
        let mut ty = vec![0x60];
        [ValType::I64, kind].as_slice().encode(&mut ty);
        ty.push(0);
        ty
    });
    sections.append(id::TYPE, &types);
    let signatures = (0..KINDS.len() as u32).map(|kind| encoded(&(shape.types + kind)));
    sections.append(id::FUNCTION, &signatures.collect::<Vec<_>>());
    let bodies = (0..KINDS.len()).map(|kind| {
        let mut code = CodeSection::new();
        code.function(&writer(kind, memory, shape.globals));
        // One item: everything behind the section's count.
        let mut section = Vec::new();
        code.encode(&mut section);
        let (_, size) = super::sections::number(&section).expect("a section begins with its size");
        section[size + 1..].to_vec()
    });
    sections.append(id::CODE, &bodies.collect::<Vec<_>>());
}

/// `(site, value)`: appends a record while there is room.
fn writer(kind: usize, memory: u32, cursor: u32) -> Function {
    let at = |offset| MemArg {
        offset,
        align: 0,
        target: MemArgTarget::Memory(memory),
        ordering: None,
    };
    let store = [
        I::I32Store(at(16)),
        I::I64Store(at(16)),
        I::F32Store(at(16)),
        I::F64Store(at(16)),
        I::V128Store(at(16)),
    ];
    let mut function = Function::new([]);
    for instruction in [
        I::GlobalGet(cursor),
        I::I64Const((PAGES * 65536) as i64),
        I::I64LtU,
        I::If(BlockType::Empty),
        I::GlobalGet(cursor),
        I::LocalGet(0),
        I::I64Store(at(0)),
        I::GlobalGet(cursor),
        I::I64Const(kind as i64 + 1),
        I::I64Store(at(8)),
        I::GlobalGet(cursor),
        I::LocalGet(1),
        store[kind].clone(),
        I::GlobalGet(cursor),
        I::I64Const(RECORD as i64),
        I::I64Add,
        I::GlobalSet(cursor),
        I::End,
        I::End,
    ] {
        function.instruction(&instruction);
    }
    function
}

/// What the log in a memory says.
pub fn events(log: &[u8]) -> Vec<Event> {
    let record = |bytes: &[u8]| {
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap_or_default());
        let long = u128::from_le_bytes(bytes[16..32].try_into().unwrap_or_default());
        let value = match word(8) {
            1 => Value::I32(long as i32),
            2 => Value::I64(long as i64),
            3 => Value::F32(long as u32),
            4 => Value::F64(long as u64),
            5 => Value::V128(long),
            _ => return None,
        };
        Some(Event {
            function: word(0),
            offset: word(4),
            value,
        })
    };
    log.chunks_exact(RECORD as usize)
        .map_while(record)
        .collect()
}

/// For every operator of a module, in order, the kind of the value that it
/// leaves on top of the stack, if that can be looked at behind it.
struct Tops {
    list: Vec<Option<usize>>,
}

impl Tops {
    fn of(wasm: &[u8], _: &Shape) -> Result<Tops, RewriteError> {
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let mut list = Vec::new();
        let mut allocations = FuncValidatorAllocations::default();
        for payload in Parser::new(0).parse_all(wasm) {
            let payload: Payload<'_> = payload?;
            if let ValidPayload::Func(func, body) = validator.payload(&payload)? {
                let mut function = func.into_validator(allocations);
                let mut reader = body.get_binary_reader();
                function.read_locals(&mut reader)?;
                let mut operators = body.get_operators_reader()?;
                while !operators.eof() {
                    let (op, offset) = operators.read_with_offset()?;
                    function.op(offset, &op)?;
                    list.push(top(&function, &op));
                }
                allocations = function.into_allocations();
            }
        }
        Ok(Tops { list })
    }
}

fn top(function: &FuncValidator<ValidatorResources>, op: &Operator<'_>) -> Option<usize> {
    use Operator as O;
    let control = matches!(
        op,
        O::Block { .. }
            | O::Loop { .. }
            | O::If { .. }
            | O::Else
            | O::End
            | O::Try { .. }
            | O::TryTable { .. }
            | O::Catch { .. }
            | O::CatchAll
            | O::Delegate { .. }
    );
    let frame = function.get_control_frame(0)?;
    let empty = function.operand_stack_height() as usize <= frame.height;
    if control || frame.unreachable || empty {
        return None;
    }
    let ty = function.get_operand_type(0)??;
    Some(match ty {
        wasmparser::ValType::I32 => 0,
        wasmparser::ValType::I64 => 1,
        wasmparser::ValType::F32 => 2,
        wasmparser::ValType::F64 => 3,
        wasmparser::ValType::V128 => 4,
        wasmparser::ValType::Ref(_) => return None,
    })
}
