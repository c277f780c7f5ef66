//! Values: made once for each expression, as far out of loops as they can be.

use isa::{NumType, Op};

use super::build::Builder;
use super::ir::{Inst, Kind, Ty, Val};

/// A table from expressions to the values they have been given.
pub(super) struct Numbers {
    /// Hashes and their values, which are `u32::MAX` where there is none.
    table: Vec<(u32, u32)>,
    count: usize,
}

fn hash(inst: &Inst) -> u32 {
    let kind = match inst.kind {
        Kind::Row(op) => op as u64,
        Kind::Load(op) | Kind::LoadLane(op) => 0x400 | op as u64,
        Kind::Canon(shape) => 0x800 | shape as u64,
        other => 0x1000 | other.plain_number(),
    };
    let mut hash = kind ^ (inst.ty as u64) << 16;
    for part in [
        u64::from(inst.args[0].0) | u64::from(inst.args[1].0) << 32,
        u64::from(inst.args[2].0),
        inst.imm,
    ] {
        hash = (hash.rotate_left(5) ^ part).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    (hash >> 20) as u32
}

impl Kind {
    /// Tells apart the kinds that have no row.
    fn plain_number(self) -> u64 {
        match self {
            Kind::Const => 0,
            Kind::ConstWide => 1,
            Kind::SlotLoad => 2,
            Kind::Select => 3,
            Kind::Memory => 4,
            Kind::Global => 5,
            Kind::GlobalGet => 6,
            Kind::FuncRef => 7,
            Kind::Check => 8,
            Kind::NonNull => 9,
            Kind::Address => 10,
            _ => 11,
        }
    }
}

impl Numbers {
    /// A table with room for about `count` values.
    pub(super) fn new(count: usize) -> Numbers {
        Numbers {
            table: vec![(0, u32::MAX); (2 * count).next_power_of_two().max(64)],
            count: 0,
        }
    }

    /// The place of `inst` in the table: of an equal one, or a free one.
    fn slot(&self, insts: &[Inst], inst: &Inst, hash: u32) -> usize {
        let mask = self.table.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let (own, val) = self.table[at];
            if val == u32::MAX {
                return at;
            }
            let other = &insts[val as usize];
            if own == hash
                && other.kind == inst.kind
                && other.ty == inst.ty
                && other.args == inst.args
                && other.imm == inst.imm
            {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    fn get(&self, insts: &[Inst], inst: &Inst) -> Option<Val> {
        let (_, val) = self.table[self.slot(insts, inst, hash(inst))];
        (val != u32::MAX).then_some(Val(val))
    }

    /// Remembers `val`; it takes the place of an equal expression.
    fn put(&mut self, insts: &[Inst], val: Val) {
        if self.count * 2 >= self.table.len() {
            let old = std::mem::take(&mut self.table);
            self.table = vec![(0, u32::MAX); old.len() * 2];
            for (hash, val) in old.into_iter().filter(|&(_, val)| val != u32::MAX) {
                let at = self.slot(insts, &insts[val as usize], hash);
                self.table[at] = (hash, val);
            }
        }
        let inst = &insts[val.index()];
        let hash = hash(inst);
        let at = self.slot(insts, inst, hash);
        self.count += usize::from(self.table[at].1 == u32::MAX);
        self.table[at] = (hash, val.0);
    }
}

/// The block of constants, which are everywhere.
pub(super) const EVERYWHERE: u32 = u32::MAX;

impl Builder<'_> {
    /// An integer constant, or the bits of a float.
    pub(super) fn constant(&mut self, ty: Ty, bits: u64) -> Val {
        self.everywhere(Kind::Const, ty, bits)
    }

    pub(super) fn wide_constant(&mut self, bits: [u64; 2]) -> Val {
        let known = self.f.wides.iter().rposition(|&wide| wide == bits);
        let number = known.unwrap_or_else(|| {
            self.f.wides.push(bits);
            self.f.wides.len() - 1
        });
        self.everywhere(Kind::ConstWide, Ty::V128, number as u64)
    }

    fn everywhere(&mut self, kind: Kind, ty: Ty, imm: u64) -> Val {
        let inst = Inst {
            kind,
            ty,
            args: [Val::NONE; 3],
            imm,
            pos: 0,
            block: EVERYWHERE,
            region: 0,
        };
        self.numbers.get(&self.f.insts, &inst).unwrap_or_else(|| {
            let val = self.f.make(inst);
            self.numbers.put(&self.f.insts, val);
            val
        })
    }

    /// A value without effects: one that is there already, or a new one at
    /// the end of the outermost block that it can be computed in.
    pub(super) fn pure(&mut self, kind: Kind, ty: Ty, args: [Val; 3], imm: u64) -> Val {
        let inst = Inst {
            kind,
            ty,
            args,
            imm,
            pos: self.pos,
            block: 0,
            region: self.region,
        };
        if let Some(val) = self.numbers.get(&self.f.insts, &inst)
            && self.is_available(val)
        {
            return val;
        }
        let block = self.outermost(&args);
        let val = self.f.make(inst);
        self.f.append(block, val);
        self.numbers.put(&self.f.insts, val);
        val
    }

    /// An instruction that has to be where it is, unless an equal one was
    /// before; what it depends on besides its arguments is part of `imm`.
    pub(super) fn anchored(&mut self, inst: Inst) -> Val {
        if let Some(val) = self.numbers.get(&self.f.insts, &inst)
            && self.is_available(val)
        {
            return val;
        }
        let val = self.effect(inst);
        self.numbers.put(&self.f.insts, val);
        val
    }

    /// An instruction in its place.
    pub(super) fn effect(&mut self, inst: Inst) -> Val {
        let val = self.f.make(inst);
        self.f.append(self.block, val);
        val
    }

    /// Whether `val` can be used here: its block dominates this one, and no
    /// call lies between.
    pub(super) fn is_available(&self, val: Val) -> bool {
        let block = self.f.inst(val).block;
        block == EVERYWHERE || self.f.inst(val).region == self.region && self.dominates(block)
    }

    /// The block in which something made of `args` is computed least often.
    fn outermost(&self, args: &[Val; 3]) -> u32 {
        let mut block = self.block;
        while let Some(head) = self.flow.nodes[block as usize].inner {
            let inside = |&arg: &Val| {
                !arg.is_none() && {
                    let def = self.f.inst(arg).block;
                    def != EVERYWHERE && def >= head
                }
            };
            match self.preheaders[head as usize] {
                Some(before) if !self.flow.loop_has_barrier(head) && !args.iter().any(inside) => {
                    block = before;
                }
                _ => break,
            }
        }
        block
    }

    /// The value with its bits as a value of another type.
    pub(super) fn as_type(&mut self, val: Val, ty: Ty) -> Val {
        let own = self.f.inst(val).ty;
        if own == ty {
            return val;
        }
        if let Some(bits) = self.f.constant(val)
            && ty != Ty::V128
        {
            return self.constant(ty, bits);
        }
        let convert = |builder: &mut Self, op: Op, ty, val| {
            builder.pure(Kind::Row(op), ty, [val, Val::NONE, Val::NONE], 0)
        };
        match (own, ty) {
            // Both are the low bits of a vector register.
            (Ty::F32, Ty::F64) | (Ty::F64, Ty::F32) => val,
            (Ty::Int, Ty::F32) => convert(self, Op::F32ReinterpretI32, Ty::F32, val),
            (Ty::Int, Ty::F64) => convert(self, Op::F64ReinterpretI64, Ty::F64, val),
            (Ty::F32, Ty::Int) => convert(self, Op::I32ReinterpretF32, Ty::Int, val),
            (Ty::F64, Ty::Int) => convert(self, Op::I64ReinterpretF64, Ty::Int, val),
            (Ty::V128, _) => {
                let args = [val, Val::NONE, Val::NONE];
                let low = self.pure(Kind::Row(Op::I64x2ExtractLane), Ty::Int, args, 0);
                self.as_type(low, ty)
            }
            (_, Ty::V128) => {
                // Only a zeroed local is read as something else than it was
                // written as, so both halves are that constant.
                let low = self.as_type(val, Ty::Int);
                self.pure(
                    Kind::Row(Op::I64x2Splat),
                    Ty::V128,
                    [low, Val::NONE, Val::NONE],
                    0,
                )
            }
            (Ty::Int, Ty::Int) | (Ty::F32, Ty::F32) | (Ty::F64, Ty::F64) => val,
        }
    }

    /// A row without a trap.
    pub(super) fn row(&mut self, op: Op, args: [Val; 3], imm: u64, result: NumType) -> Val {
        self.pure(Kind::Row(op), Ty::of(result), args, imm)
    }
}
