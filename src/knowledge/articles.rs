//! The knowledge base: reading, publishing and rating articles; what happens whenever one is written.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::prelude::*;

use super::access::{find_visible_article, no_such_article, writable_article};
use crate::platform::datum::JsonText;
use crate::platform::error::{self, Result, required};
use crate::platform::statement;

/// What lists and single articles show. Who wrote it is for members to know.
pub(super) fn article_fields(is_member: &str) -> String {
    format!(
        "'id', a.id,
             'orgId', a.org_id,
             'title', a.title,
             'categories', a.categories,
             'tags', a.tags,
             'visibility', a.visibility,
             'status', a.status,
             'version', a.version,
             'author', case when {is_member} then json_build_object('id', p.id, 'name', p.name) end,
             'createdAt', a.created_at,
             'updatedAt', a.updated_at,
             'publishedAt', a.published_at,
             'helpfulCount', a.helpful_count,
             'unhelpfulCount', a.unhelpful_count"
    )
}

static ARTICLE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "select json_build_object({}, 'content', a.content)
      from helpdesk.articles a join helpdesk.profiles p on p.id = a.author
     where a.org_id = $1 and a.id = $2",
        article_fields("$3")
    )
});

const SET_STATUS: &str = "
    update helpdesk.articles set status = $3 where org_id = $1 and id = $2 and status <> $3";

const REVERT: &str = "
    update helpdesk.articles a set title = v.title, content = v.content
      from helpdesk.article_versions v
     where a.org_id = $1 and a.id = $2 and v.org_id = $1 and v.article_id = $2 and v.version = $3
    returning true";

/// The article as its writers see it.
pub(super) fn article_json(org: Uuid, id: Uuid) -> Result<JsonText> {
    let article = statement::write(&ARTICLE)
        .fetch_optional(&[org.into(), id.into(), true.into()], |row| row.get(1))?;
    article.flatten().ok_or_else(no_such_article)
}

/// An article; NULL when there is none or the caller may not read it. Public ones are for everybody, signed in or not.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn get_article(
    p_article_id: Option<Uuid>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<Option<JsonText>> {
    let id = required(p_article_id, "p_article_id")?;
    let Some(found) = find_visible_article(id, p_org_id)? else {
        return Ok(None);
    };
    let args = [found.org.into(), id.into(), found.is_member.into()];
    Ok(statement::read(&ARTICLE).fetch_optional(&args, |row| row.get(1))?.flatten())
}

/// Lets those read an article whom its visibility names. Returns it.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn publish_article(
    p_article_id: Option<Uuid>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    set_status(p_article_id, p_org_id, "published")
}

/// Takes an article away from its readers, and keeps it. Returns it.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn archive_article(
    p_article_id: Option<Uuid>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    set_status(p_article_id, p_org_id, "archived")
}

fn set_status(id: Option<Uuid>, org: Option<Uuid>, status: &str) -> Result<JsonText> {
    let (org, id) = writable_article(id, org)?;
    statement::write(SET_STATUS).execute(&[org.into(), id.into(), status.into()])?;
    article_json(org, id)
}

/// Gives an article the title and the content that it had in a version. That is a new version. Returns the article.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn revert_article(
    p_article_id: Option<Uuid>,
    p_version: Option<i32>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    let version = required(p_version, "p_version")?;
    let (org, id) = writable_article(p_article_id, p_org_id)?;
    let reverted = statement::write(REVERT)
        .fetch_optional(&[org.into(), id.into(), version.into()], |_| ())?;
    if reverted.is_none() {
        return Err(error::bad(
            "p_version",
            format!("the article has no version {version}"),
            "helpdesk.article_versions lists them.",
        ));
    }
    article_json(org, id)
}
