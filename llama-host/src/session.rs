//! Inference with one model in one guest.

use std::ops::ControlFlow;

use crate::Error;
use crate::machine::{Machine, Value};
use crate::sampler::{Sampler, Sampling};
use crate::shim::{Filled, Shim};
use crate::text::TextStream;

/// How a model is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LlamaOptions {
    /// The length of the context in tokens; 0 means what the model was trained with, which can take a lot of memory.
    pub context: u32,
    /// How many tokens are computed together at most; 0 means 512. The results are the same for every value.
    pub batch: u32,
    /// Map the model's file and use its weights in place, instead of reading them into memory of their own. The results
    /// are the same.
    pub mapped: bool,
    /// Let llama.cpp write everything it has to say to the guest's standard error, not only warnings and errors.
    pub verbose: bool,
}

impl Default for LlamaOptions {
    fn default() -> Self {
        Self {
            context: 2048,
            batch: 0,
            mapped: true,
            verbose: false,
        }
    }
}

/// Facts about a loaded model.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModelFacts {
    /// Architecture, size and quantization in one line.
    pub description: String,
    /// The number of tokens in the vocabulary.
    pub vocabulary: u32,
    /// The context length the model was trained with, in tokens.
    pub trained_context: u32,
    /// The length of the context in use, in tokens.
    pub context: u32,
    /// Whether the model has a chat template.
    pub chat: bool,
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks: `system`, `user` or `assistant`.
    pub role: String,
    /// What is said.
    pub text: String,
}

impl Message {
    /// A turn.
    pub fn new(role: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            role: role.into(),
            text: text.into(),
        }
    }
}

/// How an answer is made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Generate {
    /// At most so many tokens.
    pub max_tokens: u32,
    /// How each token is chosen.
    pub sampling: Sampling,
}

impl Default for Generate {
    fn default() -> Self {
        Self {
            max_tokens: 256,
            sampling: Sampling::default(),
        }
    }
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// The model said so.
    Model,
    /// `max_tokens` was reached.
    MaxTokens,
    /// The context is full.
    ContextFull,
    /// The listener asked to stop.
    Stopped,
}

/// An answer, and what it took.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The text. Bytes that are not UTF-8 have become replacement characters.
    pub text: String,
    /// The tokens, without the one that ended the answer.
    pub tokens: Vec<i32>,
    /// Why it ended.
    pub end: End,
    /// Counts and hashes.
    pub stats: Stats,
}

/// Counts and hashes of one answer. Two runs that agree in the hashes agree in every bit of every logit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Tokens of the prompt.
    pub prompt_tokens: u32,
    /// How many of these were in the context already and were not computed again.
    pub reused_tokens: u32,
    /// Tokens of the answer.
    pub answer_tokens: u32,
    /// Fuel for the prompt, tokenizing included.
    pub prompt_fuel: u64,
    /// Fuel for the answer.
    pub answer_fuel: u64,
    /// BLAKE3 of the answer's tokens, each as 4 bytes little-endian.
    pub tokens_hash: [u8; 32],
    /// BLAKE3 of all logits that tokens were chosen from, in order, each as 4 bytes little-endian.
    pub logits_hash: [u8; 32],
}

/// A loaded model with its context.
pub struct Llama {
    shim: Shim,
    facts: ModelFacts,
    /// The tokens in the context.
    context: Vec<i32>,
}

impl Llama {
    /// Loads the model file that the guest sees at `path`.
    ///
    /// # Errors
    /// If the module is not the expected one, or llama.cpp refuses the model, or the guest fails.
    pub fn load(
        machine: Box<dyn Machine>,
        path: &str,
        options: &LlamaOptions,
    ) -> Result<Self, Error> {
        let mut shim = Shim::start(machine, options.verbose)?;
        let (len, mapped) = (path.len() as i64, i32::from(options.mapped));
        shim.with_input("ll_load", path.as_bytes(), |at| {
            vec![Value::I64(at), Value::I64(len), Value::I32(mapped)]
        })?;
        shim.number(
            "ll_context",
            &[
                Value::I32(clamp(options.context)),
                Value::I32(clamp(options.batch)),
            ],
        )?;
        let description = shim.fill("ll_describe", &[], 1, |at| {
            vec![Value::I64(at.output), Value::I64(i64::from(at.room))]
        })?;
        let facts = ModelFacts {
            description: String::from_utf8_lossy(&description).into_owned(),
            vocabulary: shim.number("ll_vocab_len", &[])?.unsigned_abs(),
            trained_context: shim.number("ll_trained_len", &[])?.unsigned_abs(),
            context: shim.number("ll_context_len", &[])?.unsigned_abs(),
            chat: shim.number("ll_has_chat", &[])? == 1,
        };
        Ok(Self {
            shim,
            facts,
            context: Vec::new(),
        })
    }

    /// Facts about the model.
    pub fn facts(&self) -> &ModelFacts {
        &self.facts
    }

    /// The machine that runs the model.
    pub fn machine(&self) -> &dyn Machine {
        self.shim.machine()
    }

    /// Cuts a prompt into tokens: with what the model wants at the beginning, and special tokens written in the text read
    /// as such.
    ///
    /// # Errors
    /// If the guest fails.
    pub fn tokenize(&mut self, text: &str) -> Result<Vec<i32>, Error> {
        const SPECIAL: i32 = 1 | 2;
        let bytes = self.shim.fill("ll_tokenize", text.as_bytes(), 4, |at| {
            let Filled {
                input,
                input_len,
                output,
                room,
            } = at;
            vec![
                Value::I64(input),
                Value::I64(input_len),
                Value::I64(output),
                Value::I32(room),
                Value::I32(SPECIAL),
            ]
        })?;
        Ok(bytes
            .chunks_exact(4)
            .map(|token| i32::from_le_bytes([token[0], token[1], token[2], token[3]]))
            .collect())
    }

    /// Writes a conversation as the model's chat template wants it, ending where the assistant is to go on.
    ///
    /// # Errors
    /// [`Error::Conversation`] if there is a zero byte in it; [`Error::Llama`] if the model has no template that llama.cpp
    /// knows.
    pub fn chat_prompt(&mut self, messages: &[Message]) -> Result<String, Error> {
        let mut conversation = Vec::new();
        for part in messages
            .iter()
            .flat_map(|message| [&message.role, &message.text])
        {
            if part.contains('\0') {
                return Err(Error::Conversation);
            }
            conversation.extend_from_slice(part.as_bytes());
            conversation.push(0);
        }
        let text = self.shim.fill("ll_chat", &conversation, 1, |at| {
            let Filled {
                input,
                input_len,
                output,
                room,
            } = at;
            vec![
                Value::I64(input),
                Value::I64(input_len),
                Value::I32(1),
                Value::I64(output),
                Value::I32(room),
            ]
        })?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// Answers a conversation: [`Llama::chat_prompt`], then [`Llama::complete`].
    ///
    /// # Errors
    /// As these two.
    pub fn chat(
        &mut self,
        messages: &[Message],
        generate: &Generate,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Result<Answer, Error> {
        let prompt = self.chat_prompt(messages)?;
        self.complete(&prompt, generate, on_text)
    }

    /// Continues a prompt. `on_text` gets the answer's text piece by piece, in whole characters, and may stop it. What the
    /// prompt has in common with the text already in the context is not computed again; the logits are the same as if it
    /// were.
    ///
    /// # Errors
    /// [`Error::Llama`] if the prompt does not fit the context; otherwise if the guest fails, after which the context is
    /// in an unknown state and the session must not be used again.
    pub fn complete(
        &mut self,
        prompt: &str,
        generate: &Generate,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Result<Answer, Error> {
        let mut sampler = Sampler::new(generate.sampling)?;
        let fuel_before = self.fuel();
        let tokens = self.tokenize(prompt)?;
        if tokens.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        let reused = self.rewind_to_common(&tokens)?;
        self.decode(&tokens[reused..])?;
        let fuel_prompted = self.fuel();
        let mut answer = Progressing::default();
        let end = self.answer(generate.max_tokens, &mut sampler, &mut answer, on_text)?;
        let text = answer.text.finish(on_text);
        let stats = Stats {
            prompt_tokens: tokens.len() as u32,
            reused_tokens: reused as u32,
            answer_tokens: answer.tokens.len() as u32,
            prompt_fuel: fuel_prompted - fuel_before,
            answer_fuel: self.fuel() - fuel_prompted,
            tokens_hash: hash_tokens(&answer.tokens),
            logits_hash: answer.logits.finalize().into(),
        };
        Ok(Answer {
            text,
            tokens: answer.tokens,
            end,
            stats,
        })
    }

    /// Computes tokens at the end of the context. For callers that choose tokens themselves, or measure.
    ///
    /// # Errors
    /// [`Error::Llama`] if there is a token that is none, or no room for all of them; otherwise as [`Llama::complete`].
    pub fn feed(&mut self, tokens: &[i32]) -> Result<(), Error> {
        self.decode(tokens)
    }

    /// The logits of the last token that was computed, one for each token of the vocabulary: the larger, the likelier is
    /// the token to follow.
    ///
    /// # Errors
    /// [`Error::EmptyPrompt`] if the context is empty; otherwise if the guest fails.
    pub fn logits(&mut self) -> Result<Vec<f32>, Error> {
        if self.context.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        let bytes = self.logit_bytes()?;
        Ok(floats(&bytes))
    }

    /// Empties the context.
    ///
    /// # Errors
    /// If the guest fails.
    pub fn forget(&mut self) -> Result<(), Error> {
        self.shim.number("ll_rewind", &[Value::I32(0)])?;
        self.context.clear();
        Ok(())
    }

    /// Chooses and computes tokens until there is a reason to stop.
    fn answer(
        &mut self,
        max_tokens: u32,
        sampler: &mut Sampler,
        answer: &mut Progressing,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Result<End, Error> {
        loop {
            if answer.tokens.len() as u64 >= u64::from(max_tokens) {
                return Ok(End::MaxTokens);
            }
            let token = self.choose(sampler, &mut answer.logits)?;
            if self.shim.number("ll_is_end", &[Value::I32(token)])? == 1 {
                return Ok(End::Model);
            }
            answer.tokens.push(token);
            let piece = self.piece(token)?;
            if answer.text.push(&piece, on_text).is_break() {
                return Ok(End::Stopped);
            }
            if self.context.len() >= self.facts.context as usize {
                return Ok(End::ContextFull);
            }
            if (answer.tokens.len() as u64) < u64::from(max_tokens) {
                self.decode(&[token])?;
            }
        }
    }

    /// Forgets what the context does not have in common with these tokens, and at least the last of them, because its
    /// logits are needed. Returns how many remain.
    fn rewind_to_common(&mut self, tokens: &[i32]) -> Result<usize, Error> {
        let common = self
            .context
            .iter()
            .zip(tokens)
            .take_while(|(old, new)| old == new)
            .count();
        let keep = common.min(tokens.len() - 1);
        if keep < self.context.len() {
            self.shim.number("ll_rewind", &[Value::I32(keep as i32)])?;
            self.context.truncate(keep);
        }
        Ok(keep)
    }

    fn decode(&mut self, tokens: &[i32]) -> Result<(), Error> {
        let bytes: Vec<u8> = tokens
            .iter()
            .flat_map(|token| token.to_le_bytes())
            .collect();
        let count = tokens.len() as i32;
        self.shim.with_input("ll_decode", &bytes, |at| {
            vec![Value::I64(at), Value::I32(count)]
        })?;
        self.context.extend_from_slice(tokens);
        Ok(())
    }

    fn choose(&mut self, sampler: &mut Sampler, hasher: &mut blake3::Hasher) -> Result<i32, Error> {
        let bytes = self.logit_bytes()?;
        hasher.update(&bytes);
        sampler
            .choose(&floats(&bytes))
            .map(|index| index as i32)
            .ok_or(Error::NoLogits)
    }

    fn logit_bytes(&mut self) -> Result<Vec<u8>, Error> {
        let address = self.shim.address("ll_logits", &[])?;
        self.shim.bytes(address, self.facts.vocabulary as usize * 4)
    }

    /// The bytes of a token; special tokens are empty.
    fn piece(&mut self, token: i32) -> Result<Vec<u8>, Error> {
        self.shim.fill("ll_piece", &[], 1, |at| {
            vec![
                Value::I32(token),
                Value::I64(at.output),
                Value::I32(at.room),
                Value::I32(0),
            ]
        })
    }

    fn fuel(&self) -> u64 {
        self.shim.machine().fuel_consumed()
    }
}

/// An answer that is being made.
#[derive(Default)]
struct Progressing {
    tokens: Vec<i32>,
    text: TextStream,
    logits: blake3::Hasher,
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let floats = bytes.chunks_exact(4);
    floats
        .map(|float| f32::from_le_bytes([float[0], float[1], float[2], float[3]]))
        .collect()
}

fn hash_tokens(tokens: &[i32]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for token in tokens {
        hasher.update(&token.to_le_bytes());
    }
    hasher.finalize().into()
}

/// Lengths beyond what the guest can be asked for are refused by the guest as too large for memory anyway.
fn clamp(length: u32) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
