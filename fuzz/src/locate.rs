//! The first instruction at which two tiers part.

use std::fmt;

use wasmparser::{Parser, Payload};

use crate::program::Program;
use crate::rewrite::{self, Event};
use crate::tier::{Run, Tier};

/// Events shown before the one that differs.
const CONTEXT: usize = 4;

/// Where two runs produced different values first.
#[derive(Clone, Debug)]
pub struct Located {
    /// What both produced just before, oldest first.
    pub before: Vec<Event>,
    /// What each produced then; None if its program had ended.
    pub events: [Option<Event>; 2],
    /// The text of the instruction of each.
    pub instructions: [String; 2],
    /// How many values both produced alike.
    pub alike: usize,
}

/// What looking for it came to.
#[derive(Clone, Debug)]
pub enum Search {
    /// It was found.
    Found(Box<Located>),
    /// Both produced the same values, so many of them: the observed program
    /// does not show the difference, or it lies beyond the log.
    Alike(usize),
    /// One of the tiers does not take the observed program.
    Impossible(String),
}

/// Runs the program in both tiers with every value written down.
pub fn locate(program: &Program, left: &dyn Tier, right: &dyn Tier) -> Search {
    let observed = rewrite::observe(&program.wasm).map(|wasm| Program {
        wasm,
        fuel: program.fuel.saturating_mul(32),
        ..program.clone()
    });
    let observed = match observed {
        Ok(observed) => observed,
        Err(e) => return Search::Impossible(e.to_string()),
    };
    let log = |tier: &dyn Tier| tier.run(&observed).map(|run| events(&run));
    let (a, b) = match (log(left), log(right)) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(e), _) | (_, Err(e)) => return Search::Impossible(e.to_string()),
    };
    let count = a.len().max(b.len());
    let Some(at) = (0..count).find(|&i| a.get(i) != b.get(i)) else {
        return Search::Alike(count);
    };
    let events = [a.get(at).copied(), b.get(at).copied()];
    let instructions =
        events.map(|event| event.map_or(String::new(), |e| text(&program.wasm, e.offset)));
    Search::Found(Box::new(Located {
        before: a[at.saturating_sub(CONTEXT)..at].to_vec(),
        events,
        instructions,
        alike: at,
    }))
}

fn events(run: &Run) -> Vec<Event> {
    let log = run
        .state
        .memories
        .iter()
        .find(|(name, _)| name == rewrite::LOG);
    log.map_or(Vec::new(), |(_, bytes)| rewrite::events(bytes))
}

/// The instruction at a byte offset of a module.
fn text(wasm: &[u8], offset: u32) -> String {
    let find = || {
        for payload in Parser::new(0).parse_all(wasm) {
            if let Payload::CodeSectionEntry(body) = payload.ok()? {
                let range = body.range();
                if !(range.start..range.end).contains(&offset.into()) {
                    continue;
                }
                let mut operators = body.get_operators_reader().ok()?;
                while !operators.eof() {
                    let (op, at) = operators.read_with_offset().ok()?;
                    if u64::from(offset) == at {
                        return Some(format!("{op:?}"));
                    }
                }
            }
        }
        None
    };
    find().unwrap_or_else(|| "no instruction".to_owned())
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "first different value, after {} alike:", self.alike)?;
        for event in &self.before {
            writeln!(f, "    both   {}", Shown(Some(event), ""))?;
        }
        for (side, (event, text)) in ["left ", "right"]
            .iter()
            .zip(self.events.iter().zip(&self.instructions))
        {
            writeln!(f, "    {side}  {}", Shown(event.as_ref(), text))?;
        }
        Ok(())
    }
}

struct Shown<'a>(Option<&'a Event>, &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(Event {
                function,
                offset,
                value,
            }) => {
                write!(
                    f,
                    "function {function} at {offset:#x} {} gives {value:?}",
                    self.1
                )
            }
            None => f.write_str("had ended"),
        }
    }
}
