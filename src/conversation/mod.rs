//! The conversation on a ticket: comments and attachments.

mod access;
mod attachments;
mod comments;
mod counts;
mod deleted_rows;
mod file;
mod resolve;
mod storage;
mod triggers;
