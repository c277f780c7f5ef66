//! A program that counts its own fuel, written from the text of the law
//! ("Fuel" in docs/determinism.md) and not from the engine's table.
//!
//! Run in any engine, the count must be the fuel that Lockstep charges for the
//! program as it was.

use wasm_encoder::{ConstExpr, Encode, ExportKind, GlobalType, Instruction as I, ValType};
use wasmparser::Operator;

use super::body::Place;
use super::expose::export;
use super::shape::Shape;
use super::{RewriteError, Sections, body, id};

/// Name of the exported global with the count.
pub const COUNTER: &str = "lockstep.fuel";

/// The module with a counter that every instruction of cost adds to.
///
/// # Errors
/// When the module is not well-formed.
pub fn count(wasm: &[u8]) -> Result<Vec<u8>, RewriteError> {
    let shape = Shape::of(wasm)?;
    let mut sections = Sections::parse(wasm).ok_or(RewriteError::Cut)?;
    let counter = shape.globals;
    let locals = [ValType::I32, ValType::I64, ValType::I32, ValType::I64];
    let mut write = |out: &mut Vec<u8>, op: &Operator<'_>, raw: &[u8], place: Place| {
        if is_free(op) {
            out.extend_from_slice(raw);
            return;
        }
        add_one(out, counter);
        match Range::of(op, &shape) {
            None => out.extend_from_slice(raw),
            Some(range) => range.write(out, raw, counter, place.local),
        }
    };
    body::rewrite(&mut sections, wasm, &shape, &locals, &mut write)?;
    let mut global = Vec::new();
    let ty = GlobalType {
        val_type: ValType::I64,
        mutable: true,
        shared: false,
    };
    ty.encode(&mut global);
    ConstExpr::i64_const(0).encode(&mut global);
    sections.append(id::GLOBAL, &[global]);
    sections.append(id::EXPORT, &[export(COUNTER, ExportKind::Global, counter)]);
    Ok(sections.bytes())
}

/// Instructions that cost nothing.
fn is_free(op: &Operator<'_>) -> bool {
    use Operator as O;
    matches!(
        op,
        O::Block { .. }
            | O::Loop { .. }
            | O::Else
            | O::End
            | O::Nop
            | O::Catch { .. }
            | O::CatchAll
            | O::Delegate { .. }
    )
}

fn add_one(out: &mut Vec<u8>, counter: u32) {
    for instruction in [
        I::GlobalGet(counter),
        I::I64Const(1),
        I::I64Add,
        I::GlobalSet(counter),
    ] {
        instruction.encode(out);
    }
}

/// An instruction over a range, whose length is on top of the stack.
struct Range {
    /// Whether the length is an `i64`.
    is_64: bool,
    /// Bytes of one unit of the length.
    unit: i64,
    /// Whether it gives -1 when it does nothing, as `table.grow` does, in the
    /// type of the length.
    grows: bool,
}

impl Range {
    fn of(op: &Operator<'_>, shape: &Shape) -> Option<Range> {
        use Operator as O;
        let memory = |index: u32| shape.memories.get(index as usize).copied().unwrap_or(false);
        let table = |index: u32| shape.tables.get(index as usize).copied().unwrap_or(false);
        let range = |is_64, unit| Range {
            is_64,
            unit,
            grows: false,
        };
        Some(match *op {
            O::MemoryFill { mem } => range(memory(mem), 1),
            O::MemoryCopy { dst_mem, src_mem } => range(memory(dst_mem) && memory(src_mem), 1),
            O::MemoryInit { .. } => range(false, 1),
            O::TableFill { table: index } => range(table(index), 8),
            O::TableCopy {
                dst_table,
                src_table,
            } => range(table(dst_table) && table(src_table), 8),
            O::TableInit { .. } => range(false, 8),
            O::TableGrow { table: index } => Range {
                grows: true,
                ..range(table(index), 8)
            },
            _ => return None,
        })
    }

    /// The instruction, then the cost of its length, if it was carried out:
    /// a unit for each started 64 bytes.
    fn write(&self, out: &mut Vec<u8>, raw: &[u8], counter: u32, local: u32) {
        let (length, result) = match self.is_64 {
            false => (local, local + 2),
            true => (local + 1, local + 3),
        };
        I::LocalTee(length).encode(out);
        out.extend_from_slice(raw);
        let mut put = |instructions: &[I<'_>]| instructions.iter().for_each(|i| i.encode(out));
        if self.grows {
            put(&[I::LocalTee(result)]);
        }
        put(&[I::GlobalGet(counter), I::LocalGet(length)]);
        if !self.is_64 {
            put(&[I::I64ExtendI32U]);
        }
        put(&[
            I::I64Const(self.unit),
            I::I64Mul,
            I::I64Const(63),
            I::I64Add,
            I::I64Const(6),
            I::I64ShrU,
        ]);
        if self.grows {
            put(&[I::I64Const(0), I::LocalGet(result)]);
            match self.is_64 {
                false => put(&[I::I32Const(-1), I::I32Ne]),
                true => put(&[I::I64Const(-1), I::I64Ne]),
            }
            put(&[I::Select]);
        }
        put(&[I::I64Add, I::GlobalSet(counter)]);
    }
}
