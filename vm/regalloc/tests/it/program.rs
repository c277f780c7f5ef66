//! Random functions: any control flow, any roles, any pressure.

use regalloc::{
    Block, Class, Edge, Function, Operand, Registers, Role, SlotWrite, Source, Span, State, Value,
};

/// Random numbers (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        (high as usize * end) >> 32
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        (!list.is_empty()).then(|| list[self.below(list.len())])
    }
}

/// How a program is made.
struct Plan {
    registers: [usize; 2],
    frame: u32,
    /// The successors of each block.
    succs: Vec<Vec<usize>>,
    /// The dominators of each block, itself too.
    dominators: Vec<Vec<bool>>,
    /// Results and temporaries of each instruction of each block.
    skeleton: Vec<Vec<(Vec<u32>, Vec<u32>)>>,
    params: Vec<Vec<u32>>,
    values: Vec<Value>,
}

fn control_flow(random: &mut Random, blocks: usize) -> Vec<Vec<usize>> {
    let mut succs = vec![Vec::new(); blocks];
    // In an odd order definitions can stand behind their uses.
    let mut order: Vec<usize> = (0..blocks).collect();
    if random.one_in(8) {
        for at in (2..blocks).rev() {
            order.swap(at, 1 + random.below(at));
        }
    }
    for block in 1..blocks {
        let back = 1 + random.below(block.min(4));
        succs[order[block - back]].push(order[block]);
    }
    for _ in 0..random.below(blocks) {
        let from = random.below(blocks);
        let to = match random.below(3) {
            0 => from.saturating_sub(random.below(6)),
            1 => from + random.below(blocks - from),
            _ => random.below(blocks),
        };
        if to > 0 {
            succs[from].push(to);
        }
    }
    succs
}

fn dominators(succs: &[Vec<usize>]) -> Vec<Vec<bool>> {
    let blocks = succs.len();
    let mut result = vec![vec![true; blocks]; blocks];
    result[0] = (0..blocks).map(|block| block == 0).collect();
    let mut changed = true;
    while changed {
        changed = false;
        for from in 0..blocks {
            for &to in &succs[from] {
                let above = result[from].clone();
                for (other, dominates) in result[to].iter_mut().enumerate() {
                    if other != to && *dominates && !above[other] {
                        *dominates = false;
                        changed = true;
                    }
                }
            }
        }
    }
    result
}

impl Plan {
    fn new(random: &mut Random) -> Plan {
        let blocks = match random.below(8) {
            0 => 1,
            7 => 2 + random.below(40),
            _ => 2 + random.below(10),
        };
        let succs = control_flow(random, blocks);
        let mut plan = Plan {
            registers: [2 + random.below(13), 2 + random.below(13)],
            frame: random.below(10) as u32 * 2,
            dominators: dominators(&succs),
            succs,
            skeleton: Vec::new(),
            params: Vec::new(),
            values: Vec::new(),
        };
        for block in 0..blocks {
            let params = if block > 0 && random.one_in(2) {
                random.below(6)
            } else {
                0
            };
            let params = (0..params).map(|_| plan.value(random, true)).collect();
            plan.params.push(params);
            let insts = 1 + random.below(10);
            let insts = (0..insts).map(|at| plan.inst(random, block, at + 1 == insts));
            let insts: Vec<_> = insts.collect();
            plan.skeleton.push(insts);
        }
        plan
    }

    fn value(&mut self, random: &mut Random, is_param: bool) -> u32 {
        let class = if random.one_in(3) {
            Class::Vec
        } else {
            Class::Int
        };
        let mut value = Value::new(class);
        value.wide = class == Class::Vec && random.one_in(2);
        if self.frame > 0 && random.one_in(2) {
            let slot = random.below(self.frame as usize) as u32;
            value.home = Some(if value.wide { slot & !1 } else { slot });
            value.from_home = !is_param && random.one_in(4);
        }
        if random.one_in(12) && !is_param && !value.from_home {
            value.remat = Some(1000 + random.below(3) as u32);
        }
        self.values.push(value);
        self.values.len() as u32 - 1
    }

    fn inst(&mut self, random: &mut Random, block: usize, last: bool) -> (Vec<u32>, Vec<u32>) {
        let (mut results, mut temps) = (Vec::new(), Vec::new());
        if !last || self.succs[block].is_empty() {
            for _ in 0..random.below(4) / 2 + random.below(2) {
                results.push(self.value(random, false));
                // Two values cannot come from one slot at once.
                if results.len() > 1 {
                    let value = self.values.last_mut().expect("a value was made");
                    value.from_home = false;
                }
            }
        }
        if random.one_in(4) {
            temps.push(self.value(random, true));
        }
        (results, temps)
    }

    /// All values that are defined where `block` begins.
    fn at_head(&self, block: usize) -> Vec<u32> {
        let mut values = Vec::new();
        for other in (0..self.succs.len()).filter(|&other| self.dominators[block][other]) {
            values.extend(&self.params[other]);
            if other != block {
                values.extend(self.skeleton[other].iter().flat_map(|(results, _)| results));
            }
        }
        values
    }
}

fn role(random: &mut Random) -> Role {
    match random.below(8) {
        0 => Role::UseLate,
        1 | 2 => Role::UseAny,
        3 => Role::UseAnyEarly,
        _ => Role::Use,
    }
}

/// The operands of one instruction: not more registers than there are.
fn operands(
    random: &mut Random,
    plan: &Plan,
    (results, temps): &(Vec<u32>, Vec<u32>),
    defined: &[u32],
) -> Vec<Operand> {
    let mut room = plan.registers;
    let mut list = Vec::new();
    let mut take = |value: u32, role: Role, list: &mut Vec<Operand>| {
        let room = &mut room[plan.values[value as usize].class as usize];
        if *room > 0 {
            *room -= 1;
            list.push(Operand { value, role });
        }
        *room > 0
    };
    let recent = &defined[defined.len() - defined.len().min(12)..];
    for &value in results {
        take(value, Role::Def, &mut list);
    }
    for &value in temps {
        take(value, Role::Temp, &mut list);
    }
    for _ in 0..random.below(4) {
        let from = if random.one_in(3) { defined } else { recent };
        if let Some(value) = random.pick(from) {
            let role = role(random);
            take(value, role, &mut list);
        }
    }
    for at in 0..list.len() {
        let class = |operand: Operand| plan.values[operand.value as usize].class;
        let other = random.below(list.len());
        let fits = list[other].role.is_use() && class(list[other]) == class(list[at]);
        if list[at].role == Role::Def && fits {
            list[at].role = Role::DefReuse(other as u8);
        }
    }
    list
}

/// A random function, and registers that are enough for each instruction.
pub(crate) fn program(random: &mut Random) -> (Function, Registers) {
    let mut plan = Plan::new(random);
    let mut function = Function {
        first_extra_slot: plan.frame,
        ..Function::default()
    };
    for number in 0..plan.succs.len() {
        let mut defined = plan.at_head(number);
        let mut block = Block {
            loop_depth: depth(&plan.succs, number),
            cold: random.one_in(8),
            ..Block::default()
        };
        let states = if random.one_in(3) { random.below(8) } else { 0 };
        let start = function.states.len();
        for tag in 0..states as u32 {
            let value = random.pick(&defined);
            function
                .states
                .extend(value.map(|value| State { tag, value }));
        }
        block.state = Span::new(start, function.states.len());
        let start = function.params.len();
        function.params.extend(&plan.params[number]);
        block.params = Span::new(start, function.params.len());
        let start = function.insts.len();
        for at in 0..plan.skeleton[number].len() {
            let list = operands(random, &plan, &plan.skeleton[number][at], &defined);
            // What found no room is not defined.
            let is_defined = |value: &u32| list.iter().any(|o| o.value == *value);
            plan.skeleton[number][at].0.retain(is_defined);
            slot_write(random, &plan, &mut function, &defined);
            let start = function.operands.len();
            function.operands.extend(list);
            let span = Span::new(start, function.operands.len());
            function.insts.push(span);
            defined.extend(&plan.skeleton[number][at].0);
        }
        block.insts = Span::new(start, function.insts.len());
        block.succs = edges(random, &plan, &mut function, number, &defined);
        function.blocks.push(block);
    }
    drop_undefined(&plan, &mut function);
    function.values = plan.values;
    let registers = Registers {
        int: ((1 << plan.registers[0]) - 1) << 3,
        vec: (1 << plan.registers[1]) - 1,
        int_scratch: 0,
        vec_scratch: 40,
    };
    (function, registers)
}

/// Uses of values that turned out not to be defined are taken out. That
/// happens in odd orders only, where a block is filled before its dominator.
fn drop_undefined(plan: &Plan, function: &mut Function) {
    let mut is_defined = vec![false; plan.values.len()];
    let results = function.operands.iter().filter(|o| o.role.is_def());
    for value in results
        .map(|o| o.value)
        .chain(function.params.iter().copied())
    {
        is_defined[value as usize] = true;
    }
    let fallback = function.operands.iter().map(|o| o.value);
    let fallback: Vec<u32> = fallback.filter(|&v| !is_defined[v as usize]).collect();
    for operand in &mut function.operands {
        if operand.role.is_use() && fallback.contains(&operand.value) {
            operand.role = Role::Temp;
        }
    }
    for arg in &mut function.args {
        if matches!(arg, Source::Value(value) if !is_defined[*value as usize]) {
            *arg = Source::Constant(7);
        }
    }
    for write in &mut function.slot_writes {
        write.value = write.value.filter(|&value| is_defined[value as usize]);
    }
    for operand in 0..function.operands.len() {
        let role = function.operands[operand].role;
        if let Role::DefReuse(_) = role {
            let inst = function
                .insts
                .iter()
                .find(|i| i.indices().contains(&operand));
            let inst = inst.expect("operands belong to instructions");
            let Role::DefReuse(other) = role else {
                continue;
            };
            if !inst.of(&function.operands)[usize::from(other)]
                .role
                .is_use()
            {
                function.operands[operand].role = Role::Def;
            }
        }
    }
    let states = std::mem::take(&mut function.states);
    for block in &mut function.blocks {
        let start = function.states.len();
        let known = |state: &&State| is_defined[state.value as usize];
        function
            .states
            .extend(block.state.of(&states).iter().filter(known));
        block.state = Span::new(start, function.states.len());
    }
}

/// How many edges back span a block.
fn depth(succs: &[Vec<usize>], block: usize) -> u8 {
    let mut depth = 0;
    for (from, list) in succs.iter().enumerate() {
        let spans = |&&to: &&usize| to <= block && block <= from;
        depth += list.iter().filter(spans).count();
    }
    depth.min(5) as u8
}

fn slot_write(random: &mut Random, plan: &Plan, function: &mut Function, defined: &[u32]) {
    if plan.frame == 0 || !random.one_in(6) {
        return;
    }
    let inst = function.insts.len() as u32;
    let mut slot = random.below(plan.frame as usize) as u32;
    let value = random.pick(defined).filter(|_| random.one_in(2));
    let mut count = 1;
    if let Some(value) = value.map(|value| &plan.values[value as usize]) {
        slot = value.home.unwrap_or(slot & !1);
        count = value.slots();
    }
    function.slot_writes.push(SlotWrite {
        inst,
        slot,
        count,
        value,
    });
}

fn edges(
    random: &mut Random,
    plan: &Plan,
    function: &mut Function,
    number: usize,
    defined: &[u32],
) -> Span {
    let first = function.edges.len();
    for &to in &plan.succs[number] {
        let start = function.args.len();
        for &param in &plan.params[to] {
            let kind = |value: u32| {
                let value = &plan.values[value as usize];
                (value.class, value.wide)
            };
            let fits = |&&value: &&u32| kind(value) == kind(param);
            let fits: Vec<u32> = defined.iter().filter(fits).copied().collect();
            let arg = match random.pick(&fits) {
                Some(value) if !random.one_in(6) => Source::Value(value),
                _ => Source::Constant(1000 + random.below(5) as u32),
            };
            function.args.push(arg);
        }
        function.edges.push(Edge {
            from: number as u32,
            to: to as u32,
            args: Span::new(start, function.args.len()),
        });
    }
    Span::new(first, function.edges.len())
}
