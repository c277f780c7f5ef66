//! `lockstep inspect`: what is in a module.

mod asm;
mod layout;
mod scan;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use lockstep_vm::{Config, CpuLevel, Engine, ExternType, MemoryType, Module, TableType, Tier};
use serde_json::{Value, json};

use crate::error::{Failure, Kind};
use crate::load;
use crate::output::{self, Style, grouped, hex, visible};
use crate::twins;
use scan::Scan;

const EXAMPLES: &str = "\
Examples:
  lockstep inspect program.wasm
  lockstep inspect program.wasm --code main
  lockstep inspect program.wasm --code 17
  lockstep inspect program.wasm --asm main --level portable
  lockstep inspect program.wasm --json";

/// How many of the largest functions are shown.
const LARGEST: usize = 10;

/// Show what a module imports, exports and contains, or the register code or machine code of one of its functions.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Inspect {
    /// The module, binary (.wasm) or text (.wat).
    file: PathBuf,
    /// Print the register code of a function, given by its name or its index.
    #[arg(long, value_name = "FUNC")]
    code: Option<String>,
    /// Print the machine code of a function beside the register code and the Wasm it was made from.
    ///
    /// In memory operands, `cx.` is the state of the run, and an `s` beside `rbp` a slot of the frame as register code
    /// names it. r15 is the fuel, r13 the base of memory 0. Parentheses name register code of another place.
    #[arg(long, value_name = "FUNC", conflicts_with = "code")]
    asm: Option<String>,
    /// The CPU that the machine code is for; without, this one's level.
    #[arg(long, requires = "asm", value_parser = level())]
    level: Option<CpuLevel>,
    /// Print the compiler's own form too, its values in static single assignment.
    #[arg(long, requires = "asm")]
    values: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Inspect {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        // Machine code is shown as it runs where it does.
        let config = Config::new().tier(match self.asm {
            Some(_) => Tier::Auto,
            None => Tier::Interpreter,
        });
        let config = config.twins(twins::known(NonZeroUsize::MIN)?);
        let engine = Engine::new(&config).map_err(load::failure)?;
        let bytes = load::wasm(&self.file)?;
        let module = Module::new(&engine, &bytes)
            .map_err(|error| load::failure(error).in_file(&self.file))?;
        match (&self.code, &self.asm) {
            (Some(name), _) => self.code(&module, name),
            (None, Some(name)) => self.asm(&module, &bytes, name),
            (None, None) => {
                let scan = Scan::of(&bytes)
                    .map_err(|error| Failure::new(Kind::Invalid, error).in_file(&self.file))?;
                match self.json {
                    true => output::print_json(&to_json(&module, &scan)),
                    false => output::print(&text(&module, &scan)),
                }
            }
        }
    }

    /// The function of that name, if it is the module's own.
    fn function(&self, module: &Module, name: &str) -> Result<u32, Failure> {
        let what = || format!("{} has no function {name:?}", self.file.display());
        let index = module.find_function(name).ok_or_else(|| {
            let last = module.function_count().saturating_sub(1);
            Failure::usage(what()).hint(format!(
                "name an export, a name of the name section, or an index up to {last}; `lockstep inspect {}` shows some",
                self.file.display()
            ))
        })?;
        if index < module.imported_function_count() {
            let what = format!(
                "function {index} ({name:?}) of {} is imported: it has no code",
                self.file.display()
            );
            return Err(Failure::usage(what));
        }
        Ok(index)
    }

    fn code(&self, module: &Module, name: &str) -> Result<(), Failure> {
        let index = self.function(module, name)?;
        let listing = module
            .listing(index)
            .map_err(|error| load::failure(error).in_file(&self.file))?;
        match self.json {
            true => output::print_json(&json!({
                "function": index,
                "name": module.function_name(index),
                "bytes": module.function_size(index),
                "code": listing,
            })),
            false => output::print(&format!("{}\n", listing.trim_end())),
        }
    }

    fn asm(&self, module: &Module, bytes: &[u8], name: &str) -> Result<(), Failure> {
        let index = self.function(module, name)?;
        let level = self.level.unwrap_or_else(CpuLevel::best);
        let machine = module
            .machine_code(index, level)
            .map_err(|error| load::failure(error).in_file(&self.file))?;
        let wasm = asm::wasm_lines(bytes, &machine.body)
            .map_err(|error| Failure::new(Kind::Invalid, error).in_file(&self.file))?;
        let shown = asm::Shown::new(&machine, &wasm);
        if self.json {
            let mut json = shown.to_json(self.values);
            json["function"] = index.into();
            json["name"] = module.function_name(index).into();
            json["level"] = level.name().into();
            return output::print_json(&json);
        }
        let mut text = layout::text(&shown, output::terminal_columns(), Style::stdout());
        if self.values {
            text += &format!("\nvalues\n{}", machine.values);
        }
        output::print(&text)
    }
}

/// A CPU level by its name.
fn level() -> impl TypedValueParser<Value = CpuLevel> {
    let names = CpuLevel::ALL.iter().map(|level| level.name());
    PossibleValuesParser::new(names).map(|name| {
        let named = CpuLevel::ALL.iter().find(|level| level.name() == name);
        *named.expect("only names of levels are taken")
    })
}

/// The largest functions, with their sizes.
fn largest(module: &Module) -> Vec<(u32, usize)> {
    let mut sizes: Vec<(u32, usize)> = (module.imported_function_count()..module.function_count())
        .map(|index| (index, module.function_size(index)))
        .collect();
    sizes.sort_by_key(|&(index, size)| (std::cmp::Reverse(size), index));
    sizes.truncate(LARGEST);
    sizes
}

/// A type without its kind, which a heading says.
fn memory(ty: &MemoryType) -> String {
    let width = if ty.is_64 { 64 } else { 32 };
    let size = |pages: u64| output::bytes(pages.saturating_mul(1 << 16));
    match ty.max {
        Some(max) => format!("{width}-bit, {} to {}", size(ty.min), size(max)),
        None => format!("{width}-bit, {} and more", size(ty.min)),
    }
}

fn table(ty: &TableType) -> String {
    let width = if ty.is_64 { 64 } else { 32 };
    let most = ty
        .max
        .map_or_else(|| "and more".to_owned(), |max| format!("to {max}"));
    format!(
        "{width}-bit, {} {most}, of {}",
        ty.min,
        lockstep_vm::ValType::Ref(ty.element)
    )
}

fn text(module: &Module, scan: &Scan) -> String {
    let style = Style::stdout();
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        text += &format!("{} {value}\n", style.dim(format!("{name:<10}")))
    };
    line("size", output::bytes(module.size()));
    line("blake3", hex(&module.hash()));
    let (all, imported) = (module.function_count(), module.imported_function_count());
    line(
        "functions",
        format!("{} ({imported} imported)", grouped(all.into())),
    );
    module
        .memories()
        .iter()
        .for_each(|ty| line("memory", memory(ty)));
    tables(module, scan)
        .iter()
        .for_each(|ty| line("table", ty.clone()));
    line("features", scan.features());
    let heading = |name: &str| format!("\n{}\n", style.bold(name));
    if module.imports().len() > 0 {
        text += &heading("imports");
    }
    for import in module.imports() {
        text += &format!(
            "  {:?} {:?}: {}\n",
            import.module(),
            import.name(),
            import.ty()
        );
    }
    if module.exports().len() > 0 {
        text += &heading("exports");
    }
    for export in module.exports() {
        text += &format!("  {:?}: {}\n", export.name(), export.ty());
    }
    if module.twins().len() > 0 {
        text += &heading("functions with native twins");
    }
    for (index, twin) in module.twins() {
        text += &format!("  {index:>10}  {}\n", visible(twin));
    }
    text += &heading("sections");
    for (name, bytes) in scan.sections() {
        text += &format!("  {:>10}  {}\n", output::bytes(*bytes), visible(name));
    }
    let largest = largest(module);
    if !largest.is_empty() {
        text += &heading("largest functions");
    }
    for (index, size) in largest {
        let name = module
            .function_name(index)
            .map_or_else(String::new, visible);
        text += format!("  {:>10}  {index:<6} {name}", output::bytes(size as u64)).trim_end();
        text.push('\n');
    }
    text
}

/// Imported tables, then the module's own.
fn tables(module: &Module, scan: &Scan) -> Vec<String> {
    let imported = module.imports().filter_map(|import| match import.ty() {
        ExternType::Table(ty) => Some(table(ty)),
        _ => None,
    });
    imported.chain(scan.tables().iter().cloned()).collect()
}

fn to_json(module: &Module, scan: &Scan) -> Value {
    let import = |import: lockstep_vm::ImportType<'_>| json!({ "module": import.module(), "name": import.name(), "type": import.ty().to_string() });
    let export = |export: lockstep_vm::ExportType<'_>| json!({ "name": export.name(), "type": export.ty().to_string() });
    let memory =
        |ty: &MemoryType| json!({ "is_64": ty.is_64, "min_pages": ty.min, "max_pages": ty.max });
    let function = |(index, bytes): (u32, usize)| json!({ "function": index, "name": module.function_name(index), "bytes": bytes });
    let twin = |(index, twin): (u32, &str)| json!({ "function": index, "twin": twin });
    let section = |(name, bytes): &(String, u64)| json!({ "name": name, "bytes": bytes });
    json!({
        "bytes": module.size(),
        "blake3": hex(&module.hash()),
        "functions": module.function_count(),
        "imported_functions": module.imported_function_count(),
        "features": scan.feature_names(),
        "memories": module.memories().iter().map(memory).collect::<Vec<_>>(),
        "tables": tables(module, scan),
        "imports": module.imports().map(import).collect::<Vec<_>>(),
        "exports": module.exports().map(export).collect::<Vec<_>>(),
        "twins": module.twins().map(twin).collect::<Vec<_>>(),
        "sections": scan.sections().iter().map(section).collect::<Vec<_>>(),
        "largest_functions": largest(module).into_iter().map(function).collect::<Vec<_>>(),
    })
}
