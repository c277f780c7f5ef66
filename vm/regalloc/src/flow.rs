//! The shape of the control flow: predecessors, loops, frequencies and
//! dominators.

use crate::function::{Block, Function};

/// No block, value, edge or index.
pub(crate) const NONE: u32 = u32::MAX;

/// The distance, in instructions, that leaving a loop or entering a cold
/// block counts as: more than any way inside a loop.
pub(crate) const AWAY: u32 = 1 << 24;

/// How often a block is run, as a guess that is good for comparing.
pub(crate) fn weight(block: &Block) -> u64 {
    if block.cold {
        1
    } else {
        8 << (3 * u32::from(block.loop_depth.min(16)))
    }
}

/// What going from one block to another adds to the distance of a use.
pub(crate) fn penalty(from: &Block, to: &Block) -> u32 {
    let levels = from.loop_depth.saturating_sub(to.loop_depth);
    (u32::from(levels) + u32::from(to.cold && !from.cold)) * AWAY
}

/// A node of the dominator tree. The jump goes to some ancestor, such that
/// any ancestor is found in logarithmically many steps.
#[derive(Clone, Copy, Default)]
struct Node {
    parent: u32,
    jump: u32,
    depth: u32,
}

/// The control flow of a function.
#[derive(Default)]
pub(crate) struct Flow {
    pred_starts: Vec<u32>,
    pred_edges: Vec<u32>,
    loop_last: Vec<u32>,
    nodes: Vec<Node>,
    tree: Tree,
}

/// What is known of the dominator tree.
#[derive(Clone, Copy, Default, PartialEq)]
enum Tree {
    #[default]
    NotYet,
    Made,
    /// The function is irreducible or in an odd order.
    Unknown,
}

impl Flow {
    pub(crate) fn build(&mut self, function: &Function) {
        let blocks = function.blocks.len();
        self.tree = Tree::NotYet;
        self.loop_last.clear();
        self.loop_last.resize(blocks, NONE);
        self.pred_starts.clear();
        self.pred_starts.resize(blocks + 2, 0);
        self.pred_edges.clear();
        self.pred_edges.resize(function.edges.len(), 0);
        for edge in &function.edges {
            self.pred_starts[edge.to as usize + 2] += 1;
            // A cold block is often put behind everything else; its way back
            // makes no loop.
            let (from, to) = (function.block(edge.from), function.block(edge.to));
            if edge.from >= edge.to && (to.cold || !from.cold) {
                let last = &mut self.loop_last[edge.to as usize];
                *last = if *last == NONE {
                    edge.from
                } else {
                    edge.from.max(*last)
                };
            }
        }
        for block in 2..self.pred_starts.len() {
            self.pred_starts[block] += self.pred_starts[block - 1];
        }
        // Filling moves each start to the next block's, which is one index on.
        for (number, edge) in function.edges.iter().enumerate() {
            let at = &mut self.pred_starts[edge.to as usize + 1];
            self.pred_edges[*at as usize] = number as u32;
            *at += 1;
        }
    }

    /// The edges that lead to a block.
    pub(crate) fn preds(&self, block: u32) -> &[u32] {
        let block = block as usize;
        let (start, end) = (self.pred_starts[block], self.pred_starts[block + 1]);
        &self.pred_edges[start as usize..end as usize]
    }

    /// The last block that leads back to this one.
    pub(crate) fn loop_last(&self, block: u32) -> Option<u32> {
        let last = self.loop_last[block as usize];
        (last != NONE).then_some(last)
    }

    /// The immediate dominator of a block that is not the entry.
    pub(crate) fn dominator(&mut self, function: &Function, block: u32) -> Option<u32> {
        self.need_dominators(function);
        (self.tree == Tree::Made && block != 0).then(|| self.nodes[block as usize].parent)
    }

    /// The nearest block that dominates both.
    pub(crate) fn common_dominator(&mut self, function: &Function, a: u32, b: u32) -> Option<u32> {
        self.need_dominators(function);
        (self.tree == Tree::Made).then(|| self.common(a, b))
    }

    /// Like [`Flow::dominator`], for a tree that was asked for before.
    pub(crate) fn known_dominator(&self, block: u32) -> Option<u32> {
        (self.tree == Tree::Made && block != 0).then(|| self.nodes[block as usize].parent)
    }

    fn need_dominators(&mut self, function: &Function) {
        if self.tree == Tree::NotYet {
            self.tree = if self.make_tree(function) {
                Tree::Made
            } else {
                Tree::Unknown
            };
        }
    }

    /// One pass in linear order is enough where every edge back leads to a
    /// block that dominates its origin; whether that is so is checked at the
    /// end.
    fn make_tree(&mut self, function: &Function) -> bool {
        self.nodes.clear();
        self.nodes.push(Node::default());
        for block in 1..function.blocks.len() as u32 {
            let mut parent = NONE;
            for at in 0..self.preds(block).len() {
                let from = function.edges[self.preds(block)[at] as usize].from;
                if from < block {
                    parent = if parent == NONE {
                        from
                    } else {
                        self.common(parent, from)
                    };
                }
            }
            if parent == NONE {
                parent = 0;
            }
            self.add_node(parent);
        }
        function
            .edges
            .iter()
            .all(|edge| edge.from < edge.to || self.common(edge.from, edge.to) == edge.to)
    }

    fn add_node(&mut self, parent: u32) {
        let above = self.nodes[parent as usize];
        let jump = self.nodes[above.jump as usize];
        let far = self.nodes[jump.jump as usize];
        let equal = above.depth - jump.depth == jump.depth - far.depth;
        self.nodes.push(Node {
            parent,
            jump: if equal { jump.jump } else { parent },
            depth: above.depth + 1,
        });
    }

    fn common(&self, mut a: u32, mut b: u32) -> u32 {
        let node = |block: u32| self.nodes[block as usize];
        if node(a).depth < node(b).depth {
            (a, b) = (b, a);
        }
        let depth = node(b).depth;
        while node(a).depth > depth {
            let jump = node(a).jump;
            a = if node(jump).depth >= depth {
                jump
            } else {
                node(a).parent
            };
        }
        while a != b {
            if node(a).jump == node(b).jump {
                (a, b) = (node(a).parent, node(b).parent);
            } else {
                (a, b) = (node(a).jump, node(b).jump);
            }
        }
        a
    }
}
