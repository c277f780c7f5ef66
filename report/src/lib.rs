//! The determinism report.
//!
//! [`parts`] gathers evidence on one machine, [`evidence`] says what evidence
//! is, [`compare`] puts two machines beside each other, and [`html`] shows the
//! whole as one page. [`cli`] is the command.
//!
//! Nothing is shown that is not in the JSON file: the page is made from it.

pub mod cli;
pub mod compare;
pub mod evidence;
pub mod html;
pub mod parts;

mod facts;
mod meter;
mod printer;
mod second;
