//! The words of tickets, comments and articles, kept in search_documents by trigger.

use pgrx::prelude::*;

use super::documents::{lock, rebuild};
use crate::platform::error::{self, Result};
use crate::platform::statement;
use crate::platform::transaction::Lock;
use crate::platform::trigger::{self, TriggerResult, TriggerRows, Tuple};

/// The configurations that come with Postgres: another one could be dropped, and then no ticket could be written.
const LANGUAGES: &str = "
    select coalesce(bool_or(c.cfgname = $1), false), string_agg(c.cfgname::text, ', ' order by c.cfgname)
      from pg_ts_config c where c.cfgnamespace = 'pg_catalog'::regnamespace";

/// Trigger on organizations: the language is one that Postgres knows.
#[pg_trigger(sql = "
    create function helpdesk.organizations_check_search_language() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn organizations_check_search_language<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, check_language)
}

fn check_language(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let language: String = new.required("search_language")?;
    let found = statement::write(LANGUAGES).fetch_optional(&[language.into()], |row| {
        (row.get::<bool>(1) == Some(true), row.get::<String>(2).unwrap_or_default())
    })?;
    if let Some((false, languages)) = found {
        return Err(error::bad(
            "search_language",
            "not a text search configuration of Postgres",
            format!("One of: {languages}."),
        ));
    }
    Ok(Some(new.unchanged()))
}

/// Trigger on organizations: everything is indexed again in the new language.
#[pg_trigger(sql = "
    create function helpdesk.organizations_rebuild_search_documents() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn organizations_rebuild_search_documents<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, reindex)
}

fn reindex(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let Some(new) = rows.new {
        let org = new.required("id")?;
        lock(org, Lock::Exclusive)?;
        rebuild(org)?;
    }
    Ok(None)
}
