//! JSON arguments and results.

pub mod id;
pub mod input;
pub mod output;
pub mod rfc3339;
#[cfg(test)]
pub mod schema;
