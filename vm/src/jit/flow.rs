//! Blocks, their order, loops, and which places are live where.

use std::ops::Range;

use isa::{Class, Op};

use super::Refused;
use super::effects::{Effect, Places, effects};
use crate::code::{Code, Head, len_at};

/// Words of liveness beyond which a function stays in the interpreter.
const MAX_BITS_WORDS: usize = 1 << 24;

/// A block of register code that can be reached.
pub(super) struct Node {
    /// Word position of its `charge`, and behind its last instruction.
    pub(super) pos: u32,
    pub(super) end: u32,
    pub(super) cost: u32,
    /// Where the numbers of the blocks it leads to are.
    succs: Range<u32>,
    /// For a block that others jump back to: the last of its loop.
    pub(super) loop_end: Option<u32>,
    /// Head of the innermost loop it is in.
    pub(super) inner: Option<u32>,
    /// For the head of a loop: the head of the loop around it.
    pub(super) outer: Option<u32>,
    pub(super) depth: u8,
    /// Whether everything has to be in slots somewhere inside.
    pub(super) barrier: bool,
    /// Whether memories or globals may change inside.
    pub(super) stores: bool,
}

impl Node {
    /// A block of nothing that leads to the first real one, at `pos`.
    fn empty(pos: u32) -> Node {
        Node {
            pos,
            end: pos,
            cost: 0,
            succs: 0..1,
            loop_end: None,
            inner: None,
            outer: None,
            depth: 0,
            barrier: false,
            stores: false,
        }
    }
}

/// Sets of places, one for each block, side by side.
pub(super) struct Sets {
    words: usize,
    bits: Vec<u64>,
}

impl Sets {
    fn new(count: usize, places: u32) -> Sets {
        let words = (places as usize).div_ceil(64);
        Sets {
            words,
            bits: vec![0; count * words],
        }
    }

    pub(super) fn row(&self, index: u32) -> &[u64] {
        &self.bits[index as usize * self.words..][..self.words]
    }

    fn row_mut(&mut self, index: u32) -> &mut [u64] {
        &mut self.bits[index as usize * self.words..][..self.words]
    }
}

pub(super) fn holds(set: &[u64], place: u32) -> bool {
    set[place as usize / 64] >> (place % 64) & 1 != 0
}

fn insert(set: &mut [u64], place: u32) {
    set[place as usize / 64] |= 1 << (place % 64);
}

/// The members of a set, in order.
pub(super) fn members(set: &[u64]) -> impl Iterator<Item = u32> + '_ {
    set.iter().enumerate().flat_map(|(index, &word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                index as u32 * 64 + bit
            })
        })
    })
}

/// The shape of a function.
pub(super) struct Flow {
    pub(super) places: Places,
    /// In the order in which they are built and emitted; the first is entered.
    pub(super) nodes: Vec<Node>,
    succs: Vec<u32>,
    /// Places live at the head of each block.
    pub(super) live: Sets,
    /// Places written in each block; behind them, for heads of loops, in the
    /// whole loop.
    pub(super) written: Sets,
    /// Whether each block is in an exception region: then what handlers may
    /// read, which is in its live set, has to be in slots at calls.
    pub(super) caught: Vec<bool>,
    /// Blocks with barriers before each one, and blocks with stores.
    barriers: Vec<[u32; 2]>,
}

/// Whether an instruction needs everything in slots.
pub(super) fn is_barrier(op: Op) -> bool {
    matches!(
        op,
        Op::Call
            | Op::CallIndirect
            | Op::CallRef
            | Op::ReturnCall
            | Op::ReturnCallIndirect
            | Op::ReturnCallRef
    ) || is_helped(op)
}

/// Whether an instruction writes to a memory or a global.
fn is_store(op: Op) -> bool {
    matches!(op.class(), Class::Store | Class::StoreLane)
        || matches!(op, Op::GlobalSet | Op::GlobalSetVec | Op::GlobalSetWide)
}

/// Whether an instruction is done by a helper of the engine.
pub(super) fn is_helped(op: Op) -> bool {
    matches!(
        op,
        Op::MemoryGrow
            | Op::MemoryFill
            | Op::MemoryCopy
            | Op::MemoryInit
            | Op::DataDrop
            | Op::TableGet
            | Op::TableSet
            | Op::TableSize
            | Op::TableGrow
            | Op::TableFill
            | Op::TableCopy
            | Op::TableInit
            | Op::ElemDrop
            | Op::Throw
            | Op::ThrowRef
    )
}

/// A block before the reachable ones are put in order.
struct Raw {
    pos: u32,
    end: u32,
    /// Where the numbers of the blocks it leads to are.
    succs: Range<u32>,
    barrier: bool,
    stores: bool,
}

fn target(words: &[u64], pos: usize, word: usize) -> u32 {
    (pos as i64 + i64::from(words[word] as u32 as i32)) as u32
}

/// All blocks by position, and the numbers of those they lead to.
fn scan(code: &Code) -> (Vec<Raw>, Vec<u32>) {
    let words = &code.words;
    let mut blocks: Vec<Raw> = Vec::new();
    let mut targets: Vec<u32> = Vec::new();
    let mut pos = code.entry as usize;
    let mut open = false;
    while pos < words.len() {
        let head = Head(words[pos]);
        let (op, next) = (head.op(), pos + len_at(words, pos));
        if op == Op::Charge {
            if open {
                targets.push(pos as u32);
            }
            if let Some(last) = blocks.last_mut() {
                last.succs.end = targets.len() as u32;
            }
            blocks.push(Raw {
                pos: pos as u32,
                end: next as u32,
                succs: targets.len() as u32..0,
                barrier: false,
                stores: false,
            });
            open = true;
            pos = next;
            continue;
        }
        let block = blocks.last_mut().expect("code begins with a block");
        block.end = next as u32;
        block.barrier |= is_barrier(op);
        block.stores |= is_barrier(op) || is_store(op);
        if head.flags() & (Head::IF_TRUE | Head::IF_FALSE) != 0
            && !matches!(op.class(), Class::Load | Class::Store)
        {
            targets.push(target(words, pos, pos + 2));
        }
        match op {
            Op::Br => targets.push(target(words, pos, pos + 1)),
            Op::BrTable => {
                let count = (words[pos + 1] >> 32) as usize;
                targets.extend((0..count).map(|i| target(words, pos, pos + 2 + i)));
            }
            _ => {}
        }
        open &= !is_last(op);
        pos = next;
    }
    if let Some(last) = blocks.last_mut() {
        last.succs.end = targets.len() as u32;
    }
    for target in &mut targets {
        *target = block_at(&blocks, *target) as u32;
    }
    (blocks, targets)
}

/// The number of the block at word position `pos`.
fn block_at(blocks: &[Raw], pos: u32) -> usize {
    blocks.partition_point(|block| block.pos < pos)
}

/// Instructions behind which their block cannot go on.
fn is_last(op: Op) -> bool {
    matches!(
        op,
        Op::Br
            | Op::BrTable
            | Op::Return
            | Op::ReturnVoid
            | Op::ReturnVec
            | Op::ReturnWide
            | Op::ReturnMany
            | Op::ReturnCall
            | Op::ReturnCallIndirect
            | Op::ReturnCallRef
            | Op::Unreachable
            | Op::Throw
            | Op::ThrowRef
    )
}

impl Flow {
    /// The shape of `code` entered at the block at word position `entry`.
    pub(super) fn new(code: &Code, entry: u32) -> Result<Flow, Refused> {
        let places = Places {
            frame_slots: code.frame_slots,
        };
        let (raw, targets) = scan(code);
        let start = block_at(&raw, entry);
        let reached = reach(&raw, &targets, start);
        // By position, beginning with the entry: loops stay together.
        let order: Vec<usize> = (start..raw.len())
            .chain(0..start)
            .filter(|&index| reached[index])
            .collect();
        // Entered in the middle, a function begins with an empty block.
        let middle = u32::from(entry != code.entry);
        let mut number = vec![u32::MAX; raw.len()];
        for (index, &block) in order.iter().enumerate() {
            number[block] = index as u32 + middle;
        }
        let empty = (middle == 1).then(|| Node::empty(entry));
        // The empty block leads to the one behind it.
        let mut succs = vec![1; middle as usize];
        let nodes = order.iter().map(|&index| Node {
            pos: raw[index].pos,
            end: raw[index].end,
            cost: code.words[raw[index].pos as usize + 1] as u32,
            succs: {
                let start = succs.len() as u32;
                let own = &targets[raw[index].succs.start as usize..raw[index].succs.end as usize];
                succs.extend(own.iter().map(|&to| number[to as usize]));
                start..succs.len() as u32
            },
            loop_end: None,
            inner: None,
            outer: None,
            depth: 0,
            barrier: raw[index].barrier,
            stores: raw[index].stores,
        });
        let nodes: Vec<Node> = empty.into_iter().chain(nodes).collect();
        let words = nodes.len() * (places.count() as usize).div_ceil(64);
        if words > MAX_BITS_WORDS {
            return Err(Refused::TooLarge);
        }
        let mut flow = Flow {
            places,
            live: Sets::new(nodes.len(), places.count()),
            written: Sets::new(nodes.len(), places.count()),
            caught: vec![false; nodes.len()],
            barriers: Vec::new(),
            nodes,
            succs,
        };
        flow.find_loops()?;
        flow.find_live(code, &raw, &number);
        flow.find_written();
        Ok(flow)
    }

    /// Blocks that `block` leads to, in the order its last instruction names
    /// them.
    pub(super) fn succs(&self, block: u32) -> &[u32] {
        let range = &self.nodes[block as usize].succs;
        &self.succs[range.start as usize..range.end as usize]
    }

    /// Whether the loop from block `head` has a barrier.
    pub(super) fn loop_has_barrier(&self, head: u32) -> bool {
        let end = self.nodes[head as usize].loop_end.unwrap_or(head);
        self.barriers[end as usize + 1][0] != self.barriers[head as usize][0]
    }

    /// Whether memories or globals may change in the loop from block `head`.
    pub(super) fn loop_stores(&self, head: u32) -> bool {
        let end = self.nodes[head as usize].loop_end.unwrap_or(head);
        self.barriers[end as usize + 1][1] != self.barriers[head as usize][1]
    }

    fn find_loops(&mut self) -> Result<(), Refused> {
        let mut barriers = vec![[0; 2]];
        for index in 0..self.nodes.len() as u32 {
            let node = &self.nodes[index as usize];
            let [with_barrier, with_store] = barriers[index as usize];
            barriers.push([
                with_barrier + u32::from(node.barrier),
                with_store + u32::from(node.stores),
            ]);
            for n in self.nodes[index as usize].succs.clone() {
                let to = self.succs[n as usize];
                if to <= index {
                    let end = &mut self.nodes[to as usize].loop_end;
                    *end = Some(end.map_or(index, |end| end.max(index)));
                }
            }
        }
        self.barriers = barriers;
        let mut open: Vec<(u32, u32)> = Vec::new();
        for index in 0..self.nodes.len() as u32 {
            while open.last().is_some_and(|&(_, end)| end < index) {
                open.pop();
            }
            if let Some(end) = self.nodes[index as usize].loop_end {
                if open.last().is_some_and(|&(_, outer)| outer < end) {
                    return Err(Refused::Irreducible);
                }
                self.nodes[index as usize].outer = open.last().map(|&(head, _)| head);
                open.push((index, end));
            }
            let node = &mut self.nodes[index as usize];
            node.inner = open.last().map(|&(head, _)| head);
            node.depth = open.len().min(255) as u8;
        }
        self.check_entries()
    }

    /// Loops are entered at their heads only.
    fn check_entries(&self) -> Result<(), Refused> {
        for index in 0..self.nodes.len() {
            for &to in self.succs(index as u32) {
                let mut inner = self.nodes[to as usize].inner;
                while let Some(head) = inner {
                    let end = self.nodes[head as usize].loop_end.unwrap_or(head);
                    let inside = (head..=end).contains(&(index as u32));
                    if inside {
                        break;
                    }
                    if to != head {
                        return Err(Refused::Irreducible);
                    }
                    inner = self.nodes[head as usize].outer;
                }
            }
        }
        Ok(())
    }

    fn find_written(&mut self) {
        // Innermost loops come last among those that share blocks, so going
        // backwards every inner loop is complete before the outer ones.
        for head in (0..self.nodes.len() as u32).rev() {
            let Some(end) = self.nodes[head as usize].loop_end else {
                continue;
            };
            let words = self.written.words;
            for index in head + 1..=end {
                for word in 0..words {
                    let bits = self.written.row(index)[word];
                    self.written.row_mut(head)[word] |= bits;
                }
            }
        }
    }

    /// Places read before they are written, and places written, in one block.
    fn local(places: Places, code: &Code, block: &Raw, read: &mut [u64], written: &mut [u64]) {
        let mut pos = block.pos as usize;
        while pos < block.end as usize {
            effects(places, &code.words, pos, |effect| match effect {
                Effect::Read(place) => {
                    if !holds(written, place) {
                        insert(read, place);
                    }
                }
                Effect::Write(place) => insert(written, place),
                Effect::Forget(first) => {
                    (first..places.count()).for_each(|place| insert(written, place));
                }
            });
            pos += len_at(&code.words, pos);
        }
    }

    fn find_live(&mut self, code: &Code, raw: &[Raw], number: &[u32]) {
        let places = self.places;
        let caught = match code.regions.is_empty() {
            true => None,
            false => Some((read_anywhere(places, code, raw), in_regions(code, raw))),
        };
        for (index, block) in raw.iter().enumerate() {
            let own = number[index];
            if own == u32::MAX {
                continue;
            }
            let words = self.live.words;
            let row = own as usize * words..(own as usize + 1) * words;
            let read = &mut self.live.bits[row.clone()];
            let written = &mut self.written.bits[row];
            Flow::local(places, code, block, read, written);
            if let Some((all, inside)) = &caught
                && inside[index]
            {
                for (word, &more) in read.iter_mut().zip(all.iter()) {
                    *word |= more;
                }
                self.caught[own as usize] = true;
            }
        }
        self.spread();
    }

    /// What is live behind a block and not written in it is live before it.
    fn spread(&mut self) {
        let words = self.live.words;
        let mut again = true;
        while again {
            for index in (0..self.nodes.len()).rev() {
                for n in self.nodes[index].succs.clone() {
                    let to = self.succs[n as usize] as usize;
                    for word in 0..words {
                        let after = self.live.bits[to * words + word];
                        let kept = after & !self.written.bits[index * words + word];
                        self.live.bits[index * words + word] |= kept;
                    }
                }
            }
            // Ways forward are done; ways back may have brought more since.
            again = (0..self.nodes.len()).any(|index| self.brings_more(index));
        }
    }

    /// Whether a way back from a block leads to where more is live than the
    /// block knows.
    fn brings_more(&self, index: usize) -> bool {
        let words = self.live.words;
        let back = |&&to: &&u32| to as usize <= index;
        self.succs(index as u32).iter().filter(back).any(|&to| {
            (0..words).any(|word| {
                let after = self.live.bits[to as usize * words + word];
                let kept = after & !self.written.bits[index * words + word];
                kept & !self.live.bits[index * words + word] != 0
            })
        })
    }
}

fn reach(raw: &[Raw], targets: &[u32], start: usize) -> Vec<bool> {
    let mut reached = vec![false; raw.len()];
    let mut open = vec![start];
    reached[start] = true;
    while let Some(index) = open.pop() {
        for n in raw[index].succs.clone() {
            let to = targets[n as usize] as usize;
            if !reached[to] {
                reached[to] = true;
                open.push(to);
            }
        }
    }
    reached
}

/// Places that some block reads before it writes them: all that an exception
/// handler can need. Machine code leaves handlers to the interpreter, so which
/// of them a region's own handlers read is not worth finding out.
fn read_anywhere(places: Places, code: &Code, raw: &[Raw]) -> Box<[u64]> {
    let words = (places.count() as usize).div_ceil(64);
    let mut all = vec![0; words].into_boxed_slice();
    for block in raw {
        let mut written = vec![0; words];
        Flow::local(places, code, block, &mut all, &mut written);
    }
    // Accumulators hold nothing when a handler is entered.
    for place in [places.acc(), places.vec()] {
        all[place as usize / 64] &= !(1 << (place % 64));
    }
    all
}

/// Whether each block lies in an exception region.
fn in_regions(code: &Code, raw: &[Raw]) -> Vec<bool> {
    let mut changes = vec![0_i32; raw.len() + 1];
    let at = |pos: u32| raw.partition_point(|block| block.pos < pos);
    for region in &code.regions {
        // A region may begin inside a block, behind its charge.
        let first = raw.partition_point(|block| block.end <= region.start);
        let last = at(region.end).max(first);
        changes[first] += 1;
        changes[last] -= 1;
    }
    let mut depth = 0;
    changes[..raw.len()]
        .iter()
        .map(|change| {
            depth += change;
            depth > 0
        })
        .collect()
}
