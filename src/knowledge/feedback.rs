//! Feedback: rating an article, and the counts of ratings on it.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::access::{find_visible_article, no_such_article};
use crate::access::authors::check_author;
use crate::access::caller::Caller;
use crate::platform::error::{Result, required};
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;
use crate::platform::text::check_text;
use crate::platform::trigger::{self, ColumnChange, TriggerResult, TriggerRows, Tuple};

const MAX_FEEDBACK: usize = 2000;

/// Lock order: article, then its ratings, as when the article is deleted.
const LOCK_ARTICLE: &str =
    "select from helpdesk.articles where org_id = $1 and id = $2 for no key update";

const UPSERT_RATING: &str = "
    insert into helpdesk.article_feedback (org_id, article_id, user_id, helpful, comment)
    values ($1, $2, $3, $4, $5)
    on conflict (org_id, article_id, user_id) do update
       set helpful = excluded.helpful, comment = excluded.comment";

const UPDATE_COUNTS: &str = "
    update helpdesk.articles
       set helpful_count = helpful_count + $3, unhelpful_count = unhelpful_count + $4
     where org_id = $1 and id = $2";

/// Records whether an article helped the caller. A later rating replaces an earlier one.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn rate_article(
    p_article_id: Option<Uuid>,
    p_helpful: Option<bool>,
    p_comment: default!(Option<&str>, "NULL"),
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<()> {
    let id = required(p_article_id, "p_article_id")?;
    let helpful = required(p_helpful, "p_helpful")?;
    if let Some(comment) = p_comment {
        check_text("p_comment", comment, MAX_FEEDBACK)?;
    }
    let me = Caller::signed_in()?.require_profile()?;
    let article =
        find_visible_article(id, p_org_id)?.ok_or_else(|| no_such_article("p_article_id"))?;
    statement::write(LOCK_ARTICLE).execute(&[article.org.into(), id.into()])?;
    statement::write(UPSERT_RATING).execute(&[
        article.org.into(),
        id.into(),
        me.into(),
        helpful.into(),
        p_comment.into(),
    ])
}

/// Trigger on article_feedback: only articles that the caller may read can be rated.
#[pg_trigger(sql = "
    create function helpdesk.article_feedback_check() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn article_feedback_check<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_write)
}

fn before_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let Some(old) = &rows.old else {
        check_author(&new, "user_id")?;
        let article: Uuid = new.required("article_id")?;
        let article = find_visible_article(article, new.given_id("org_id")?)?
            .ok_or_else(|| no_such_article("article_id"))?;
        return Ok(Some(new.with_changes(vec![ColumnChange::new("org_id", article.org)])?));
    };
    new.check_unchanged(
        old,
        &["org_id", "article_id", "user_id", "created_at"],
        "You can change helpful and comment.",
    )?;
    Ok(Some(new.unchanged()))
}

/// Trigger on article_feedback: updates the counts of the article.
#[pg_trigger(sql = "
    create function helpdesk.article_feedback_count() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn article_feedback_count<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_write)
}

fn after_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let [mut helpful, mut unhelpful] = [0, 0];
    for (row, step) in [(&rows.old, -1), (&rows.new, 1)] {
        match row.as_ref().map(|row| row.required::<bool>("helpful")).transpose()? {
            Some(true) => helpful += step,
            Some(false) => unhelpful += step,
            None => {}
        }
    }
    let is_changed = (helpful, unhelpful) != (0, 0);
    if let Some(row) = rows.new.or(rows.old).filter(|_| is_changed) {
        let _derived = SystemWrite::begin(SystemWrite::Derived);
        statement::write(UPDATE_COUNTS).execute(&[
            row.arg("org_id")?,
            row.arg("article_id")?,
            helpful.into(),
            unhelpful.into(),
        ])?;
    }
    Ok(None)
}
