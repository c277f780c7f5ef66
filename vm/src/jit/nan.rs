//! NaNs: made canonical only where their bits can be seen.
//!
//! The result of arithmetic may be a NaN with other bits than Wasm gives it;
//! such a value is *loose*: whoever looks at its bits must read any NaN in it
//! as the canonical one. Arithmetic and comparisons treat all NaNs alike and
//! take loose operands. Everything else observes, and gets the value by way
//! of a `Canon`. A NaN that was loaded has bits of its own, which must stay:
//! it is *exact*. Where both meet in one value (a phi, a choice between
//! values), the loose one is made canonical on its way in.
//! The proof is in docs/nan.md.

use std::collections::HashMap;

use isa::Op;
use isa::planted::{Fault, planted};

use super::ir::{Edge, Function, Inst, Kind, Shape, Ty, Val};
use super::value::EVERYWHERE;

/// What is known of the NaNs in a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// There are none, or only canonical ones.
    None,
    /// Any NaN stands for the canonical one, in lanes of this shape.
    Loose(Shape),
    /// The bits are those that Wasm gives.
    Exact,
}

impl Class {
    fn join(self, other: Class) -> Class {
        match (self, other) {
            (Class::None, other) => other,
            (own, Class::None) => own,
            (own, other) if own == other => own,
            _ => Class::Exact,
        }
    }
}

/// The NaN that results of arithmetic have, by the width of the lane.
const NAN32: u32 = 0x7fc0_0000;
const NAN64: u64 = 0x7ff8_0000_0000_0000;

fn is_plain32(bits: u32) -> bool {
    bits << 1 <= 0xff00_0000 || bits == NAN32
}

fn is_plain64(bits: u64) -> bool {
    bits << 1 <= 0xffe0_0000_0000_0000 || bits == NAN64
}

/// How a row treats floats.
enum Floats {
    /// Lanes of the first shape come in, of the second one go out.
    Arithmetic(Shape, Shape),
    /// Lanes of this shape come in; what goes out has no NaN.
    Consumes(Shape),
    /// An integer becomes a float.
    Converts,
    /// Operands are compared in lanes of this shape, and passed on lane by
    /// lane.
    Passes(Shape),
    /// A scalar of the first shape becomes lanes of the second, or back.
    Spreads(Shape, Shape),
    /// It looks at bits.
    Observes,
}

fn floats(op: Op) -> Floats {
    use Floats::{Arithmetic, Consumes, Converts, Observes, Passes, Spreads};
    use Op as O;
    use Shape::{F32, F32x4, F64, F64x2};
    match op {
        O::F32Add | O::F32Sub | O::F32Mul | O::F32Div | O::F32Min | O::F32Max => {
            Arithmetic(F32, F32)
        }
        O::F32Sqrt | O::F32Ceil | O::F32Floor | O::F32Trunc | O::F32Nearest => Arithmetic(F32, F32),
        O::F64Add | O::F64Sub | O::F64Mul | O::F64Div | O::F64Min | O::F64Max => {
            Arithmetic(F64, F64)
        }
        O::F64Sqrt | O::F64Ceil | O::F64Floor | O::F64Trunc | O::F64Nearest => Arithmetic(F64, F64),
        O::F32DemoteF64 => Arithmetic(F64, F32),
        O::F64PromoteF32 => Arithmetic(F32, F64),
        O::F32x4Add | O::F32x4Sub | O::F32x4Mul | O::F32x4Div => Arithmetic(F32x4, F32x4),
        O::F32x4Min | O::F32x4Max | O::F32x4Sqrt => Arithmetic(F32x4, F32x4),
        O::F32x4Ceil | O::F32x4Floor | O::F32x4Trunc | O::F32x4Nearest => Arithmetic(F32x4, F32x4),
        O::F32x4RelaxedMin | O::F32x4RelaxedMax => Arithmetic(F32x4, F32x4),
        O::F32x4RelaxedMadd | O::F32x4RelaxedNmadd => Arithmetic(F32x4, F32x4),
        O::F32x4RelaxedMaddUnfused | O::F32x4RelaxedNmaddUnfused => Arithmetic(F32x4, F32x4),
        O::F64x2Add | O::F64x2Sub | O::F64x2Mul | O::F64x2Div => Arithmetic(F64x2, F64x2),
        O::F64x2Min | O::F64x2Max | O::F64x2Sqrt => Arithmetic(F64x2, F64x2),
        O::F64x2Ceil | O::F64x2Floor | O::F64x2Trunc | O::F64x2Nearest => Arithmetic(F64x2, F64x2),
        O::F64x2RelaxedMin | O::F64x2RelaxedMax => Arithmetic(F64x2, F64x2),
        O::F64x2RelaxedMadd | O::F64x2RelaxedNmadd => Arithmetic(F64x2, F64x2),
        O::F64x2RelaxedMaddUnfused | O::F64x2RelaxedNmaddUnfused => Arithmetic(F64x2, F64x2),
        O::F32x4DemoteF64x2Zero => Arithmetic(F64x2, F32x4),
        O::F64x2PromoteLowF32x4 => Arithmetic(F32x4, F64x2),
        O::F32Eq | O::F32Ne | O::F32Lt | O::F32Gt | O::F32Le | O::F32Ge => Consumes(F32),
        O::F64Eq | O::F64Ne | O::F64Lt | O::F64Gt | O::F64Le | O::F64Ge => Consumes(F64),
        O::F32x4Eq | O::F32x4Ne | O::F32x4Lt | O::F32x4Gt | O::F32x4Le | O::F32x4Ge => {
            Consumes(F32x4)
        }
        O::F64x2Eq | O::F64x2Ne | O::F64x2Lt | O::F64x2Gt | O::F64x2Le | O::F64x2Ge => {
            Consumes(F64x2)
        }
        O::I32TruncF32S | O::I32TruncF32U | O::I64TruncF32S | O::I64TruncF32U => Consumes(F32),
        O::I32TruncF64S | O::I32TruncF64U | O::I64TruncF64S | O::I64TruncF64U => Consumes(F64),
        O::I32TruncSatF32S | O::I32TruncSatF32U | O::I64TruncSatF32S | O::I64TruncSatF32U => {
            Consumes(F32)
        }
        O::I32TruncSatF64S | O::I32TruncSatF64U | O::I64TruncSatF64S | O::I64TruncSatF64U => {
            Consumes(F64)
        }
        O::I32x4TruncSatF32x4S | O::I32x4TruncSatF32x4U => Consumes(F32x4),
        O::I32x4TruncSatF64x2SZero | O::I32x4TruncSatF64x2UZero => Consumes(F64x2),
        O::I32x4RelaxedTruncF32x4S | O::I32x4RelaxedTruncF32x4U => Consumes(F32x4),
        O::I32x4RelaxedTruncF64x2SZero | O::I32x4RelaxedTruncF64x2UZero => Consumes(F64x2),
        O::F32ConvertI32S | O::F32ConvertI32U | O::F32ConvertI64S | O::F32ConvertI64U => Converts,
        O::F64ConvertI32S | O::F64ConvertI32U | O::F64ConvertI64S | O::F64ConvertI64U => Converts,
        O::F32x4PMin | O::F32x4PMax => Passes(F32x4),
        O::F64x2PMin | O::F64x2PMax => Passes(F64x2),
        O::F32x4Splat => Spreads(F32, F32x4),
        O::F64x2Splat => Spreads(F64, F64x2),
        O::F32x4ExtractLane => Spreads(F32x4, F32),
        O::F64x2ExtractLane => Spreads(F64x2, F64),
        _ => Observes,
    }
}

/// Classes of all values of a function.
pub(super) struct Classes(Vec<Class>);

impl Classes {
    pub(super) fn of(&self, val: Val) -> Class {
        self.0[val.index()]
    }
}

fn class_of_constant(f: &Function, inst: &Inst) -> Class {
    let plain = match (inst.kind, inst.ty) {
        (Kind::ConstWide, _) => {
            let [low, high] = f.wides[inst.imm as usize];
            let halves = [
                low as u32,
                (low >> 32) as u32,
                high as u32,
                (high >> 32) as u32,
            ];
            is_plain64(low) && is_plain64(high) && halves.into_iter().all(is_plain32)
        }
        // A move does not say how wide the float is that it moves.
        _ => is_plain32(inst.imm as u32) && is_plain64(inst.imm),
    };
    if plain { Class::None } else { Class::Exact }
}

/// The class of a value, as far as those of its operands are known.
fn class_of(f: &Function, classes: &[Class], inst: &Inst) -> Class {
    let arg = |n: usize| classes[inst.args[n].index()];
    match inst.kind {
        _ if inst.ty == Ty::Int => Class::None,
        Kind::Const | Kind::ConstWide => class_of_constant(f, inst),
        Kind::Select => arg(0).join(arg(1)),
        Kind::Row(op) => match floats(op) {
            Floats::Arithmetic(_, shape) => Class::Loose(shape),
            Floats::Converts => Class::None,
            Floats::Passes(own) => match arg(0).join(arg(1)) {
                Class::Loose(shape) if shape != own => Class::Exact,
                class => class,
            },
            Floats::Spreads(from, to) => match arg(0) {
                Class::Loose(shape) if shape == from => Class::Loose(to),
                Class::None => Class::None,
                _ => Class::Exact,
            },
            Floats::Consumes(_) | Floats::Observes => Class::Exact,
        },
        _ => Class::Exact,
    }
}

fn classify(f: &Function) -> Vec<Class> {
    let mut classes = vec![Class::None; f.insts.len()];
    let mut again = true;
    while again {
        again = false;
        // Values come in the order they were made in, so that only phis see
        // classes that are not known yet.
        for (index, inst) in f.insts.iter().enumerate() {
            if inst.kind != Kind::Phi && inst.ty != Ty::Int {
                classes[index] = class_of(f, &classes, inst);
            }
        }
        for edge in &f.edges {
            let params = f.blocks[edge.to as usize].params.clone();
            for (param, arg) in params.zip(edge.args.clone()) {
                let param = f.params[param as usize];
                if f.inst(param).ty == Ty::Int {
                    continue;
                }
                let own = classes[param.index()];
                let joined = own.join(classes[f.args[arg as usize].index()]);
                again |= joined != own;
                classes[param.index()] = joined;
            }
        }
    }
    classes
}

/// Puts a `Canon` in front of everything that looks at the bits of a loose
/// value.
struct Fixer<'f> {
    f: &'f mut Function,
    classes: Vec<Class>,
    /// For each value: in which block (or everywhere) it was made canonical,
    /// and the result.
    fixed: HashMap<Val, Vec<(u32, Val)>>,
}

/// Finds the classes of all values, and makes loose ones canonical wherever
/// their bits can be seen.
pub(super) fn fix(f: &mut Function) -> Classes {
    let classes = classify(f);
    let is_loose = |class: &Class| matches!(class, Class::Loose(_));
    if !classes.iter().any(is_loose) {
        return Classes(classes);
    }
    let mut fixer = Fixer {
        f,
        classes,
        fixed: HashMap::new(),
    };
    for block in 0..fixer.f.blocks.len() as u32 {
        fixer.block(block);
    }
    for edge in 0..fixer.f.edges.len() {
        fixer.edge(edge);
    }
    Classes(fixer.classes)
}

impl Fixer<'_> {
    /// Whether an instruction sees the bits of its argument `n`.
    fn observes(&self, val: Val, n: usize) -> bool {
        let inst = self.f.inst(val);
        let Class::Loose(shape) = self.classes[inst.args[n].index()] else {
            return false;
        };
        let passes = self.classes[val.index()] == Class::Loose(shape);
        match inst.kind {
            Kind::Row(op) => match floats(op) {
                Floats::Arithmetic(from, _) | Floats::Consumes(from) => shape != from,
                Floats::Spreads(from, _) => shape != from,
                Floats::Passes(own) => shape != own || !passes,
                Floats::Converts | Floats::Observes => true,
            },
            Kind::Select => !passes,
            Kind::Canon(_) => false,
            Kind::Store(_) if planted(Fault::StoredNan) => false,
            _ => true,
        }
    }

    fn block(&mut self, block: u32) {
        let mut before = u32::MAX;
        let mut at = self.f.blocks[block as usize].first;
        while at != u32::MAX {
            for n in 0..3 {
                let arg = self.f.insts[at as usize].args[n];
                if !arg.is_none() && self.observes(Val(at), n) {
                    self.f.insts[at as usize].args[n] = self.canon(arg, block, &mut before);
                }
            }
            before = at;
            at = self.f.next[at as usize];
        }
    }

    /// What goes into a phi that is not loose in the same way.
    fn edge(&mut self, edge: usize) {
        let Edge { from, to, args } = self.f.edges[edge].clone();
        let params = self.f.blocks[to as usize].params.clone();
        for (param, index) in params.zip(args) {
            let (param, arg) = (self.f.params[param as usize], self.f.args[index as usize]);
            let class = self.classes[arg.index()];
            let fits = class == self.classes[param.index()] || planted(Fault::JoinedNan);
            if matches!(class, Class::Loose(_)) && !fits {
                let mut last = self.f.blocks[from as usize].last;
                self.f.args[index as usize] = self.canon(arg, from, &mut last);
            }
        }
    }

    /// The canonical form of `val` for a use in `block`: made there, behind
    /// the instruction `before`, or where `val` is made if that is run less
    /// often.
    fn canon(&mut self, val: Val, block: u32, before: &mut u32) -> Val {
        let known = self.fixed.entry(val).or_default();
        let there = known
            .iter()
            .find(|&&(at, _)| at == block || at == EVERYWHERE);
        if let Some(&(_, canon)) = there {
            return canon;
        }
        let Class::Loose(shape) = self.classes[val.index()] else {
            unreachable!("only loose values are made canonical");
        };
        let inst = *self.f.inst(val);
        let depth = |block: u32| self.f.blocks[block as usize].depth;
        let at_origin = depth(inst.block) < depth(block);
        let canon = self.f.make(Inst {
            kind: Kind::Canon(shape),
            args: [val, Val::NONE, Val::NONE],
            imm: 0,
            ..inst
        });
        self.classes.push(Class::Exact);
        if at_origin {
            known.push((EVERYWHERE, canon));
            let behind = if inst.kind == Kind::Phi {
                u32::MAX
            } else {
                val.0
            };
            self.f.insert(inst.block, behind, canon);
        } else {
            known.push((block, canon));
            self.f.insert(block, *before, canon);
            *before = canon.0;
        }
        canon
    }
}
