//! From text to lexemes in the full-text index, and from what people type to a query of that index.

mod documents;
mod language;
pub mod lexemes;
pub mod query;
mod rebuild;
mod text;
pub mod typos;
