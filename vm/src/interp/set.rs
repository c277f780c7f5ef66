//! One set of handlers: the families, and the choice among them.

#[path = "call.rs"]
mod call;
#[path = "control.rs"]
mod control;
#[path = "link.rs"]
pub(super) mod link;
#[path = "memory.rs"]
mod memory;
#[path = "numeric.rs"]
mod numeric;
#[path = "table.rs"]
mod table;
#[path = "variable.rs"]
mod variable;
#[path = "vector.rs"]
mod vector;
