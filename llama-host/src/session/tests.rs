use super::*;
use std::cell::RefCell;
use std::rc::Rc;

/// The vocabulary of the fake model is the bytes, and one token that ends an answer.
const END: i32 = 256;
const CONTEXT: usize = 64;

/// A guest whose model continues every byte by the next one, up to `z`. It refuses and traps where it is told to.
#[derive(Default)]
struct Fake {
    memory: Vec<u8>,
    context: Vec<i32>,
    error: String,
    needed: i64,
    trap_in: Option<&'static str>,
    /// All calls of exports that compute or forget.
    log: Rc<RefCell<Vec<String>>>,
}

impl Fake {
    fn failed(&mut self, code: i32, text: &str) -> Value {
        self.error = format!("{text}\0");
        Value::I32(code)
    }

    fn output(&mut self, bytes: &[u8], unit: usize, at: i64, room: i64) -> Value {
        let units = (bytes.len() / unit) as i64;
        if units > room {
            self.needed = units;
            return self.failed(-6, "no room");
        }
        self.memory[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
        Value::I32(units as i32)
    }

    fn input(&self, at: i64, len: i64) -> Vec<u8> {
        self.memory[at as usize..(at + len) as usize].to_vec()
    }

    fn decode(&mut self, at: i64, count: i64) -> Value {
        let tokens: Vec<i32> = self
            .input(at, count * 4)
            .chunks_exact(4)
            .map(|token| i32::from_le_bytes(token.try_into().unwrap()))
            .collect();
        self.log
            .borrow_mut()
            .push(format!("decode {}", tokens.len()));
        if self.context.len() + tokens.len() > CONTEXT {
            return self.failed(-7, "the context is full");
        }
        self.context.extend(tokens);
        let next = match self.context.last() {
            Some(&last) if last < i32::from(b'z') => last + 1,
            _ => END,
        };
        let logits = (0..=END).flat_map(|token| f32::from(u8::from(token == next)).to_le_bytes());
        self.memory.splice(0..257 * 4, logits);
        Value::I32(0)
    }
}

impl Machine for Fake {
    fn call(&mut self, export: &str, args: &[Value]) -> Result<Option<Value>, Error> {
        if self.trap_in == Some(export) {
            self.error = "uncaught exception\0".into();
            return Err(Error::guest("unreachable"));
        }
        let wide = |index: usize| match args[index] {
            Value::I32(value) => i64::from(value),
            Value::I64(value) => value,
        };
        Ok(Some(match export {
            "_initialize" | "ll_release" => return Ok(None),
            "ll_abi" => Value::I32(1),
            "ll_init" | "ll_load" | "ll_context" => Value::I32(0),
            "ll_alloc" => {
                let at = self.memory.len().max(4096);
                self.memory.resize(at + wide(0) as usize, 0);
                Value::I64(at as i64)
            }
            "ll_last_error" => {
                let error = std::mem::take(&mut self.error);
                self.memory[2048..2048 + error.len()].copy_from_slice(error.as_bytes());
                Value::I64(2048)
            }
            "ll_needed" => Value::I64(self.needed),
            "ll_describe" => self.output(b"fake", 1, wide(0), wide(1)),
            "ll_vocab_len" => Value::I32(END + 1),
            "ll_trained_len" | "ll_context_len" => Value::I32(CONTEXT as i32),
            "ll_has_chat" => Value::I32(1),
            "ll_tokenize" => {
                let tokens: Vec<u8> = self
                    .input(wide(0), wide(1))
                    .iter()
                    .flat_map(|byte| i32::from(*byte).to_le_bytes())
                    .collect();
                self.output(&tokens, 4, wide(2), wide(3))
            }
            "ll_chat" => {
                let text = self
                    .input(wide(0), wide(1))
                    .iter()
                    .map(|byte| if *byte == 0 { b':' } else { *byte })
                    .collect::<Vec<_>>();
                self.output(&text, 1, wide(3), wide(4))
            }
            "ll_piece" => self.output(&[wide(0) as u8], 1, wide(1), wide(2)),
            "ll_is_end" => Value::I32(i32::from(wide(0) == i64::from(END))),
            "ll_decode" => self.decode(wide(0), wide(1)),
            "ll_logits" => Value::I64(0),
            "ll_rewind" => {
                self.log.borrow_mut().push(format!("rewind {}", wide(0)));
                self.context.truncate(wide(0) as usize);
                Value::I32(0)
            }
            other => return Err(Error::guest(format!("no export {other}"))),
        }))
    }

    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Error> {
        let range = self
            .memory
            .get(address as usize..address as usize + bytes.len());
        bytes.copy_from_slice(range.ok_or_else(|| Error::guest("out of bounds"))?);
        Ok(())
    }

    fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), Error> {
        self.memory[address as usize..address as usize + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn fuel_consumed(&self) -> u64 {
        self.log.borrow().len() as u64
    }

    fn memory_state(&self) -> (u64, [u8; 32]) {
        (self.memory.len() as u64, blake3::hash(&self.memory).into())
    }
}

type Log = Rc<RefCell<Vec<String>>>;

fn load(fake: Fake) -> (Llama, Log) {
    let log = fake.log.clone();
    (
        Llama::load(Box::new(fake), "/m", &LlamaOptions::default()).unwrap(),
        log,
    )
}

fn fake() -> Fake {
    Fake {
        memory: vec![0; 4096],
        ..Fake::default()
    }
}

fn complete(llama: &mut Llama, prompt: &str, max_tokens: u32) -> Answer {
    let generate = Generate {
        max_tokens,
        ..Generate::default()
    };
    llama
        .complete(prompt, &generate, &mut |_| ControlFlow::Continue(()))
        .unwrap()
}

#[test]
fn a_prompt_is_continued_until_the_model_ends() {
    let (mut llama, _) = load(fake());
    assert_eq!(llama.facts().description, "fake");
    let mut told = Vec::new();
    let mut on_text = |text: &str| {
        told.push(text.to_string());
        ControlFlow::Continue(())
    };
    let answer = llama
        .complete("rstu", &Generate::default(), &mut on_text)
        .unwrap();
    assert_eq!((answer.text.as_str(), answer.end), ("vwxyz", End::Model));
    assert_eq!(told, ["v", "w", "x", "y", "z"]);
    assert_eq!(
        (
            answer.stats.prompt_tokens,
            answer.stats.answer_tokens,
            answer.stats.reused_tokens
        ),
        (4, 5, 0)
    );
    assert_eq!(
        answer.stats.tokens_hash,
        hash_tokens(&[118, 119, 120, 121, 122])
    );
    assert_eq!((answer.stats.prompt_fuel, answer.stats.answer_fuel), (1, 5));
}

#[test]
fn limits_end_an_answer() {
    let (mut llama, log) = load(fake());
    let answer = complete(&mut llama, "a", 3);
    assert_eq!((answer.text.as_str(), answer.end), ("bcd", End::MaxTokens));
    // The last token is not computed, because nothing is chosen after it.
    assert_eq!(*log.borrow(), ["decode 1", "decode 1", "decode 1"]);
    assert_eq!(complete(&mut llama, "a", 0).text, "");
    let full = complete(&mut llama, &"a".repeat(CONTEXT - 1), 100);
    assert_eq!((full.text.as_str(), full.end), ("bc", End::ContextFull));
    let mut stop = |_: &str| ControlFlow::Break(());
    let stopped = llama
        .complete("a", &Generate::default(), &mut stop)
        .unwrap();
    assert_eq!((stopped.text.as_str(), stopped.end), ("b", End::Stopped));
}

#[test]
fn what_the_context_has_is_not_computed_again() {
    let (mut llama, log) = load(fake());
    let first = complete(&mut llama, "hello", 2);
    log.borrow_mut().clear();
    let again = complete(&mut llama, "hello", 2);
    assert_eq!(*log.borrow(), ["rewind 4", "decode 1", "decode 1"]);
    assert_eq!(
        (again.stats.reused_tokens, again.stats.logits_hash),
        (4, first.stats.logits_hash)
    );
    log.borrow_mut().clear();
    assert_eq!(complete(&mut llama, "hellop", 1).stats.reused_tokens, 5);
    // The last token is computed again, because its logits are needed.
    assert_eq!(*log.borrow(), ["rewind 5", "decode 1"]);
}

#[test]
fn a_conversation_goes_through_the_template() {
    let (mut llama, _) = load(fake());
    let messages = [Message::new("user", "hi")];
    assert_eq!(llama.chat_prompt(&messages).unwrap(), "user:hi:");
    let answer = llama.chat(
        &messages,
        &Generate {
            max_tokens: 1,
            ..Generate::default()
        },
        &mut |_| ControlFlow::Continue(()),
    );
    assert_eq!(answer.unwrap().text, ";");
    let zero = llama
        .chat_prompt(&[Message::new("user", "a\0b")])
        .unwrap_err();
    assert!(matches!(zero, Error::Conversation));
}

#[test]
fn long_results_get_the_room_they_need() {
    let (mut llama, _) = load(fake());
    let long = "x".repeat(70_000);
    assert_eq!(llama.tokenize(&long).unwrap().len(), 70_000);
    assert_eq!(
        llama
            .chat_prompt(&[Message::new("user", &long)])
            .unwrap()
            .len(),
        70_006
    );
}

#[test]
fn errors_carry_the_guests_words() {
    let (mut llama, _) = load(fake());
    let long = "a".repeat(CONTEXT + 1);
    let error = llama
        .complete(&long, &Generate::default(), &mut |_| {
            ControlFlow::Continue(())
        })
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "the context is full (ll_decode returned -7)"
    );
    let error = llama
        .complete("", &Generate::default(), &mut |_| ControlFlow::Continue(()))
        .err()
        .unwrap();
    assert!(matches!(error, Error::EmptyPrompt));
    let trapping = Fake {
        trap_in: Some("ll_load"),
        ..fake()
    };
    let error = Llama::load(Box::new(trapping), "/m", &LlamaOptions::default())
        .err()
        .unwrap()
        .to_string();
    assert_eq!(
        error,
        "the guest failed: ll_load: uncaught exception (unreachable)"
    );
}

#[test]
fn fed_tokens_have_logits_until_they_are_forgotten() {
    let mut llama = Llama::load(Box::new(Fake::default()), "/m", &LlamaOptions::default()).unwrap();
    assert!(matches!(llama.logits(), Err(Error::EmptyPrompt)));
    for (tokens, next) in [([1, 2], 3), ([7, 8], 9)] {
        llama.feed(&tokens).unwrap();
        let logits = llama.logits().unwrap();
        assert_eq!(logits.len(), 257);
        assert_eq!(logits.iter().position(|logit| *logit == 1.0), Some(next));
    }
    llama.forget().unwrap();
    assert!(matches!(llama.logits(), Err(Error::EmptyPrompt)));
}
