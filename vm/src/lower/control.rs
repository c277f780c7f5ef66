//! Structured control: blocks, branches and exception regions.

use std::collections::BTreeMap;

use isa::Op;

use super::Lowering;
use super::emit::Fixup;
use super::stack::{Condition, Entry, Loc};
use crate::code::{Catch, Form, Handlers, Kind, Region, fields};
use crate::module::Types;
use crate::module::instr::{BlockType, CatchClause, Instr};
use crate::module::types::ValType;

/// What a structured instruction is while it is open.
#[derive(Debug)]
enum Structure<'m> {
    Function,
    Block,
    Loop {
        /// Its `charge`.
        head: usize,
    },
    If {
        /// The jump taken when the condition does not hold.
        otherwise: Fixup,
        params: Types<'m>,
    },
    Else,
    TryTable {
        region: u32,
        clauses: Vec<CatchClause>,
    },
    /// The body of a legacy `try`.
    Try {
        region: u32,
    },
    /// A handler of a legacy `try`.
    Catch {
        region: u32,
        /// Slot of the exception, for `rethrow`.
        exception: u32,
    },
}

/// How `br_table` reaches a label.
#[derive(Clone, Copy)]
enum Way {
    Straight,
    /// By the block at this position, which moves operands first.
    Block(usize),
}

/// An open structured instruction.
#[derive(Debug)]
pub(super) struct Control<'m> {
    /// Tells this stretch of code from every other.
    id: u32,
    structure: Structure<'m>,
    /// Operands below it, its parameters not counted.
    height: usize,
    /// What a branch to it carries.
    label: Types<'m>,
    results: Types<'m>,
    /// Branches to its end.
    exits: Vec<Fixup>,
    /// The region inside it.
    region: Option<u32>,
}

impl<'m> Lowering<'m> {
    pub(super) fn begin_function(&mut self, results: &'m [ValType]) {
        self.out.begin();
        let id = self.next_control();
        self.controls.push(Control {
            id,
            structure: Structure::Function,
            height: 0,
            label: Types::Many(results),
            results: Types::Many(results),
            exits: Vec::new(),
            region: None,
        });
    }

    fn next_control(&mut self) -> u32 {
        self.control_count += 1;
        self.control_count
    }

    /// The stretch of code being lowered: its depth, and its number.
    pub(super) fn stretch(&self) -> (u32, u32) {
        let depth = self.controls.len() as u32 - 1;
        (depth, self.controls[depth as usize].id)
    }

    /// Whether a stretch of code is still open.
    pub(super) fn is_open(&self, (depth, id): (u32, u32)) -> bool {
        self.controls
            .get(depth as usize)
            .is_some_and(|control| control.id == id)
    }

    /// How many values the function returns.
    pub(super) fn result_count(&self) -> usize {
        self.controls[0].results.len()
    }

    pub(super) fn control_instr(&mut self, instr: Instr) {
        use Instr as I;
        match instr {
            I::Nop => {}
            I::Unreachable => {
                self.out.emit(Op::Unreachable, Form::default(), 0, &[0]);
                self.terminate();
            }
            I::Block(ty) => self.block(ty),
            I::Loop(ty) => self.begin_loop(ty),
            I::If(ty) => self.begin_if(ty),
            I::Else => self.begin_else(),
            I::End => self.end(),
            I::Br(depth) => {
                self.jump(depth);
                self.terminate();
            }
            I::BrIf(depth) => {
                let entry = self.pop();
                let condition = self.condition(entry);
                self.branch_if(condition, depth);
            }
            I::BrTable(labels) => self.branch_table(&labels),
            I::BrOnNull(depth) => self.branch_on_null(depth),
            I::BrOnNonNull(depth) => self.branch_on_non_null(depth),
            I::Return => {
                self.emit_return();
                self.terminate();
            }
            I::TryTable(ty, clauses) => {
                let region = self.open_region();
                self.open(ty, Structure::TryTable { region, clauses });
                self.enter_region(region);
            }
            I::Throw(tag) => self.throw(tag),
            I::ThrowRef => {
                let entry = self.pop();
                self.throw_ref(entry);
            }
            I::Try(ty) => {
                let region = self.open_region();
                self.open(ty, Structure::Try { region });
                self.enter_region(region);
            }
            I::Catch(tag) => self.begin_catch(Some(tag)),
            I::CatchAll => self.begin_catch(None),
            I::Delegate(depth) => self.delegate(depth),
            I::Rethrow(depth) => self.rethrow(depth),
            other => unreachable!("{other:?} is lowered elsewhere"),
        }
    }

    /// Code that cannot be reached is only followed for its structure.
    pub(super) fn dead(&mut self, instr: Instr) {
        match instr {
            Instr::Block(_)
            | Instr::Loop(_)
            | Instr::If(_)
            | Instr::TryTable(..)
            | Instr::Try(_) => self.dead_depth += 1,
            Instr::End | Instr::Delegate(_) if self.dead_depth > 0 => self.dead_depth -= 1,
            Instr::End => self.end(),
            Instr::Else if self.dead_depth == 0 => self.begin_else(),
            Instr::Catch(tag) if self.dead_depth == 0 => self.begin_catch(Some(tag)),
            Instr::CatchAll if self.dead_depth == 0 => self.begin_catch(None),
            Instr::Delegate(depth) => self.delegate(depth),
            _ => {}
        }
    }

    /// Ends the block and the reachable code.
    pub(super) fn terminate(&mut self) {
        self.out.end_block();
        self.reachable = false;
        self.dead_depth = 0;
    }

    /// Ends the block; control falls into a new one, and the accumulators
    /// with it.
    pub(super) fn split(&mut self) {
        self.out.end_block();
        self.out.begin_block();
    }

    fn open(&mut self, ty: BlockType, structure: Structure<'m>) {
        self.settle();
        let (params, results) = self.module.block_types(ty);
        let height = self.stack.len() - params.len();
        let label = if matches!(structure, Structure::Loop { .. }) {
            params
        } else {
            results
        };
        let id = self.next_control();
        self.controls.push(Control {
            id,
            structure,
            height,
            label,
            results,
            exits: Vec::new(),
            region: self.region,
        });
    }

    fn block(&mut self, ty: BlockType) {
        self.open(ty, Structure::Block);
    }

    /// Moves the operands above `height` to their packed slots, where every
    /// way into a block leaves them.
    fn pack(&mut self, height: usize) {
        let entries: Vec<Entry> = self.stack[height..].to_vec();
        let types: Vec<ValType> = entries.iter().map(|entry| entry.ty).collect();
        let slots = self.packed(self.end_below(height), &types);
        self.truncate(height);
        for (&entry, &slot) in entries.iter().zip(&slots) {
            self.place(entry, slot, false);
        }
        self.push_slots(&types, &slots);
    }

    fn begin_loop(&mut self, ty: BlockType) {
        self.settle();
        let (params, _) = self.module.block_types(ty);
        self.pack(self.stack.len() - params.len());
        self.split();
        self.cached = Default::default();
        let head = self.out.here() - 2;
        self.open(ty, Structure::Loop { head });
    }

    fn begin_if(&mut self, ty: BlockType) {
        let entry = self.pop();
        let condition = self.condition(entry);
        // Moves come before the branch; they leave the accumulators alone.
        self.settle();
        let (params, _) = self.module.block_types(ty);
        self.pack(self.stack.len() - params.len());
        let otherwise = self.branch_on(condition.negate());
        self.split();
        self.open(ty, Structure::If { otherwise, params });
    }

    fn begin_else(&mut self) {
        let index = self.controls.len() - 1;
        if self.reachable {
            self.jump(0);
            self.out.end_block();
        }
        let structure = std::mem::replace(&mut self.controls[index].structure, Structure::Else);
        self.controls[index].id = self.next_control();
        let Structure::If { otherwise, params } = structure else {
            unreachable!("validated `else` follows an `if`")
        };
        let height = self.controls[index].height;
        self.truncate(height);
        self.land([otherwise]);
        // Where they were packed when the `if` began.
        let slots = self.packed(self.end_below(height), &params);
        self.push_slots(&params, &slots);
    }

    /// Begins a block that jumps lead to.
    fn land(&mut self, fixups: impl IntoIterator<Item = Fixup>) {
        let head = self.out.begin_block();
        for fixup in fixups {
            self.out.patch(fixup, head);
        }
        self.cached = Default::default();
        self.reachable = true;
        self.dead_depth = 0;
    }

    fn end(&mut self) {
        let index = self.controls.len() - 1;
        match self.controls[index].structure {
            Structure::Function => {
                if self.reachable {
                    self.emit_return();
                    self.terminate();
                }
                self.controls.pop();
                return;
            }
            Structure::If { .. } => self.end_without_else(),
            Structure::TryTable { .. } => self.end_try_table(),
            Structure::Try { region } => self.close_region(region, Handlers::Catches(Vec::new())),
            _ => {}
        }
        self.join();
    }

    /// An `if` without `else`: when the condition does not hold, the
    /// parameters are the results, in the same slots.
    fn end_without_else(&mut self) {
        let control = self.controls.last_mut().expect("an open `if`");
        let structure = std::mem::replace(&mut control.structure, Structure::Block);
        if let Structure::If { otherwise, .. } = structure {
            control.exits.push(otherwise);
        }
    }

    /// Closes the innermost structure: its exits meet what falls into its end.
    fn join(&mut self) {
        let control = self.controls.last_mut().expect("an open structure");
        let exits = std::mem::take(&mut control.exits);
        // Behind a handler's end, the exception it held is gone from below
        // the results.
        let in_place = !matches!(control.structure, Structure::Catch { .. });
        if exits.is_empty() && (in_place || !self.reachable) {
            let control = self.controls.pop().expect("an open structure");
            self.region = self.outer_region();
            if !self.reachable {
                self.truncate(control.height);
            }
            return;
        }
        if self.reachable {
            self.move_to_label(0, true);
            self.out.end_block();
        }
        let control = self.controls.pop().expect("an open structure");
        self.region = self.outer_region();
        self.truncate(control.height);
        let slots = self.packed(self.end_below(control.height), &control.results);
        self.land(exits);
        self.push_slots(&control.results, &slots);
    }

    fn outer_region(&self) -> Option<u32> {
        self.controls.last().and_then(|control| control.region)
    }

    fn control_at(&self, depth: u32) -> usize {
        self.controls.len() - 1 - depth as usize
    }

    /// Moves the top operands to where the label at `depth` expects them.
    /// They stay on the lowering-time stack.
    fn move_to_label(&mut self, depth: u32, early: bool) {
        let control = &self.controls[self.control_at(depth)];
        let (height, arity) = (control.height, control.label.len());
        let label = control.label;
        let slots = self.packed(self.end_below(height), &label);
        let first = self.stack.len() - arity;
        for (index, &slot) in slots.iter().enumerate() {
            let entry = self.stack[first + index];
            self.place(entry, slot, early && arity == 1);
        }
        self.use_slots(slots.last().map_or(0, |&slot| slot + 2));
    }

    /// Whether the top operands already are where the label expects them.
    fn is_placed(&self, depth: u32) -> bool {
        let control = &self.controls[self.control_at(depth)];
        let slots = self.packed(self.end_below(control.height), &control.label);
        let first = self.stack.len() - control.label.len();
        slots
            .iter()
            .zip(&self.stack[first..])
            .all(|(&slot, entry)| entry.loc == Loc::Slot && entry.slot == slot)
    }

    fn is_function_label(&self, depth: u32) -> bool {
        matches!(
            self.controls[self.control_at(depth)].structure,
            Structure::Function
        )
    }

    /// Sends a jump to the label at `depth`.
    fn aim(&mut self, fixup: Fixup, depth: u32) {
        let index = self.control_at(depth);
        match self.controls[index].structure {
            Structure::Loop { head } => self.out.patch(fixup, head),
            _ => self.controls[index].exits.push(fixup),
        }
    }

    /// Leaves for the label at `depth` with the top operands. The block is
    /// not ended.
    fn jump(&mut self, depth: u32) {
        if self.is_function_label(depth) {
            return self.emit_return();
        }
        self.move_to_label(depth, true);
        let pos = self.out.emit(Op::Br, Form::default(), 0, &[0]);
        let fixup = self.out.fixup(pos, pos + 1);
        self.aim(fixup, depth);
    }

    /// Branches to the label at `depth` if `condition` holds.
    fn branch_if(&mut self, condition: Condition, depth: u32) {
        self.release(super::stack::File::Int);
        self.release(super::stack::File::Vec);
        if !self.is_function_label(depth) && self.is_placed(depth) {
            let fixup = self.branch_on(condition);
            self.aim(fixup, depth);
            self.split();
            return;
        }
        let over = self.branch_on(condition.negate());
        self.split();
        let cached = self.cached;
        self.leave_by(depth);
        self.out.end_block();
        self.land([over]);
        self.cached = cached;
    }

    /// A jump on one of several ways on: operands must be left as they are.
    fn leave_by(&mut self, depth: u32) {
        if self.is_function_label(depth) {
            self.emit_return();
        } else {
            self.move_to_label(depth, false);
            let pos = self.out.emit(Op::Br, Form::default(), 0, &[0]);
            let fixup = self.out.fixup(pos, pos + 1);
            self.aim(fixup, depth);
        }
    }

    fn branch_table(&mut self, labels: &[u32]) {
        let entry = self.pop();
        let index = self.operand(entry, false);
        self.release(super::stack::File::Int);
        self.release(super::stack::File::Vec);
        let count = labels.len() as u32;
        let word = fields(0, index.slot, count as u16, (count >> 16) as u16);
        let base = self
            .out
            .emit(Op::BrTable, Form::of1(index.kind), 0, &[word]);
        let first = self.out.here();
        self.out.list(labels.iter().map(|_| 0));
        self.out.end_block();
        // One way on per label; those that must move operands get a block.
        let mut ways: BTreeMap<u32, Way> = BTreeMap::new();
        for (i, &depth) in labels.iter().enumerate() {
            if self.out.is_full() {
                break;
            }
            let fixup = self.out.fixup(base, first + i);
            let way = match ways.get(&depth) {
                Some(&way) => way,
                None if !self.is_function_label(depth) && self.is_placed(depth) => Way::Straight,
                None => {
                    let block = self.out.begin_block();
                    self.leave_by(depth);
                    self.out.end_block();
                    Way::Block(block)
                }
            };
            ways.insert(depth, way);
            match way {
                Way::Straight => self.aim(fixup, depth),
                Way::Block(block) => self.out.patch(fixup, block),
            }
        }
        self.reachable = false;
        self.dead_depth = 0;
    }

    /// The reference on top, made to stay where it is over a branch.
    fn steady_reference(&mut self) -> (Entry, Condition) {
        let mut entry = self.pop();
        let operand = self.in_slot(entry);
        if !matches!(entry.loc, Loc::Local(_)) {
            entry.loc = Loc::Slot;
        }
        (entry, Condition::zero(Op::I64Eqz, operand, true))
    }

    fn branch_on_null(&mut self, depth: u32) {
        let (entry, is_null) = self.steady_reference();
        self.branch_if(is_null, depth);
        self.push_at(entry.ty, entry.slot, entry.loc);
    }

    fn branch_on_non_null(&mut self, depth: u32) {
        let (entry, is_null) = self.steady_reference();
        self.push_at(entry.ty, entry.slot, entry.loc);
        self.branch_if(is_null.negate(), depth);
        self.pop();
    }

    fn enter_region(&mut self, region: u32) {
        self.region = Some(region);
        self.controls.last_mut().expect("just opened").region = Some(region);
    }

    fn open_region(&mut self) -> u32 {
        self.settle();
        self.regions.push(Region {
            start: self.out.here() as u32,
            end: 0,
            parent: self.region,
            handlers: Handlers::Catches(Vec::new()),
        });
        self.regions.len() as u32 - 1
    }

    /// Ends the stretch of code that `region` covers, if it is still open.
    fn close_region(&mut self, region: u32, handlers: Handlers) {
        let end = self.out.here() as u32;
        let region = &mut self.regions[region as usize];
        region.end = end;
        region.handlers = handlers;
        self.region = region.parent;
        if let Some(control) = self.controls.last_mut() {
            control.region = self.region;
        }
    }

    /// Behind the body of a `try_table` come the blocks its clauses enter.
    fn end_try_table(&mut self) {
        let control = self.controls.last_mut().expect("an open `try_table`");
        let structure = std::mem::replace(&mut control.structure, Structure::Block);
        let Structure::TryTable { region, clauses } = structure else {
            unreachable!("only called for a `try_table`")
        };
        let height = control.height;
        if self.reachable && !clauses.is_empty() {
            self.jump(0);
            self.out.end_block();
            self.reachable = false;
        }
        self.close_region(region, Handlers::Catches(Vec::new()));
        let mut catches = Vec::new();
        for clause in &clauses {
            if self.out.is_full() {
                break;
            }
            self.truncate(height);
            catches.push(self.catch_block(clause));
        }
        if !clauses.is_empty() {
            self.truncate(height);
            self.reachable = false;
        }
        self.regions[region as usize].handlers = Handlers::Catches(catches);
    }

    /// The block in which a clause takes its payload to its label, which
    /// counts from outside the `try_table`.
    fn catch_block(&mut self, clause: &CatchClause) -> Catch {
        let module = self.module;
        let target = self.out.begin_block() as u32;
        self.cached = Default::default();
        let types = clause
            .tag
            .map_or(&[][..], |tag| module.tag_type(tag).params());
        let slots = self.payload_slots(types);
        let payload = slots.first().map(|&slot| slot as u16);
        self.push_slots(types, &slots);
        let exception = clause.with_ref.then(|| {
            self.push(ValType::EXNREF, Loc::Slot);
            self.stack.last().expect("just pushed").slot as u16
        });
        self.leave_by(clause.label + 1);
        self.out.end_block();
        Catch {
            tag: clause.tag,
            payload,
            exception,
            target,
        }
    }

    /// `catch` or `catch_all` of a legacy `try`.
    fn begin_catch(&mut self, tag: Option<u32>) {
        let module = self.module;
        if self.reachable {
            self.jump(0);
            self.out.end_block();
        }
        let index = self.controls.len() - 1;
        let height = self.controls[index].height;
        let region = match self.controls[index].structure {
            Structure::Try { region } => {
                self.close_region(region, Handlers::Catches(Vec::new()));
                region
            }
            Structure::Catch { region, .. } => region,
            _ => unreachable!("validated `catch` belongs to a `try`"),
        };
        self.truncate(height);
        self.land([]);
        let target = self.out.here() as u32 - 2;
        // The exception lies below its payload for as long as the handler is open.
        self.push(ValType::EXNREF, Loc::Slot);
        let exception = self.stack.last().expect("just pushed").slot;
        let types = tag.map_or(&[][..], |tag| module.tag_type(tag).params());
        let slots = self.payload_slots(types);
        self.push_slots(types, &slots);
        self.controls[index].id = self.next_control();
        self.controls[index].structure = Structure::Catch { region, exception };
        let payload = slots.first().map(|&slot| slot as u16);
        let clause = Catch {
            tag,
            payload,
            exception: Some(exception as u16),
            target,
        };
        if let Handlers::Catches(catches) = &mut self.regions[region as usize].handlers {
            catches.push(clause);
        }
    }

    /// `delegate` ends a legacy `try`; its label counts from outside.
    fn delegate(&mut self, depth: u32) {
        let control = self.controls.last().expect("an open `try`");
        let Structure::Try { region } = control.structure else {
            unreachable!("validated `delegate` belongs to a `try`")
        };
        let target = self.controls[self.control_at(depth + 1)].region;
        self.close_region(region, Handlers::Delegate(target));
        self.join();
    }

    /// Where an exception's payload is put on top of the operands: packed
    /// from an even slot, as the exception keeps it.
    fn payload_slots(&self, types: &[ValType]) -> Vec<u32> {
        let end = self.end_below(self.stack.len());
        self.packed(end.next_multiple_of(2), types)
    }

    fn throw(&mut self, tag: u32) {
        let module = self.module;
        let types = module.tag_type(tag).params();
        let base = self.stack.len() - types.len();
        let entries: Vec<Entry> = self.stack[base..].to_vec();
        self.truncate(base);
        let slots = self.payload_slots(types);
        // As arguments of a call: what moves up is moved last one first.
        let placed = || entries.iter().zip(&slots);
        for (&entry, &slot) in placed().rev().filter(|(entry, slot)| **slot > entry.slot) {
            self.place(entry, slot, false);
        }
        for (&entry, &slot) in placed().filter(|(entry, slot)| **slot <= entry.slot) {
            self.place(entry, slot, false);
        }
        let first = slots.first().copied().unwrap_or(0);
        let words = [fields(0, first as u16, 0, 0), u64::from(tag)];
        self.out.emit(Op::Throw, Form::default(), 0, &words);
        self.terminate();
    }

    fn throw_ref(&mut self, entry: Entry) {
        let operand = self.in_slot(entry);
        debug_assert_eq!(operand.kind, Kind::Slot);
        let words = [fields(0, operand.slot, 0, 0)];
        self.out.emit(Op::ThrowRef, Form::default(), 0, &words);
        self.terminate();
    }

    fn rethrow(&mut self, depth: u32) {
        let Structure::Catch { exception, .. } = self.controls[self.control_at(depth)].structure
        else {
            unreachable!("validated `rethrow` names a handler")
        };
        let words = [fields(0, exception as u16, 0, 0)];
        self.out.emit(Op::ThrowRef, Form::default(), 0, &words);
        self.terminate();
    }
}
