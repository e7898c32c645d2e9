//! The knowledge base: reading, publishing and rating articles; what happens whenever one is written.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::access::{find_visible_article, no_such_article};
use crate::access::caller::Caller;
use crate::platform::error::{self, Result, required};
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, TriggerResult, TriggerRows, Tuple};

const MAX_FEEDBACK: usize = 2000;

const RATE: &str = "
    insert into helpdesk.article_feedback (org_id, article_id, user_id, helpful, comment) values ($1, $2, $3, $4, $5)
    on conflict (org_id, article_id, user_id) do update set helpful = excluded.helpful, comment = excluded.comment";

const COUNT: &str = "
    update helpdesk.articles
       set helpful_count = helpful_count + $3, unhelpful_count = unhelpful_count + $4
     where org_id = $1 and id = $2";

/// Says whether an article helped; once more changes one's mind.
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
    if p_comment.is_some_and(|c| c.trim().is_empty() || c.chars().count() > MAX_FEEDBACK) {
        return Err(error::bad(
            "p_comment",
            "blank or too long",
            "1 to 2,000 characters, or leave it out.",
        ));
    }
    let me = Caller::current()?.require_profile()?;
    let found = find_visible_article(id, p_org_id)?.ok_or_else(no_such_article)?;
    statement::write(RATE).execute(&[
        found.org.into(),
        id.into(),
        me.into(),
        helpful.into(),
        p_comment.into(),
    ])
}

/// Trigger on article_feedback: who rates an article may read it.
#[pg_trigger(sql = "
    create function helpdesk.article_feedback_check() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn article_feedback_check<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, complete_feedback)
}

fn complete_feedback(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    match &rows.old {
        None => {
            let article: Uuid = new.required("article_id")?;
            find_visible_article(article, new.get("org_id")?)?.ok_or_else(no_such_article)?;
        }
        Some(old) => new.check_unchanged(
            old,
            &["org_id", "article_id", "user_id", "created_at"],
            "helpful and comment can.",
        )?,
    }
    Ok(Some(new.unchanged()))
}

/// Trigger on article_feedback: counts it on the article.
#[pg_trigger(sql = "
    create function helpdesk.article_feedback_count() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn article_feedback_count<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, count)
}

fn count(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let [mut helpful, mut unhelpful] = [0, 0];
    for (row, step) in [(&rows.old, -1), (&rows.new, 1)] {
        match row.as_ref().map(|row| row.required::<bool>("helpful")).transpose()? {
            Some(true) => helpful += step,
            Some(false) => unhelpful += step,
            None => {}
        }
    }
    if let (Some(row), false) = (rows.new.or(rows.old), (helpful, unhelpful) == (0, 0)) {
        let _activity = SystemWrite::begin(SystemWrite::Derived);
        statement::write(COUNT).execute(&[
            row.arg("org_id")?,
            row.arg("article_id")?,
            helpful.into(),
            unhelpful.into(),
        ])?;
    }
    Ok(None)
}
