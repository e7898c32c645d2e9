//! The conversation on a ticket: comments and attachments.

mod access;
mod added_rows;
mod attachments;
mod comments;
mod counts;
mod deleted_rows;
mod file;
mod reopening;
mod resolve;
mod rows;
mod storage;
mod triggers;

/// The JSON of the functions of the conversation.
#[cfg(test)]
pub fn describe(api: &mut crate::platform::json::schema::Api) {
    file::describe(api);
}
