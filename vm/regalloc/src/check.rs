//! The checker: carries out an allocation symbolically.
//!
//! For each block it computes what every place holds for sure at the head,
//! whichever way was taken, and then that all reads find their values. It
//! shares no code with the allocator.

use crate::contents::{Contents, Fact, Place, fact_of};
use crate::function::{Class, Edge, Function, Operand, Registers, Role, Source};
use crate::output::{Location, Move, Output};

/// Proves that an output is right for a function.
///
/// # Errors
/// What is wrong, and where.
pub fn check(function: &Function, registers: &Registers, output: &Output) -> Result<(), String> {
    function.validate()?;
    let lengths = [
        (output.locations.len(), function.operands.len()),
        (output.states.len(), function.states.len()),
        (output.edges.len(), function.edges.len()),
    ];
    if lengths.iter().any(|(is, should)| is != should) {
        return Err("the output is of another function".to_string());
    }
    if !output.moves.is_sorted_by_key(|entry| entry.inst) {
        return Err("moves are not in order".to_string());
    }
    let mut checker = Checker {
        function,
        registers,
        output,
        heads: vec![None; function.blocks.len()],
        work: Vec::new(),
    };
    checker.run()
}

struct Checker<'a> {
    function: &'a Function,
    registers: &'a Registers,
    output: &'a Output,
    heads: Vec<Option<Contents>>,
    work: Vec<u32>,
}

impl Checker<'_> {
    fn run(&mut self) -> Result<(), String> {
        if self.heads.is_empty() {
            return Ok(());
        }
        self.heads[0] = Some(Contents::default());
        self.work.push(0);
        while let Some(block) = self.work.pop() {
            let head = self.heads[block as usize].clone();
            let contents = head.expect("a block in the list was reached");
            self.block(block, contents)
                .map_err(|what| format!("block {block}: {what}"))?;
        }
        Ok(())
    }

    fn block(&mut self, number: u32, mut contents: Contents) -> Result<(), String> {
        let block = self.function.block(number);
        for at in block.state.indices() {
            let value = self.function.states[at].value;
            let place = self.output.states[at];
            self.value_is_at(&contents, value, place)
                .map_err(|what| format!("state: {what}"))?;
        }
        for inst in block.insts.indices() {
            self.instruction(inst as u32, &mut contents)
                .map_err(|what| format!("instruction {inst}: {what}"))?;
        }
        for at in block.succs.indices() {
            let edge = &self.function.edges[at];
            let head = self
                .edge(at, contents.clone())
                .map_err(|what| format!("edge to {}: {what}", edge.to))?;
            let old = &mut self.heads[edge.to as usize];
            let new = match old {
                None => head,
                Some(old) => {
                    let mut both = old.clone();
                    both.meet(&head);
                    both
                }
            };
            if old.as_ref() != Some(&new) {
                *old = Some(new);
                self.work.push(edge.to);
            }
        }
        Ok(())
    }

    fn value_is_at(&self, contents: &Contents, value: u32, place: Location) -> Result<(), String> {
        self.location(place, self.function.value(value).class)?;
        if contents.holds(self.function, place, value) {
            Ok(())
        } else {
            Err(format!("value {value} is not in {place:?}"))
        }
    }

    /// A location that can hold something of this class.
    fn location(&self, place: Location, class: Class) -> Result<(), String> {
        let end = self.function.first_extra_slot + self.output.extra_slots;
        let is_right = match place {
            Location::Register(register) => {
                register < 64 && self.registers.of(class) >> register & 1 == 1
            }
            Location::Slot(slot) => slot < end,
            Location::Constant(_) => true,
        };
        if is_right {
            Ok(())
        } else {
            Err(format!("there is no {place:?} of class {class:?}"))
        }
    }

    /// Carries out a move. `owns` says whether the home of something that is
    /// moved is that slot.
    fn action(
        &self,
        action: &Move,
        contents: &mut Contents,
        owns: impl Fn(&[Fact], u32) -> bool,
    ) -> Result<(), String> {
        let scratch = Location::Register(self.registers.scratch(action.class));
        for place in [action.from, action.to] {
            if place != scratch {
                self.location(place, action.class)?;
            }
        }
        let is_register = |place| matches!(place, Location::Register(_));
        if !is_register(action.from) && !is_register(action.to) {
            return Err(format!("{action:?} has no register"));
        }
        let facts = contents.carry_out(self.function, action);
        match action.to {
            Location::Constant(_) => Err(format!("{action:?} writes a constant")),
            Location::Slot(slot) if slot < self.function.first_extra_slot => {
                if owns(&facts, slot) {
                    Ok(())
                } else {
                    Err(format!("{action:?}: {facts:?} has another home"))
                }
            }
            Location::Slot(slot) if action.wide && slot % 2 == 1 => {
                Err(format!("{action:?} is wide and odd"))
            }
            _ => Ok(()),
        }
    }

    fn lives_in(&self, fact: Fact, slot: u32) -> bool {
        match fact {
            Fact::Value(value) => self.function.value(value).home == Some(slot),
            Fact::Constant(..) => false,
        }
    }

    fn forget_scratch(&self, contents: &mut Contents) {
        for class in [Class::Int, Class::Vec] {
            let register = self.registers.scratch(class);
            contents.kill(Place::Register(class, register));
        }
    }

    fn instruction(&self, inst: u32, contents: &mut Contents) -> Result<(), String> {
        let moves = &self.output.moves;
        let first = moves.partition_point(|entry| entry.inst < inst);
        for entry in moves[first..].iter().take_while(|entry| entry.inst == inst) {
            let owns = |facts: &[Fact], slot| facts.iter().any(|&fact| self.lives_in(fact, slot));
            self.action(&entry.action, contents, owns)?;
        }
        self.forget_scratch(contents);
        let span = self.function.insts[inst as usize];
        let operands = span.of(&self.function.operands);
        let places = span.of(&self.output.locations);
        for (operand, &place) in operands.iter().zip(places) {
            let in_register = matches!(place, Location::Register(_));
            let in_slot = matches!(place, Location::Slot(_));
            if !(in_register || in_slot && operand.role.is_any()) {
                return Err(format!("{operand:?} is at {place:?}"));
            }
            self.location(place, self.function.value(operand.value).class)?;
            if operand.role.is_use() {
                self.value_is_at(contents, operand.value, place)?;
            }
        }
        self.distinct(operands, places)?;
        self.write_results(inst, operands, places, contents);
        Ok(())
    }

    /// Checks that operands share registers only where they may.
    fn distinct(&self, operands: &[Operand], places: &[Location]) -> Result<(), String> {
        let may_share = |a: Role, b: Role| match (a, b) {
            (Role::Temp, _) | (_, Role::Temp) => false,
            (a, b) if a.is_def() && b.is_def() => false,
            (a, b) if a.is_def() => !b.is_late(),
            (a, b) if b.is_def() => !a.is_late(),
            _ => true,
        };
        let class = |operand: &Operand| self.function.value(operand.value).class;
        for (at, a) in operands.iter().enumerate() {
            for (b, place) in operands.iter().zip(places).skip(at + 1) {
                let same = *place == places[at] && class(a) == class(b);
                let in_register = matches!(place, Location::Register(_));
                if same && in_register && !may_share(a.role, b.role) {
                    return Err(format!("{a:?} and {b:?} share {place:?}"));
                }
            }
        }
        Ok(())
    }

    fn write_results(
        &self,
        inst: u32,
        operands: &[Operand],
        places: &[Location],
        contents: &mut Contents,
    ) {
        let function = self.function;
        let all = operands.iter().zip(places);
        for (operand, &place) in all.clone().filter(|(o, _)| o.role == Role::Temp) {
            let class = function.value(operand.value).class;
            contents.write(function, place, class, true, &[]);
        }
        let writes = &function.slot_writes;
        let first = writes.partition_point(|write| write.inst < inst);
        for write in writes[first..]
            .iter()
            .take_while(|write| write.inst == inst)
        {
            for slot in write.slot..write.slot + write.count {
                contents.kill(Place::Slot(slot));
            }
            if let Some(value) = write.value {
                let place = Location::Slot(write.slot);
                let entry = function.value(value);
                let facts = [fact_of(function, value)];
                contents.write(function, place, entry.class, entry.wide, &facts);
            }
        }
        for (operand, &place) in all.filter(|(o, _)| o.role.is_def()) {
            let value = operand.value;
            let entry = function.value(value);
            let facts = [fact_of(function, value)];
            contents.forget(value);
            contents.write(function, place, entry.class, entry.wide, &facts);
            if let (true, Some(home)) = (entry.from_home, entry.home) {
                let place = Location::Slot(home);
                contents.write(function, place, entry.class, entry.wide, &facts);
            }
        }
    }

    /// What places hold behind an edge.
    fn edge(&self, number: usize, mut contents: Contents) -> Result<Contents, String> {
        let edge: &Edge = &self.function.edges[number];
        let function = self.function;
        let params = function.params_of(edge.to);
        let args = edge.args.of(&function.args);
        let pairs: Vec<(u32, Fact)> = params
            .iter()
            .zip(args)
            .map(|(&param, arg)| match *arg {
                Source::Value(value) => (param, fact_of(function, value)),
                Source::Constant(number) => {
                    (param, Fact::Constant(number, function.value(param).wide))
                }
            })
            .collect();
        for action in self.output.moves_of_edge(number) {
            let owns = |facts: &[Fact], slot| {
                let direct = facts.iter().any(|&fact| self.lives_in(fact, slot));
                let mut own = pairs
                    .iter()
                    .filter(|(param, _)| function.value(*param).home == Some(slot));
                direct || own.any(|(_, source)| facts.contains(source))
            };
            self.action(action, &mut contents, owns)?;
        }
        self.forget_scratch(&mut contents);
        contents.rename(&pairs);
        Ok(contents)
    }
}
