//! JSON arguments and results.

pub mod id;
pub mod input;
pub mod output;
