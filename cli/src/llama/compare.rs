//! The same answer in two ways, compared bit by bit.

use lockstep_llama::compare::{Difference, Run};
use serde_json::{Value, json};

use super::errors::failure;
use super::watch::{Keep, Pace};
use super::{Llama, Ran, Task};
use crate::error::{Failure, Kind};
use crate::output::{self, Style, grouped, hex};
use crate::progress::Meter;

impl Llama {
    /// Answers as the options say, and as they say after `changes`; prints what differs.
    ///
    /// # Errors
    /// [`Kind::Failed`] if anything does.
    pub(super) fn compare(
        &self,
        task: &Task<'_>,
        changes: &str,
        meter: &Meter,
    ) -> Result<(), Failure> {
        let other = self.speed.with(changes);
        let other = other.map_err(|why| Failure::usage(format!("--compare: {why}")))?;
        let first = self.perform(task, self.speed, Keep::All, true, meter)?;
        let second = self.perform(task, other, Keep::All, false, meter)?;
        meter.wait("comparing");
        let difference = Difference::find(&run(&first), &run(&second)).map_err(failure)?;
        meter.finish();
        let comparison = Comparison {
            names: ["as asked", changes],
            runs: [&first, &second],
            difference: difference.as_ref(),
        };
        match self.json {
            true => output::print_json(&comparison.to_json())?,
            false => output::print(&comparison.text())?,
        }
        match difference {
            None => Ok(()),
            Some(_) => Err(Failure::new(
                Kind::Failed,
                format!("the answer is another with {changes}"),
            )),
        }
    }
}

/// What is compared.
fn run(ran: &Ran) -> Run<'_> {
    Run {
        tokens: &ran.answer.tokens,
        logits: &ran.seen.logits,
        fuel: Some(ran.session.machine().fuel_consumed()),
        machine: ran.session.machine(),
    }
}

struct Comparison<'a> {
    names: [&'a str; 2],
    runs: [&'a Ran; 2],
    difference: Option<&'a Difference>,
}

impl Comparison<'_> {
    /// For people: how fast both were, and part by part whether it is the same.
    fn text(&self) -> String {
        let style = Style::stdout();
        let mut text = String::from("\n");
        for (name, ran) in self.names.into_iter().zip(self.runs) {
            let speed = |pace: Pace| match pace.per_second() {
                Some(speed) => format!("{speed:.2}"),
                None => "no".to_owned(),
            };
            let (prompt, answer) = (speed(ran.seen.prompt), speed(ran.seen.answer));
            text += &format!(
                "{name}: {prompt} tokens a second of the prompt, {answer} of the answer\n"
            );
        }
        let [first, second] = self.runs.map(details);
        for (index, (part, difference)) in self.parts().into_iter().enumerate() {
            let part = style.dim(format!("{part:<8}"));
            match difference {
                None => text += &format!("{part} equal: {}\n", first[index]),
                Some(words) => {
                    text += &format!("{part} different: {words}\n");
                    for (name, details) in self.names.into_iter().zip([&first, &second]) {
                        text += &format!("  {name}: {}\n", details[index]);
                    }
                }
            }
        }
        text + if self.difference.is_none() {
            "equal\n"
        } else {
            ""
        }
    }

    fn parts(&self) -> [(&'static str, Option<String>); 4] {
        match self.difference {
            Some(difference) => difference.parts(),
            None => ["tokens", "logits", "memory", "fuel"].map(|part| (part, None)),
        }
    }

    /// For programs.
    fn to_json(&self) -> Value {
        let runs = self.names.into_iter().zip(self.runs).map(|(name, ran)| {
            let stats = &ran.answer.stats;
            let (memory_bytes, memory) = ran.session.machine().memory_state();
            json!({
                "how": name,
                "tokens": ran.answer.tokens,
                "prompt_tokens_per_second": ran.seen.prompt.per_second(),
                "answer_tokens_per_second": ran.seen.answer.per_second(),
                "tokens_blake3": hex(&stats.tokens_hash),
                "logits_blake3": hex(&stats.logits_hash),
                "memory_bytes": memory_bytes,
                "memory_blake3": hex(&memory),
                "fuel": ran.session.machine().fuel_consumed(),
            })
        });
        let parts = self.parts().into_iter();
        let different = parts.filter_map(|(part, words)| Some((part.to_owned(), json!(words?))));
        json!({
            "outcome": if self.difference.is_none() { "equal" } else { "different" },
            "text": self.runs[0].answer.text,
            "runs": runs.collect::<Vec<_>>(),
            "different": Value::Object(different.collect()),
        })
    }
}

/// Tokens, logits, memory and fuel in words.
fn details(ran: &Ran) -> [String; 4] {
    let stats = &ran.answer.stats;
    let (bytes, memory) = ran.session.machine().memory_state();
    let logits: usize = ran.seen.logits.iter().map(|logits| logits.len() / 4).sum();
    let tokens = output::count(stats.answer_tokens as usize, "token");
    [
        format!("{tokens}, blake3 {}", hex(&stats.tokens_hash)),
        format!(
            "{} logits, blake3 {}",
            grouped(logits as u64),
            hex(&stats.logits_hash)
        ),
        format!("{}, blake3 {}", output::bytes(bytes), hex(&memory)),
        grouped(ran.session.machine().fuel_consumed()),
    ]
}
