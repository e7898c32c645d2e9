//! Reading, publishing, archiving and reverting an article.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::prelude::*;

use super::access::{find_visible_article, no_such_article, require_writable_article};
use super::article_json::{article_columns, article_with_content};
use crate::platform::datum::JsonText;
use crate::platform::error::{self, Result, required};
use crate::platform::statement;

static FIND_ARTICLE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "
    select {}, a.content
      from helpdesk.articles a join helpdesk.profiles p on p.id = a.author
     where a.org_id = $1 and a.id = $2",
        article_columns("$3")
    )
});

const SET_STATUS: &str = "
    update helpdesk.articles set status = $3 where org_id = $1 and id = $2 and status <> $3";

const REVERT_ARTICLE: &str = "
    update helpdesk.articles a set title = v.title, content = v.content
      from helpdesk.article_versions v
     where a.org_id = $1 and a.id = $2 and v.org_id = $1 and v.article_id = $2 and v.version = $3
    returning true";

/// An article; NULL if there is none or the caller may not read it. Anybody may read a public one.
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
    statement::read(&FIND_ARTICLE).fetch_optional(&args, article_with_content)?.transpose()
}

/// Publishes an article and returns it. Its visibility decides who can read it.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn publish_article(
    p_article_id: Option<Uuid>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    set_status(p_article_id, p_org_id, "published")
}

/// Hides an article from everybody except staff, and returns it.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn archive_article(
    p_article_id: Option<Uuid>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    set_status(p_article_id, p_org_id, "archived")
}

fn set_status(id: Option<Uuid>, org: Option<Uuid>, status: &str) -> Result<JsonText> {
    let (org, id) = require_writable_article(id, org)?;
    statement::write(SET_STATUS).execute(&[org.into(), id.into(), status.into()])?;
    changed_article(org, id)
}

/// Restores title and content of an earlier version, as a new version. Returns the article.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn revert_article(
    p_article_id: Option<Uuid>,
    p_version: Option<i32>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    let version = required(p_version, "p_version")?;
    let (org, id) = require_writable_article(p_article_id, p_org_id)?;
    if !statement::write(REVERT_ARTICLE).exists(&[org.into(), id.into(), version.into()])? {
        return Err(error::invalid(
            "no_such_version",
            "p_version",
            format!("the article has no version {version}"),
            "helpdesk.article_versions lists its versions.",
        ));
    }
    changed_article(org, id)
}

/// An article, for staff, after a change in the same call.
fn changed_article(org: Uuid, id: Uuid) -> Result<JsonText> {
    statement::write(&FIND_ARTICLE)
        .fetch_optional(&[org.into(), id.into(), true.into()], article_with_content)?
        .unwrap_or_else(|| Err(no_such_article("p_article_id")))
}
