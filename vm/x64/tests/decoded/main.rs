//! What the assembler writes, read by a decoder that others wrote.

mod gpr;
mod jump;
mod label;
mod mask;
mod reader;
mod vector;
mod vector_case;
mod vector_rows;
