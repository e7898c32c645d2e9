pub mod documents;
pub mod language;
pub mod lexemes;
pub mod query;
pub mod typos;
