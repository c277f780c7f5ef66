//! What the engine must know of machine code, written down compactly: numbers
//! in as few bytes as they need, sorted ones as their differences.
//!
//! Reading trusts nothing: whatever the bytes are, the result is either tables
//! whose places lie inside their function, or an error.

use crate::compiled::kept::{Kept, start_behind};
use crate::jit::native::{Home, NanFix, Native, StopBlock};

/// Most slots that a state can name: those of a frame, and as many behind it.
const MAX_SLOT: u32 = 1 << 17;

const VECTOR_REGISTERS: u8 = 32;
const GENERAL_REGISTERS: u8 = 16;

const NOTHING: u64 = 0;
const REFUSED: u64 = 1;
const CODE: u64 = 2;

#[derive(Default)]
struct Out(Vec<u8>);

impl Out {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A number as its difference from the one before.
    fn step(&mut self, last: &mut u32, number: u32) {
        let step = i64::from(number) - i64::from(*last);
        self.number((step << 1 ^ step >> 63) as u64);
        *last = number;
    }

    fn pairs(&mut self, pairs: &[(u32, u32)]) {
        self.number(pairs.len() as u64);
        let (mut offset, mut pos) = (0, 0);
        for pair in pairs {
            self.step(&mut offset, pair.0);
            self.step(&mut pos, pair.1);
        }
    }

    fn blocks(&mut self, blocks: &[StopBlock]) {
        self.number(blocks.len() as u64);
        let (mut pos, mut resume, mut state) = (0, 0, 0);
        for block in blocks {
            self.step(&mut pos, block.pos);
            self.number(u64::from(block.cost));
            self.step(&mut resume, block.resume);
            self.step(&mut state, block.state.start);
            self.step(&mut state, block.state.end);
        }
    }

    fn home(&mut self, home: Home) {
        let nan = |nan: NanFix| nan as u8;
        let (kind, fix, wide, number) = match home {
            Home::Gpr(register) => (0, 0, false, u64::from(register)),
            Home::Vec {
                register,
                wide,
                nan: fix,
            } => (1, nan(fix), wide, u64::from(register)),
            Home::Constant(bits) => (2, 0, false, bits),
            Home::WideConstant([low, high]) => {
                self.0.push(6);
                self.number(low);
                return self.number(high);
            }
            Home::Slot(slot) => (3, 0, false, u64::from(slot)),
            Home::WideSlot(slot, fix) => (4, nan(fix), false, u64::from(slot)),
            Home::FloatSlot(slot, fix) => (5, nan(fix), false, u64::from(slot)),
        };
        self.0.push(kind | fix << 3 | u8::from(wide) << 6);
        self.number(number);
    }
}

/// Writes what is kept of each function, in order.
pub(crate) fn write(functions: &[Kept<&Native>]) -> Vec<u8> {
    let mut out = Out::default();
    for function in functions {
        let (native, len) = match function {
            Kept::Nothing => {
                out.number(NOTHING);
                continue;
            }
            Kept::Refused => {
                out.number(REFUSED);
                continue;
            }
            Kept::Code { native, len, .. } => (native, *len),
        };
        out.number(CODE);
        out.number(u64::from(len));
        out.number(u64::from(native.entry));
        out.pairs(&native.returns);
        out.pairs(&native.faults);
        out.blocks(&native.blocks);
        out.number(native.states.len() as u64);
        for &(slot, home) in &native.states {
            out.number(u64::from(slot));
            out.home(home);
        }
    }
    out.0
}

/// Why tables cannot be read.
pub(crate) type Wrong = &'static str;

struct In<'a>(&'a [u8]);

impl In<'_> {
    fn byte(&mut self) -> Result<u8, Wrong> {
        let (&byte, rest) = self.0.split_first().ok_or("its tables end too soon")?;
        self.0 = rest;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u64, Wrong> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err("its tables have a number that is too large")
    }

    fn small(&mut self) -> Result<u32, Wrong> {
        let number = self.number()?;
        u32::try_from(number).map_err(|_| "its tables have a number that is too large")
    }

    /// A number of items, each of which takes bytes yet to come.
    fn count(&mut self) -> Result<usize, Wrong> {
        let count = self.number()?;
        let count = usize::try_from(count).ok();
        let count = count.filter(|&count| count <= self.0.len());
        count.ok_or("its tables have more items than bytes")
    }

    fn step(&mut self, last: &mut u32) -> Result<u32, Wrong> {
        let bits = self.number()?;
        let step = (bits >> 1) as i64 ^ -((bits & 1) as i64);
        let number = i64::from(*last).checked_add(step);
        let number = number.and_then(|number| u32::try_from(number).ok());
        *last = number.ok_or("its tables have a number out of range")?;
        Ok(*last)
    }

    /// Pairs of which the first ascend, from `least` to `most`.
    fn pairs(&mut self, least: u32, most: u32) -> Result<Vec<(u32, u32)>, Wrong> {
        let count = self.count()?;
        let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(count);
        let (mut offset, mut pos) = (0, 0);
        for _ in 0..count {
            let pair = (self.step(&mut offset)?, self.step(&mut pos)?);
            if !(least..=most).contains(&pair.0) {
                return Err("a place is outside its function");
            }
            if pairs.last().is_some_and(|last| last.0 > pair.0) {
                return Err("places are not in order");
            }
            pairs.push(pair);
        }
        Ok(pairs)
    }

    fn blocks(&mut self, len: u32) -> Result<Vec<StopBlock>, Wrong> {
        let count = self.count()?;
        let mut blocks = Vec::with_capacity(count);
        let (mut pos, mut resume, mut state) = (0, 0, 0);
        for _ in 0..count {
            let block = StopBlock {
                pos: self.step(&mut pos)?,
                cost: self.small()?,
                resume: self.step(&mut resume)?,
                state: self.step(&mut state)?..self.step(&mut state)?,
            };
            if block.resume >= len {
                return Err("a block is outside its function");
            }
            blocks.push(block);
        }
        Ok(blocks)
    }

    fn states(&mut self) -> Result<Vec<(u16, Home)>, Wrong> {
        let count = self.count()?;
        let mut states = Vec::with_capacity(count);
        for _ in 0..count {
            let slot = u16::try_from(self.number()?).map_err(|_| "a state has no such slot")?;
            states.push((slot, self.home()?));
        }
        Ok(states)
    }

    fn home(&mut self) -> Result<Home, Wrong> {
        let kind = self.byte()?;
        let number = self.number()?;
        let nan = match kind >> 3 & 7 {
            0 => NanFix::None,
            1 => NanFix::F32,
            2 => NanFix::F64,
            3 => NanFix::F32x4,
            4 => NanFix::F64x2,
            _ => return Err("a state repairs NaNs in an unknown way"),
        };
        let register = |count: u8| match u8::try_from(number) {
            Ok(register) if register < count => Ok(register),
            _ => Err("a state has no such register"),
        };
        let slot = || match u32::try_from(number) {
            Ok(slot) if slot < MAX_SLOT => Ok(slot),
            _ => Err("a state has no such slot"),
        };
        Ok(match (kind & 7, kind >> 6) {
            (0, 0) => Home::Gpr(register(GENERAL_REGISTERS)?),
            (1, wide @ (0 | 1)) => Home::Vec {
                register: register(VECTOR_REGISTERS)?,
                wide: wide == 1,
                nan,
            },
            (2, 0) => Home::Constant(number),
            (3, 0) => Home::Slot(slot()?),
            (4, 0) => Home::WideSlot(slot()?, nan),
            (5, 0) => Home::FloatSlot(slot()?, nan),
            (6, 0) => Home::WideConstant([number, self.number()?]),
            _ => return Err("a state has a value in an unknown place"),
        })
    }

    fn native(&mut self, len: u32) -> Result<Native, Wrong> {
        let native = Native {
            bytes: Vec::new(),
            entry: self.small()?,
            // A call may be the last instruction, but none returns to the first.
            returns: self.pairs(1, len)?,
            faults: self.pairs(0, len - 1)?,
            blocks: self.blocks(len)?,
            states: self.states()?,
            view: None,
        };
        if native.entry >= len {
            return Err("a function is entered outside itself");
        }
        let states = native.states.len();
        let fits = |block: &StopBlock| {
            block.state.start <= block.state.end && block.state.end as usize <= states
        };
        if !native.blocks.iter().all(fits) {
            return Err("a block has states that are not there");
        }
        Ok(native)
    }
}

/// Reads what is kept of `count` functions, whose code takes `code_len` bytes.
///
/// # Errors
/// What is wrong, if the tables are not what [`write`] writes.
pub(crate) fn read(tables: &[u8], count: usize, code_len: u64) -> Result<Vec<Kept<Native>>, Wrong> {
    let mut tables = In(tables);
    if count > tables.0.len() {
        return Err("its tables have more items than bytes");
    }
    let mut functions = Vec::with_capacity(count);
    let mut end = 0;
    for _ in 0..count {
        functions.push(match tables.number()? {
            NOTHING => Kept::Nothing,
            REFUSED => Kept::Refused,
            CODE => {
                let len = tables.small()?;
                let start = start_behind(end);
                end = start + u64::from(len);
                if len == 0 || end > code_len {
                    return Err("a function is outside the code");
                }
                let native = tables.native(len)?;
                Kept::Code { native, start, len }
            }
            _ => return Err("its tables have a function of an unknown kind"),
        });
    }
    if end != code_len {
        return Err("there is code of no function");
    }
    match tables.0 {
        [] => Ok(functions),
        _ => Err("there is something behind its tables"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables of four functions, whose code takes 321 bytes, and their text.
    fn tables() -> (Vec<u8>, String) {
        let functions = functions();
        let borrowed: Vec<Kept<&Native>> = functions.iter().map(borrow).collect();
        (write(&borrowed), format!("{functions:?}"))
    }

    fn borrow(kept: &Kept<Native>) -> Kept<&Native> {
        match kept {
            Kept::Nothing => Kept::Nothing,
            Kept::Refused => Kept::Refused,
            Kept::Code { native, start, len } => Kept::Code {
                native,
                start: *start,
                len: *len,
            },
        }
    }

    fn functions() -> Vec<Kept<Native>> {
        let fix = NanFix::F32x4;
        let homes = [
            Home::Gpr(15),
            Home::Vec {
                register: 31,
                wide: true,
                nan: fix,
            },
            Home::Vec {
                register: 0,
                wide: false,
                nan: NanFix::F64,
            },
            Home::Constant(u64::MAX),
            Home::Constant(0),
            Home::WideConstant([1 << 63, 77]),
            Home::Slot(70_000),
            Home::WideSlot(5, NanFix::F64x2),
            Home::FloatSlot(0, NanFix::F32),
        ];
        let states = (0..homes.len()).map(|i| (u16::MAX - i as u16, homes[i]));
        let block = |pos, cost, resume, state| StopBlock {
            pos,
            cost,
            resume,
            state,
        };
        let native = Native {
            bytes: Vec::new(),
            entry: 32,
            returns: vec![(1, 70), (40, 3), (300, u32::MAX)],
            faults: vec![(0, 9), (299, 0)],
            blocks: vec![
                block(7, u32::MAX, 299, 0..3),
                block(3, 0, 0, 0..0),
                block(900, 1, 10, 3..9),
            ],
            states: states.collect(),
            view: None,
        };
        let last = Native {
            entry: 0,
            ..Native::default()
        };
        vec![
            Kept::Nothing,
            Kept::Code {
                native,
                start: 0,
                len: 300,
            },
            Kept::Refused,
            Kept::Code {
                native: last,
                start: 320,
                len: 1,
            },
        ]
    }

    #[test]
    fn what_was_written_is_read() {
        let (tables, text) = tables();
        let again = read(&tables, 4, 321).unwrap();
        assert_eq!(format!("{again:?}"), text);
    }

    #[test]
    fn other_counts_and_sizes_are_refused() {
        let (tables, _) = tables();
        for (count, code_len) in [(3, 321), (5, 321), (0, 0), (4, 320), (4, 322), (4, 0)] {
            assert!(read(&tables, count, code_len).is_err());
        }
        assert!(read(&tables, usize::MAX, 321).is_err());
    }

    #[test]
    fn no_bytes_are_too_wrong_to_be_read() {
        let (tables, _) = tables();
        for len in 0..tables.len() {
            assert!(read(&tables[..len], 4, 321).is_err());
        }
        let mut read_well = 0;
        for at in 0..tables.len() {
            for byte in 0..=255 {
                let mut other = tables.clone();
                other[at] = byte;
                // Some of these are tables, of other functions.
                let Ok(functions) = read(&other, 4, 321) else {
                    continue;
                };
                read_well += 1;
                for function in functions {
                    let Kept::Code { native, len, .. } = function else {
                        continue;
                    };
                    assert!(native.entry < len);
                    assert!(native.returns.iter().all(|&(at, _)| at <= len));
                    assert!(native.faults.iter().all(|&(at, _)| at < len));
                    for block in native.blocks {
                        assert!(block.resume < len);
                        let state = block.state.start as usize..block.state.end as usize;
                        assert!(native.states.get(state).is_some());
                    }
                }
            }
        }
        assert!(read_well > tables.len());
    }
}
