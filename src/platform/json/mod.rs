pub mod id;
pub mod input;
pub mod output;
