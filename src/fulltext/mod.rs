//! From text to lexemes in the full-text index, and from what people type to a query of that index.

mod analyzer;
pub mod blocks;
mod characters;
mod documents;
mod expression;
pub mod filters;
pub mod folding;
pub mod highlight;
mod language;
mod language_lock;
pub mod lexemes;
mod people;
mod people_search;
pub mod query;
mod reader;
mod rebuild;
mod rebuild_progress;
mod rebuild_steps;
pub mod sorting;
mod syntax;
mod text;
mod tokens;
pub mod typos;
mod vector;
pub mod verification;
