pub mod access;
mod articles;
mod categories;
mod feedback;
mod list;
mod triggers;
