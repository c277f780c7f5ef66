//! Register code to values: one pass over the blocks, in order.
//!
//! The builder carries out the moves of register code itself: for each place
//! (slot or accumulator) it knows which value is there, and whether the slot
//! in memory has it too. Before a call everything the interpreter would find
//! in a slot is written there, and behind it every place is in memory: so no
//! value lives over a call, and either tier can go on behind it.

use isa::{NumType, Op};

use super::effects::Places;
use super::flow::{Flow, holds, members};
use super::ir::{Block, Edge, Function, Inst, Kind, NO_SLOT, Term, Ty, Val};
use super::value::Numbers;
use super::{Refused, Request};
use crate::code::{Head, len_at};

/// What is known of a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bind {
    /// It is in its slot.
    Memory,
    Val(Val),
    /// It is the high half of a vector, whose low half is in the slot below.
    High(Val),
}

/// A place: what is there, and whether its slot in memory has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Spot {
    pub(super) bind: Bind,
    pub(super) clean: bool,
}

impl Spot {
    pub(super) const MEMORY: Spot = Spot {
        bind: Bind::Memory,
        clean: true,
    };
}

/// No edge.
const NONE: u32 = u32::MAX;

/// What is known at the end of a block.
#[derive(Clone, Copy)]
struct Ending {
    region: u32,
    epoch: u32,
}

/// The state of building one function.
pub(super) struct Builder<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) words: &'a [u64],
    pub(super) flow: &'a Flow,
    pub(super) places: Places,
    pub(super) f: Function,
    pub(super) numbers: Numbers,
    /// By place.
    pub(super) spots: Vec<Spot>,
    /// The block being built.
    pub(super) block: u32,
    /// Word position of the instruction at hand.
    pub(super) pos: u32,
    pub(super) region: u32,
    /// Changes with every store.
    pub(super) epoch: u32,
    next_region: u32,
    next_epoch: u32,
    endings: Vec<Ending>,
    /// Immediate dominators, depths in their tree, and a farther ancestor.
    dominators: Vec<[u32; 3]>,
    /// For heads of loops: the block before, where it is the only way in.
    pub(super) preheaders: Vec<Option<u32>>,
    /// Edges that lead into blocks from blocks before them, as lists: for each
    /// block the last one, for each edge the one before.
    incoming: Vec<u32>,
    before: Vec<u32>,
    /// Spots of what is live at the targets of edges, and where those of each
    /// edge begin.
    snapshots: Vec<Spot>,
    snapshot_of: Vec<u32>,
    /// Places that may hold something else than what is in memory.
    pub(super) touched: Vec<u32>,
    /// The slot of each phi, beside `f.params`.
    param_places: Vec<u32>,
    /// Types of float and vector locals, by slot.
    pub(super) slot_types: Vec<Ty>,
    /// Whether a slot belongs to a local of 32 bits.
    pub(super) narrow: Vec<bool>,
    /// The comparison that the present block ends with: row, operands, and
    /// whether it branches if it holds.
    pub(super) pending: Option<(Op, Val, Val, bool)>,
    /// By address in memory 0: the check that says how many bytes from it are
    /// inside; and the same for other memories.
    pub(super) checks: Vec<Val>,
    pub(super) far_checks: Vec<(Val, Val, Val)>,
}

/// Most places that are noted at blocks and edges together. What is alive there
/// is some dozens of places in code that people write; where it is thousands,
/// tables would grow with the product of both.
const MAX_ENTRIES: usize = 1 << 22;

/// Builds a function.
pub(super) fn build(request: &Request, flow: &Flow) -> Result<Function, Refused> {
    let count = flow.nodes.len();
    let places = flow.places;
    // An instruction takes three words or more.
    let expected = request.code.words.len() / 3;
    let mut slot_types = vec![Ty::Int; places.count() as usize];
    let mut narrow = vec![false; places.count() as usize];
    for &(slot, ty) in &request.code.locals {
        slot_types[usize::from(slot)] = Ty::of(ty);
        narrow[usize::from(slot)] = ty == NumType::I32;
    }
    let mut builder = Builder {
        request,
        words: &request.code.words,
        flow,
        places,
        f: Function::with_room(expected, count),
        numbers: Numbers::new(expected / 2),
        spots: vec![Spot::MEMORY; places.count() as usize],
        block: 0,
        pos: 0,
        region: 0,
        epoch: 0,
        next_region: 1,
        next_epoch: 1,
        endings: vec![
            Ending {
                region: 0,
                epoch: 0
            };
            count
        ],
        dominators: vec![[0; 3]; count],
        preheaders: vec![None; count],
        incoming: vec![NONE; count],
        before: Vec::new(),
        snapshots: Vec::new(),
        snapshot_of: Vec::new(),
        touched: Vec::new(),
        param_places: Vec::new(),
        slot_types,
        narrow,
        pending: None,
        checks: Vec::new(),
        far_checks: Vec::new(),
    };
    for node in &flow.nodes {
        builder.f.blocks.push(Block {
            pos: node.pos,
            last_pos: node.pos,
            cost: node.cost,
            first: u32::MAX,
            last: u32::MAX,
            params: 0..0,
            term: Term::None,
            depth: node.depth,
            state: 0..0,
            dead: false,
        });
    }
    for block in 0..count as u32 {
        builder.build_block(block)?;
    }
    Ok(builder.f)
}

impl Builder<'_> {
    fn build_block(&mut self, block: u32) -> Result<(), Refused> {
        self.block = block;
        if block != 0 && self.incoming[block as usize] == NONE {
            // A branch that is always or never taken leads nowhere else.
            self.f.blocks[block as usize].dead = true;
            return Ok(());
        }
        let node = &self.flow.nodes[block as usize];
        self.pos = node.pos;
        self.enter(block)?;
        self.note_state(block)?;
        let mut pos = node.pos as usize;
        while pos < node.end as usize {
            self.pos = pos as u32;
            self.f.blocks[block as usize].last_pos = self.pos;
            self.instruction(pos)?;
            pos += len_at(self.words, pos);
        }
        self.finish(block)?;
        let f = &self.f;
        let entries = f.args.len() + f.params.len() + f.states.len() + self.snapshots.len();
        match entries > MAX_ENTRIES {
            true => Err(Refused::TooLarge),
            false => Ok(()),
        }
    }

    /// Sets what is known at the head of a block from the ways into it.
    fn enter(&mut self, block: u32) -> Result<(), Refused> {
        for place in self.touched.drain(..) {
            self.spots[place as usize] = Spot::MEMORY;
        }
        let mut edges = Vec::new();
        let mut edge = self.incoming[block as usize];
        while edge != NONE {
            edges.push(edge);
            edge = self.before[edge as usize];
        }
        edges.reverse();
        let head = self.flow.nodes[block as usize].loop_end.is_some();
        if edges.is_empty() {
            // The entry; as the head of a loop it would need a block before
            // it, which lowering always makes.
            return match head && block == 0 {
                true => Err(Refused::Strange("a loop at the entry")),
                false => Ok(()),
            };
        }
        self.meet_endings(block, &edges, head);
        if head {
            self.enter_loop(block, &edges)?;
        } else if let [edge] = edges[..] {
            let start = self.snapshot_of[edge as usize] as usize;
            for (index, place) in members(self.flow.live.row(block)).enumerate() {
                self.set(place, self.snapshots[start + index]);
            }
        } else {
            self.meet(block, &edges)?;
        }
        Ok(())
    }

    /// Regions, store epochs and dominators of a block with ways into it.
    fn meet_endings(&mut self, block: u32, edges: &[u32], head: bool) {
        let from = |edge: u32, f: &Function| f.edges[edge as usize].from;
        let first = from(edges[0], &self.f);
        let mut dominator = first;
        let Ending {
            mut region,
            mut epoch,
        } = self.endings[first as usize];
        for &edge in &edges[1..] {
            let pred = from(edge, &self.f);
            dominator = self.common(dominator, pred);
            let ending = self.endings[pred as usize];
            if ending.region != region {
                region = u32::MAX;
            }
            if ending.epoch != epoch {
                epoch = u32::MAX;
            }
        }
        let depth = self.dominators[dominator as usize][1] + 1;
        self.dominators[block as usize] = [dominator, depth, self.far(dominator)];
        if head {
            // Preheader: the only way in, and it leads nowhere else.
            let nowhere_else = |pred: u32| self.flow.succs(pred).len() == 1;
            let call = matches!(self.f.blocks[first as usize].term, Term::Call(_));
            if edges.len() == 1 && nowhere_else(first) && !call {
                self.preheaders[block as usize] = Some(first);
            }
            if self.flow.loop_has_barrier(block) {
                region = u32::MAX;
            }
            if self.flow.loop_stores(block) {
                epoch = u32::MAX;
            }
        }
        self.region = if region == u32::MAX {
            self.new_region()
        } else {
            region
        };
        self.epoch = if epoch == u32::MAX {
            self.new_epoch()
        } else {
            epoch
        };
    }

    pub(super) fn new_region(&mut self) -> u32 {
        self.next_region += 1;
        self.next_region - 1
    }

    pub(super) fn new_epoch(&mut self) -> u32 {
        self.next_epoch += 1;
        self.next_epoch - 1
    }

    /// An ancestor of `dominator` for its children to jump to: so that any
    /// ancestor is found in logarithmic time (Myers, "An applicative
    /// random-access stack").
    fn far(&self, dominator: u32) -> u32 {
        let [_, depth, far] = self.dominators[dominator as usize];
        let [_, far_depth, farther] = self.dominators[far as usize];
        let farther_depth = self.dominators[farther as usize][1];
        if depth - far_depth == far_depth - farther_depth {
            farther
        } else {
            dominator
        }
    }

    /// The ancestor of `block` at `depth`.
    fn ancestor(&self, mut block: u32, depth: u32) -> u32 {
        while self.dominators[block as usize][1] > depth {
            let [parent, _, far] = self.dominators[block as usize];
            block = if self.dominators[far as usize][1] >= depth {
                far
            } else {
                parent
            };
        }
        block
    }

    /// The nearest block that dominates both.
    fn common(&self, a: u32, b: u32) -> u32 {
        let depth = self.dominators[a as usize][1].min(self.dominators[b as usize][1]);
        let (mut a, mut b) = (self.ancestor(a, depth), self.ancestor(b, depth));
        while a != b {
            let [parent_a, _, far_a] = self.dominators[a as usize];
            let [parent_b, _, far_b] = self.dominators[b as usize];
            (a, b) = if far_a != far_b {
                (far_a, far_b)
            } else {
                (parent_a, parent_b)
            };
        }
        a
    }

    /// Whether `block` dominates the block being built.
    pub(super) fn dominates(&self, block: u32) -> bool {
        self.ancestor(self.block, self.dominators[block as usize][1]) == block
    }

    /// What an edge brings for the live place of that index.
    fn snapshot(&self, edge: u32, index: usize) -> Spot {
        self.snapshots[self.snapshot_of[edge as usize] as usize + index]
    }

    /// Notes what a place holds.
    pub(super) fn set(&mut self, place: u32, spot: Spot) {
        self.spots[place as usize] = spot;
        if spot != Spot::MEMORY {
            self.touched.push(place);
        }
    }

    /// Where several ways meet.
    fn meet(&mut self, block: u32, edges: &[u32]) -> Result<(), Refused> {
        let flow = self.flow;
        let first_param = self.f.params.len() as u32;
        for (index, place) in members(flow.live.row(block)).enumerate() {
            let spot = |edge: &u32, b: &Self| b.snapshot(*edge, index);
            let first = spot(&edges[0], self);
            let same = edges.iter().all(|edge| spot(edge, self).bind == first.bind);
            let clean = edges.iter().all(|edge| spot(edge, self).clean);
            let memory = edges
                .iter()
                .any(|edge| spot(edge, self).bind == Bind::Memory);
            let spot = if same {
                Spot {
                    bind: first.bind,
                    clean,
                }
            } else if memory && clean {
                Spot::MEMORY
            } else {
                self.phi(block, place, edges, index, clean)
            };
            self.set(place, spot);
        }
        self.f.blocks[block as usize].params = first_param..self.f.params.len() as u32;
        self.fill_edges(block, edges)
    }

    /// A phi for a place, unless it is the high half of the one below.
    fn phi(&mut self, block: u32, place: u32, edges: &[u32], index: usize, clean: bool) -> Spot {
        if self.is_high_half(place, edges, index)
            && let Some(Bind::Val(low)) = place
                .checked_sub(1)
                .map(|low| self.spots[low as usize].bind)
            && self.f.inst(low).kind == Kind::Phi
            && self.f.inst(low).ty == Ty::V128
            && self.f.inst(low).block == block
        {
            return Spot {
                bind: Bind::High(low),
                clean,
            };
        }
        let ty = self.phi_type(place, edges, index);
        let val = self.f.make(Inst {
            kind: Kind::Phi,
            ty,
            args: [Val::NONE; 3],
            imm: 0,
            pos: self.pos,
            block,
            region: self.region,
        });
        self.f.params.push(val);
        self.param_places.push(place);
        self.home(val, place);
        Spot {
            bind: Bind::Val(val),
            clean,
        }
    }

    fn is_high_half(&self, place: u32, edges: &[u32], index: usize) -> bool {
        let is_high = |edge: &u32| matches!(self.snapshot(*edge, index).bind, Bind::High(_));
        let is_local = place > 0
            && place < self.places.frame_slots
            && self.slot_types[place as usize - 1] == Ty::V128;
        edges.iter().any(is_high) || is_local
    }

    /// The type of a phi: of the local, or of a value that comes in.
    fn phi_type(&self, place: u32, edges: &[u32], index: usize) -> Ty {
        let local = self.slot_types[place as usize];
        if local != Ty::Int {
            return local;
        }
        let types = edges.iter().filter_map(|&edge| {
            let Bind::Val(val) = self.snapshot(edge, index).bind else {
                return None;
            };
            let inst = self.f.inst(val);
            (inst.kind != Kind::Const).then_some(inst.ty)
        });
        let mut types = types;
        types.next().unwrap_or(Ty::Int)
    }

    /// Notes the slot that the interpreter keeps a value in.
    pub(super) fn home(&mut self, val: Val, place: u32) {
        let home = &mut self.f.homes[val.index()];
        if *home == NO_SLOT && place < self.places.frame_slots {
            *home = place as u16;
        }
    }

    /// Gives the phis of `block` what comes over `edges`.
    fn fill_edges(&mut self, block: u32, edges: &[u32]) -> Result<(), Refused> {
        let params = self.f.blocks[block as usize].params.clone();
        for &edge in edges {
            let from = self.f.edges[edge as usize].from;
            let start = self.f.args.len() as u32;
            let flow = self.flow;
            let mut live = members(flow.live.row(block)).enumerate();
            for param in params.clone() {
                let place = self.param_places[param as usize];
                let found = live.find(|&(_, own)| own == place);
                let (index, _) = found.expect("phis stand for live places, in order");
                let spot = self.snapshot(edge, index);
                let ty = self.f.inst(self.f.params[param as usize]).ty;
                let arg = self.at_end_of(from, place, spot.bind, ty)?;
                self.f.args.push(arg);
            }
            self.f.edges[edge as usize].args = start..self.f.args.len() as u32;
        }
        Ok(())
    }

    /// What a place holds at the end of an earlier block, as a value.
    fn at_end_of(&mut self, block: u32, place: u32, bind: Bind, ty: Ty) -> Result<Val, Refused> {
        let here = (self.block, self.pos, self.region);
        let region = self.endings[block as usize].region;
        let last_pos = self.f.blocks[block as usize].last_pos;
        (self.block, self.pos, self.region) = (block, last_pos, region);
        let val = match bind {
            Bind::Val(val) => self.as_type(val, ty),
            Bind::Memory => self.slot_load(place, ty),
            Bind::High(_) => return Err(Refused::Strange("half a vector at a join")),
        };
        (self.block, self.pos, self.region) = here;
        Ok(val)
    }

    /// A load from a slot in the present block.
    pub(super) fn slot_load(&mut self, place: u32, ty: Ty) -> Val {
        let val = self.effect(Inst {
            kind: Kind::SlotLoad,
            ty,
            args: [Val::NONE; 3],
            imm: self.place_number(place),
            pos: self.pos,
            block: self.block,
            region: self.region,
        });
        self.home(val, place);
        val
    }

    /// The head of a loop: what the loop writes comes in over edges.
    fn enter_loop(&mut self, block: u32, edges: &[u32]) -> Result<(), Refused> {
        let flow = self.flow;
        let barrier = flow.loop_has_barrier(block);
        let written = flow.written.row(block);
        let first_param = self.f.params.len() as u32;
        for (index, place) in members(flow.live.row(block)).enumerate() {
            if place >= self.places.frame_slots {
                return Err(Refused::Strange("an accumulator in use around a loop"));
            }
            let first = self.snapshot(edges[0], index);
            let same = edges
                .iter()
                .all(|&edge| self.snapshot(edge, index) == first);
            let spot = if holds(written, place) || !same {
                self.phi(block, place, edges, index, false)
            } else if barrier {
                self.in_memory(edges, place, first, index)
            } else {
                first
            };
            self.set(place, spot);
        }
        self.f.blocks[block as usize].params = first_param..self.f.params.len() as u32;
        self.fill_edges(block, edges)
    }

    /// A place that a loop with calls does not write: in memory, and written
    /// there before the loop rather than at each call.
    fn in_memory(&mut self, edges: &[u32], place: u32, spot: Spot, index: usize) -> Spot {
        for &edge in edges {
            let from = self.f.edges[edge as usize].from;
            if !self.snapshot(edge, index).clean {
                self.store_at_end_of(from, place, spot.bind);
            }
        }
        let constant = match spot.bind {
            Bind::Val(val) => self.f.constant(val).is_some(),
            _ => false,
        };
        if constant {
            Spot {
                clean: true,
                ..spot
            }
        } else {
            Spot::MEMORY
        }
    }

    fn store_at_end_of(&mut self, block: u32, place: u32, bind: Bind) {
        let here = (self.block, self.pos);
        (self.block, self.pos) = (block, self.f.blocks[block as usize].last_pos);
        self.slot_store(place, bind);
        (self.block, self.pos) = here;
    }

    /// Writes what a place holds to its slot.
    pub(super) fn slot_store(&mut self, place: u32, bind: Bind) {
        match bind {
            Bind::Val(val) => self.slot_store_as(Kind::SlotStore, place, val),
            Bind::High(val) => self.slot_store_as(Kind::SlotStoreHigh, place, val),
            Bind::Memory => {}
        }
    }

    pub(super) fn slot_store_as(&mut self, kind: Kind, place: u32, val: Val) {
        self.effect(Inst {
            kind,
            ty: self.f.inst(val).ty,
            args: [val, Val::NONE, Val::NONE],
            imm: self.place_number(place),
            pos: self.pos,
            block: self.block,
            region: self.region,
        });
    }

    /// How an instruction names a place.
    fn place_number(&self, place: u32) -> u64 {
        match place {
            _ if place == self.places.acc() => u64::from(super::native::ACC),
            _ if place == self.places.vec() => u64::from(super::native::VEC),
            _ => u64::from(place),
        }
    }

    /// Notes what the interpreter would need at the head of a block.
    fn note_state(&mut self, block: u32) -> Result<(), Refused> {
        let start = self.f.states.len() as u32;
        for place in members(self.flow.live.row(block)) {
            let Spot { bind, clean } = self.spots[place as usize];
            if clean {
                continue;
            }
            match bind {
                Bind::Val(val) => {
                    let slot = self.place_number(place) as u16;
                    self.f.states.push((slot, val));
                    if self.f.inst(val).ty == Ty::V128
                        && place < self.places.frame_slots
                        && self.spots[place as usize + 1].bind != Bind::High(val)
                    {
                        return Err(Refused::Strange("half a vector at a block"));
                    }
                }
                Bind::High(val)
                    if place > 0 && self.spots[place as usize - 1].bind == Bind::Val(val) => {}
                Bind::High(_) => return Err(Refused::Strange("half a vector at a block")),
                Bind::Memory => {}
            }
        }
        self.f.blocks[block as usize].state = start..self.f.states.len() as u32;
        Ok(())
    }

    /// One instruction of register code.
    fn instruction(&mut self, pos: usize) -> Result<(), Refused> {
        let head = Head(self.words[pos]);
        match head.op().class() {
            _ if head.op() == Op::Charge => Ok(()),
            isa::Class::Load | isa::Class::Store | isa::Class::LoadLane | isa::Class::StoreLane => {
                self.access(pos);
                Ok(())
            }
            isa::Class::Control | isa::Class::Machine => self.machine(pos),
            isa::Class::ExtractLane | isa::Class::ReplaceLane | isa::Class::Shuffle => {
                self.lanes(pos);
                Ok(())
            }
            _ => {
                self.numeric(pos);
                Ok(())
            }
        }
    }

    /// Leads from the present block to `to`: notes what is known here of
    /// what is live there.
    pub(super) fn edge(&mut self, to: u32) -> Result<u32, Refused> {
        let edge = self.f.edges.len() as u32;
        self.f.edges.push(Edge {
            from: self.block,
            to,
            args: 0..0,
        });
        self.snapshot_of.push(self.snapshots.len() as u32);
        let live = members(self.flow.live.row(to));
        self.snapshots
            .extend(live.map(|place| self.spots[place as usize]));
        self.before.push(NONE);
        self.endings[self.block as usize] = Ending {
            region: self.region,
            epoch: self.epoch,
        };
        if to > self.block {
            self.before[edge as usize] = std::mem::replace(&mut self.incoming[to as usize], edge);
        } else {
            self.fill_edges(to, &[edge])?;
        }
        Ok(edge)
    }

    /// A block whose last instruction said nothing of where to go leads to
    /// the next one.
    fn finish(&mut self, block: u32) -> Result<(), Refused> {
        self.branch()?;
        if matches!(self.f.blocks[block as usize].term, Term::None) {
            let next = self.flow.succs(block)[0];
            let edge = self.edge(next)?;
            self.end(Term::Jump(edge));
        }
        Ok(())
    }

    /// Says how the present block ends.
    pub(super) fn end(&mut self, term: Term) {
        self.f.blocks[self.block as usize].term = term;
    }
}
