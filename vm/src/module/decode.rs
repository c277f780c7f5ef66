//! Function bodies as a stream of [`Instr`].

use isa::Op;
use wasmparser as wp;

use super::ModuleData;
use super::instr::{BlockType, CatchClause, Instr, MemArg};
use super::types::{TypeId, ValType};
use super::validate::{features, heap_type, val_type};
use crate::error::Error;

/// The body of one function, instruction by instruction.
pub(crate) struct Body<'a> {
    operators: wp::OperatorsReader<'a>,
    type_ids: &'a [TypeId],
}

fn internal(offset: u64, what: &str) -> Error {
    Error::Invalid {
        offset,
        message: format!("{what} in a body that passed validation"),
    }
}

impl<'a> Body<'a> {
    /// The body of defined function `index` (imports not counted), and the
    /// types of its locals, parameters not counted.
    pub(crate) fn new(
        module: &'a ModuleData,
        index: usize,
    ) -> Result<(Body<'a>, Vec<ValType>), Error> {
        let range = module.bodies[index].clone();
        let offset = range.start as u64;
        let reader = wp::BinaryReader::new_features(&module.bytes[range], offset, features());
        let body = wp::FunctionBody::new(reader);
        let mut locals = Vec::new();
        for group in body.get_locals_reader()? {
            let (count, ty) = group?;
            let ty = val_type(ty, &module.type_ids).ok_or_else(|| internal(offset, "a GC type"))?;
            locals.resize(locals.len() + count as usize, ty);
        }
        let operators = body.get_operators_reader()?;
        Ok((
            Body {
                operators,
                type_ids: &module.type_ids,
            },
            locals,
        ))
    }

    /// The next instruction with its byte offset in the module, or `None`
    /// behind the last.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, Instr)>, Error> {
        if self.operators.eof() {
            return Ok(None);
        }
        let (operator, offset) = self.operators.read_with_offset()?;
        Ok(Some((offset, self.convert(operator, offset)?)))
    }

    fn block_type(&self, ty: wp::BlockType, offset: u64) -> Result<BlockType, Error> {
        Ok(match ty {
            wp::BlockType::Empty => BlockType::Empty,
            wp::BlockType::Type(ty) => BlockType::Value(
                val_type(ty, self.type_ids).ok_or_else(|| internal(offset, "a GC type"))?,
            ),
            wp::BlockType::FuncType(index) => BlockType::Func(index),
        })
    }

    fn convert(&self, operator: wp::Operator<'a>, offset: u64) -> Result<Instr, Error> {
        match rows(operator) {
            Ok(instr) => Ok(instr),
            Err(operator) => self.convert_control(operator, offset),
        }
    }

    fn convert_control(&self, operator: wp::Operator<'a>, offset: u64) -> Result<Instr, Error> {
        use wp::Operator as O;
        Ok(match operator {
            O::Unreachable => Instr::Unreachable,
            O::Nop => Instr::Nop,
            O::Block { blockty } => Instr::Block(self.block_type(blockty, offset)?),
            O::Loop { blockty } => Instr::Loop(self.block_type(blockty, offset)?),
            O::If { blockty } => Instr::If(self.block_type(blockty, offset)?),
            O::Else => Instr::Else,
            O::End => Instr::End,
            O::Br { relative_depth } => Instr::Br(relative_depth),
            O::BrIf { relative_depth } => Instr::BrIf(relative_depth),
            O::BrTable { targets } => {
                let mut labels = targets.targets().collect::<Result<Vec<_>, _>>()?;
                labels.push(targets.default());
                Instr::BrTable(labels)
            }
            O::BrOnNull { relative_depth } => Instr::BrOnNull(relative_depth),
            O::BrOnNonNull { relative_depth } => Instr::BrOnNonNull(relative_depth),
            O::Return => Instr::Return,
            O::Call { function_index } => Instr::Call(function_index),
            O::CallIndirect {
                type_index,
                table_index,
            } => Instr::CallIndirect {
                ty: type_index,
                table: table_index,
            },
            O::CallRef { type_index } => Instr::CallRef(type_index),
            O::ReturnCall { function_index } => Instr::ReturnCall(function_index),
            O::ReturnCallIndirect {
                type_index,
                table_index,
            } => Instr::ReturnCallIndirect {
                ty: type_index,
                table: table_index,
            },
            O::ReturnCallRef { type_index } => Instr::ReturnCallRef(type_index),
            O::TryTable { try_table } => Instr::TryTable(
                self.block_type(try_table.ty, offset)?,
                try_table.catches.iter().map(catch_clause).collect(),
            ),
            O::Throw { tag_index } => Instr::Throw(tag_index),
            O::ThrowRef => Instr::ThrowRef,
            O::Try { blockty } => Instr::Try(self.block_type(blockty, offset)?),
            O::Catch { tag_index } => Instr::Catch(tag_index),
            O::CatchAll => Instr::CatchAll,
            O::Delegate { relative_depth } => Instr::Delegate(relative_depth),
            O::Rethrow { relative_depth } => Instr::Rethrow(relative_depth),
            other => return self.convert_data(other, offset),
        })
    }

    fn convert_data(&self, operator: wp::Operator<'a>, offset: u64) -> Result<Instr, Error> {
        use wp::Operator as O;
        Ok(match operator {
            O::Drop => Instr::Drop,
            O::Select | O::TypedSelect { .. } => Instr::Select,
            O::LocalGet { local_index } => Instr::LocalGet(local_index),
            O::LocalSet { local_index } => Instr::LocalSet(local_index),
            O::LocalTee { local_index } => Instr::LocalTee(local_index),
            O::GlobalGet { global_index } => Instr::GlobalGet(global_index),
            O::GlobalSet { global_index } => Instr::GlobalSet(global_index),
            O::I32Const { value } => Instr::I32Const(value),
            O::I64Const { value } => Instr::I64Const(value),
            O::F32Const { value } => Instr::F32Const(value.bits()),
            O::F64Const { value } => Instr::F64Const(value.bits()),
            O::V128Const { value } => Instr::V128Const(value.i128() as u128),
            O::RefNull { hty } => {
                let heap =
                    heap_type(hty, self.type_ids).ok_or_else(|| internal(offset, "a GC type"))?;
                Instr::RefNull(ValType::Ref(super::types::RefType {
                    nullable: true,
                    heap,
                }))
            }
            O::RefIsNull => Instr::RefIsNull,
            O::RefFunc { function_index } => Instr::RefFunc(function_index),
            O::RefAsNonNull => Instr::RefAsNonNull,
            O::MemorySize { mem } => Instr::MemorySize(mem),
            O::MemoryGrow { mem } => Instr::MemoryGrow(mem),
            O::MemoryFill { mem } => Instr::MemoryFill(mem),
            O::MemoryCopy { dst_mem, src_mem } => Instr::MemoryCopy {
                dst: dst_mem,
                src: src_mem,
            },
            O::MemoryInit { data_index, mem } => Instr::MemoryInit {
                memory: mem,
                segment: data_index,
            },
            O::DataDrop { data_index } => Instr::DataDrop(data_index),
            O::TableGet { table } => Instr::TableGet(table),
            O::TableSet { table } => Instr::TableSet(table),
            O::TableSize { table } => Instr::TableSize(table),
            O::TableGrow { table } => Instr::TableGrow(table),
            O::TableFill { table } => Instr::TableFill(table),
            O::TableCopy {
                dst_table,
                src_table,
            } => Instr::TableCopy {
                dst: dst_table,
                src: src_table,
            },
            O::TableInit { elem_index, table } => Instr::TableInit {
                table,
                segment: elem_index,
            },
            O::ElemDrop { elem_index } => Instr::ElemDrop(elem_index),
            other => return Err(internal(offset, &format!("unknown instruction {other:?}"))),
        })
    }
}

fn catch_clause(catch: &wp::Catch) -> CatchClause {
    let clause = |tag, with_ref, label| CatchClause {
        tag,
        with_ref,
        label,
    };
    match *catch {
        wp::Catch::One { tag, label } => clause(Some(tag), false, label),
        wp::Catch::OneRef { tag, label } => clause(Some(tag), true, label),
        wp::Catch::All { label } => clause(None, false, label),
        wp::Catch::AllRef { label } => clause(None, true, label),
    }
}

fn mem_arg(arg: wp::MemArg) -> MemArg {
    let memory = match arg.target {
        wp::MemArgTarget::Memory(memory) => memory,
        other => unreachable!("validation refuses GC, so no access has the target {other:?}"),
    };
    MemArg {
        memory,
        offset: arg.offset,
    }
}

/// The instruction of one row, its immediates taken from the operator.
macro_rules! instr {
    (lane $Name:ident $operator:ident) => {
        instr!(@take $Name { lane } $operator => Instr::Lane(Op::$Name, lane))
    };
    (shuffle $Name:ident $operator:ident) => {
        instr!(@take $Name { lanes } $operator => Instr::Shuffle(lanes))
    };
    (memory $Name:ident $operator:ident) => {
        instr!(@take $Name { memarg } $operator => Instr::Memory(Op::$Name, mem_arg(memarg)))
    };
    (memory_lane $Name:ident $operator:ident) => {
        instr!(@take $Name { memarg, lane } $operator => Instr::MemoryLane(Op::$Name, mem_arg(memarg), lane))
    };
    (plain $Name:ident $operator:ident) => {
        Instr::Plain(Op::$Name)
    };
    (@take $Name:ident { $($field:ident),* } $operator:ident => $instr:expr) => {{
        let wp::Operator::$Name { $($field),* } = $operator else { unreachable!("just matched") };
        $instr
    }};
}

/// Makes one arm per row: the identifier of a row is the identifier of the
/// operator, and its class tells the immediates.
macro_rules! rows {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        rows! { @sort [] $($class { $($Name)* })* }
    };
    (@sort $done:tt extract_lane $names:tt $($rest:tt)*) => { rows! { @add lane $done $names $($rest)* } };
    (@sort $done:tt replace_lane $names:tt $($rest:tt)*) => { rows! { @add lane $done $names $($rest)* } };
    (@sort $done:tt shuffle $names:tt $($rest:tt)*) => { rows! { @add shuffle $done $names $($rest)* } };
    (@sort $done:tt load $names:tt $($rest:tt)*) => { rows! { @add memory $done $names $($rest)* } };
    (@sort $done:tt store $names:tt $($rest:tt)*) => { rows! { @add memory $done $names $($rest)* } };
    (@sort $done:tt load_lane $names:tt $($rest:tt)*) => { rows! { @add memory_lane $done $names $($rest)* } };
    (@sort $done:tt store_lane $names:tt $($rest:tt)*) => { rows! { @add memory_lane $done $names $($rest)* } };
    (@sort $done:tt ternary_unfused $names:tt $($rest:tt)*) => { rows! { @sort $done $($rest)* } };
    (@sort $done:tt control $names:tt $($rest:tt)*) => { rows! { @sort $done $($rest)* } };
    (@sort $done:tt machine $names:tt $($rest:tt)*) => { rows! { @sort $done $($rest)* } };
    (@sort $done:tt $class:ident $names:tt $($rest:tt)*) => { rows! { @add plain $done $names $($rest)* } };
    (@add $kind:ident [$($done:tt)*] { $($Name:ident)* } $($rest:tt)*) => {
        rows! { @sort [$($done)* $($kind $Name)*] $($rest)* }
    };
    (@sort [$($kind:ident $Name:ident)*]) => {
        /// The instruction, if its row has a meaning; otherwise the operator back.
        fn rows<'a>(operator: wp::Operator<'a>) -> Result<Instr, wp::Operator<'a>> {
            Ok(match operator {
                $(wp::Operator::$Name { .. } => instr!($kind $Name operator),)*
                other => return Err(other),
            })
        }
    };
}

isa::for_each_op!(rows);
