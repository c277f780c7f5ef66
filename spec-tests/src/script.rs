//! Runs one `.wast` script on one tier and notes every directive's fate.

use std::collections::HashMap;
use std::panic::{self, AssertUnwindSafe};

use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Id;
use wast::{QuoteWat, QuoteWatTest, Wast, WastDirective, WastExecute, WastInvoke, Wat};

use crate::matching;
use crate::tier::{Failure, InstanceId, ModuleId, SPECTEST, Tier, Value, World};

/// What became of one script on one tier.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Directives that assert something.
    pub assertions: usize,
    /// Directives that only set the stage: modules, registrations, calls.
    pub commands: usize,
    /// Directives that did not do what the script says, in script order.
    pub failures: Vec<DirectiveFailure>,
}

impl Outcome {
    /// Directives that did what the script says.
    pub fn passed(&self) -> usize {
        self.assertions + self.commands - self.failures.len()
    }

    /// The outcome of a script that never got to its first directive.
    fn unrunnable(line: usize, why: String) -> Outcome {
        let failure = DirectiveFailure {
            line,
            is_assertion: false,
            why,
        };
        Outcome {
            assertions: 0,
            commands: 1,
            failures: vec![failure],
        }
    }
}

/// A directive that did not do what the script says.
#[derive(Clone, Debug)]
pub struct DirectiveFailure {
    /// Line in the script, from 1.
    pub line: usize,
    /// Whether the directive is an assertion, as against a command.
    pub is_assertion: bool,
    /// What was wanted and what came.
    pub why: String,
}

/// [`run`], with a panic of the engine turned into a failure of the script.
pub fn run_guarded(tier: &dyn Tier, source: &str) -> Outcome {
    // Every world is made afresh inside, so nothing half-changed survives.
    let guarded = AssertUnwindSafe(|| run(tier, source));
    panic::catch_unwind(guarded).unwrap_or_else(|payload| {
        let text = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        Outcome::unrunnable(1, format!("the engine panicked: {text}"))
    })
}

/// How many assertions a script holds; 0 when it cannot be parsed.
pub fn count_assertions(source: &str) -> usize {
    let count = |buffer: &ParseBuffer<'_>| {
        parser::parse::<Wast<'_>>(buffer)
            .map(|script| script.directives.iter().filter(|d| is_assertion(d)).count())
            .unwrap_or(0)
    };
    buffer(source).map(|buffer| count(&buffer)).unwrap_or(0)
}

/// The modules that a script defines, in binary form; those that it expects
/// to be refused are not among them. Empty when it cannot be parsed.
pub fn modules(source: &str) -> Vec<Vec<u8>> {
    let Ok(buffer) = buffer(source) else {
        return Vec::new();
    };
    let Ok(script) = parser::parse::<Wast<'_>>(&buffer) else {
        return Vec::new();
    };
    let encoded = |directive| match directive {
        WastDirective::Module(mut module) | WastDirective::ModuleDefinition(mut module) => {
            module.encode().ok()
        }
        _ => None,
    };
    script.directives.into_iter().filter_map(encoded).collect()
}

/// Runs the script `source` in a fresh world of `tier`.
///
/// A failing directive does not end the script: the rest still runs, so one
/// missing feature does not hide another. A script that cannot be parsed has
/// one failure and no assertions.
pub fn run(tier: &dyn Tier, source: &str) -> Outcome {
    let unparsed = |e: wast::Error| {
        let line = e.span().linecol_in(source).0 + 1;
        Outcome::unrunnable(
            line,
            format!("the script cannot be parsed: {}", e.message()),
        )
    };
    let buffer = match buffer(source) {
        Ok(buffer) => buffer,
        Err(e) => return unparsed(e),
    };
    let script = match parser::parse::<Wast<'_>>(&buffer) {
        Ok(script) => script,
        Err(e) => return unparsed(e),
    };
    let mut stage = match Stage::open(tier) {
        Ok(stage) => stage,
        Err(why) => return Outcome::unrunnable(1, why),
    };
    let mut outcome = Outcome::default();
    for directive in script.directives {
        let span = directive.span();
        let is_assertion = is_assertion(&directive);
        if is_assertion {
            outcome.assertions += 1;
        } else {
            outcome.commands += 1;
        }
        if let Err(why) = stage.run(directive) {
            outcome.failures.push(DirectiveFailure {
                line: span.linecol_in(source).0 + 1,
                is_assertion,
                why,
            });
        }
    }
    outcome
}

/// The official names file holds text in both writing directions on purpose.
fn buffer(source: &str) -> Result<ParseBuffer<'_>, wast::Error> {
    let mut lexer = Lexer::new(source);
    lexer.allow_confusing_unicode(true);
    ParseBuffer::new_with_lexer(lexer)
}

fn is_assertion(directive: &WastDirective<'_>) -> bool {
    !matches!(
        directive,
        WastDirective::Module(_)
            | WastDirective::ModuleDefinition(_)
            | WastDirective::ModuleInstance { .. }
            | WastDirective::Register { .. }
            | WastDirective::Invoke(_)
            | WastDirective::Thread(_)
            | WastDirective::Wait { .. }
    )
}

/// The state of a running script: a world and the script's names in it.
struct Stage {
    world: Box<dyn World>,
    /// `None` before the first module and after one that did not load.
    current: Option<InstanceId>,
    current_definition: Option<ModuleId>,
    instances: HashMap<String, InstanceId>,
    definitions: HashMap<String, ModuleId>,
}

impl Stage {
    fn open(tier: &dyn Tier) -> Result<Stage, String> {
        let mut world = tier
            .open()
            .map_err(|e| format!("the engine does not start: {e}"))?;
        let wasm = wat::parse_str(SPECTEST).map_err(|e| format!("spectest: {e}"))?;
        let spectest = world
            .compile(&wasm)
            .and_then(|module| world.instantiate(module))
            .and_then(|spectest| world.register("spectest", spectest));
        spectest.map_err(|e| format!("spectest does not load: {e}"))?;
        Ok(Stage {
            world,
            current: None,
            current_definition: None,
            instances: HashMap::new(),
            definitions: HashMap::new(),
        })
    }

    fn run(&mut self, directive: WastDirective<'_>) -> Result<(), String> {
        match directive {
            WastDirective::Module(module) => self.module(module),
            WastDirective::ModuleDefinition(module) => self.definition(module).map(drop),
            WastDirective::ModuleInstance {
                instance, module, ..
            } => self.instance(instance, module),
            WastDirective::Register { name, module, .. } => {
                let instance = self.instance_named(module)?;
                self.world.register(name, instance).map_err(unexpected)
            }
            WastDirective::Invoke(invoke) => self.invoke(&invoke)?.map(drop).map_err(unexpected),
            WastDirective::AssertReturn { exec, results, .. } => {
                let got = self.execute(exec)?.map_err(unexpected)?;
                check_results(&results, &got)
            }
            WastDirective::AssertTrap { exec, message, .. } => match self.execute(exec)? {
                Err(Failure::Trap(got)) if matching::same_trap(message, &got) => Ok(()),
                // Several engines of the standard's age put the stack's end among the traps.
                Err(Failure::Exhaustion) if message == "call stack exhausted" => Ok(()),
                other => Err(wanted(&format!("the trap `{message}`"), &other)),
            },
            WastDirective::AssertExhaustion { call, .. } => match self.invoke(&call)? {
                Err(Failure::Exhaustion) => Ok(()),
                other => Err(wanted("the call stack to be exhausted", &other)),
            },
            WastDirective::AssertException { exec, .. } => match self.execute(exec)? {
                Err(Failure::Exception) => Ok(()),
                other => Err(wanted("an uncaught exception", &other)),
            },
            WastDirective::AssertUnlinkable {
                mut module,
                message,
                ..
            } => match self.load(&mut module)? {
                Err(Failure::Unlinkable(_)) => Ok(()),
                other => Err(wanted(&format!("a link error, `{message}`"), &other)),
            },
            WastDirective::AssertInvalid {
                module, message, ..
            }
            | WastDirective::AssertMalformed {
                module, message, ..
            } => self.refused(module, message),
            WastDirective::AssertMalformedCustom { .. }
            | WastDirective::AssertInvalidCustom { .. }
            | WastDirective::AssertSuspension { .. }
            | WastDirective::Thread(_)
            | WastDirective::Wait { .. } => {
                Err("this runner does not know the directive".to_owned())
            }
        }
    }

    /// Loads a module and makes its instance the current one.
    fn module(&mut self, module: QuoteWat<'_>) -> Result<(), String> {
        // A module that does not load must not leave the one before it as the
        // target of the calls that follow.
        self.current = None;
        let name = module.name();
        let definition = self.definition(module)?;
        let instance = self.world.instantiate(definition).map_err(unexpected)?;
        self.current = Some(instance);
        if let Some(name) = name {
            self.instances.insert(name.name().to_owned(), instance);
        }
        Ok(())
    }

    /// Compiles a module without an instance.
    fn definition(&mut self, mut module: QuoteWat<'_>) -> Result<ModuleId, String> {
        self.current_definition = None;
        let name = module.name();
        let wasm = encode(&mut module).map_err(|e| format!("the text does not parse: {e}"))?;
        let definition = self.world.compile(&wasm).map_err(unexpected)?;
        self.current_definition = Some(definition);
        if let Some(name) = name {
            self.definitions.insert(name.name().to_owned(), definition);
        }
        Ok(definition)
    }

    fn instance(&mut self, instance: Option<Id<'_>>, module: Option<Id<'_>>) -> Result<(), String> {
        self.current = None;
        let definition = match module {
            Some(id) => self.definitions.get(id.name()).copied(),
            None => self.current_definition,
        };
        let definition = definition.ok_or("there is no module definition of that name")?;
        let made = self.world.instantiate(definition).map_err(unexpected)?;
        self.current = Some(made);
        if let Some(id) = instance {
            self.instances.insert(id.name().to_owned(), made);
        }
        Ok(())
    }

    fn instance_named(&self, name: Option<Id<'_>>) -> Result<InstanceId, String> {
        match name {
            Some(id) => self.instances.get(id.name()).copied(),
            None => self.current,
        }
        .ok_or_else(|| "there is no such instance: its module did not load".to_owned())
    }

    /// The outer error is the script's or the runner's, the inner the guest's.
    fn execute(&mut self, exec: WastExecute<'_>) -> Result<Result<Vec<Value>, Failure>, String> {
        match exec {
            WastExecute::Invoke(invoke) => self.invoke(&invoke),
            WastExecute::Wat(mut module) => Ok(self.load(&mut module)?.map(|_| Vec::new())),
            WastExecute::Get { module, global, .. } => {
                let instance = self.instance_named(module)?;
                Ok(self.world.global(instance, global).map(|v| vec![v]))
            }
        }
    }

    fn invoke(&mut self, call: &WastInvoke<'_>) -> Result<Result<Vec<Value>, Failure>, String> {
        let instance = self.instance_named(call.module)?;
        let arguments = call
            .args
            .iter()
            .map(matching::argument)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(self.world.invoke(instance, call.name, &arguments))
    }

    fn load(&mut self, module: &mut Wat<'_>) -> Result<Result<InstanceId, Failure>, String> {
        let wasm = module
            .encode()
            .map_err(|e| format!("the text does not parse: {}", e.message()))?;
        let definition = self.world.compile(&wasm).map_err(unexpected)?;
        Ok(self.world.instantiate(definition))
    }

    /// A module must not load. Text that the parser refuses counts: it never
    /// becomes a module. A binary has to be refused by the engine, as invalid.
    fn refused(&mut self, mut module: QuoteWat<'_>, message: &str) -> Result<(), String> {
        let Ok(wasm) = encode(&mut module) else {
            return Ok(());
        };
        match self.world.compile(&wasm) {
            Err(Failure::Invalid(_)) => Ok(()),
            other => Err(wanted(&format!("a refusal, `{message}`"), &other)),
        }
    }
}

fn encode(module: &mut QuoteWat<'_>) -> Result<Vec<u8>, String> {
    let test = module.to_test().map_err(|e| e.message())?;
    let text = match test {
        QuoteWatTest::Binary(wasm) => return Ok(wasm),
        QuoteWatTest::Text(text) => text,
    };
    let text = String::from_utf8(text).map_err(|_| "malformed UTF-8 encoding".to_owned())?;
    let buffer = buffer(&text).map_err(|e| e.message())?;
    parser::parse::<Wat<'_>>(&buffer)
        .and_then(|mut wat| wat.encode())
        .map_err(|e| e.message())
}

fn check_results(wanted: &[wast::WastRet<'_>], got: &[Value]) -> Result<(), String> {
    if wanted.len() != got.len() {
        return Err(format!(
            "wanted {} results, got {}: {got:?}",
            wanted.len(),
            got.len()
        ));
    }
    for (index, (wanted, got)) in wanted.iter().zip(got).enumerate() {
        if !matching::matches(wanted, *got) {
            return Err(format!("result {index}: wanted {wanted:?}, got {got:?}"));
        }
    }
    Ok(())
}

fn unexpected(failure: Failure) -> String {
    format!("did not succeed: {failure}")
}

fn wanted<T>(what: &str, got: &Result<T, Failure>) -> String {
    match got {
        Ok(_) => format!("wanted {what}, but it succeeded"),
        Err(failure) => format!("wanted {what}, got {failure}"),
    }
}
