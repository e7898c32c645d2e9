//! The knowledge base: articles with versions, a tree of categories, and feedback.

pub mod access;
mod article_json;
mod articles;
mod categories;
mod category_triggers;
mod columns;
mod feedback;
mod links;
mod list;
mod triggers;

/// The JSON of the functions of the knowledge base.
#[cfg(test)]
pub fn describe(api: &mut crate::platform::json::schema::Api) {
    article_json::describe(api);
    categories::describe(api);
    list::describe(api);
}
