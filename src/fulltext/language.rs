//! The text search configuration of an organization: which ones are allowed, and what a change
//! does.

use pgrx::prelude::*;

use super::rebuild::{rebuild_in_new_language, sort_organization};
use crate::platform::collation::Collation;
use crate::platform::error::{self, Result};
use crate::platform::statement;
use crate::platform::trigger::{self, TriggerResult, TriggerRows, Tuple};
use crate::sharding::where_organization_is;

/// The configurations that Postgres ships. Another one could be dropped, and then no ticket of the
/// organization could be written.
const LANGUAGES: &str = "
    select coalesce(bool_or(c.cfgname = $1), false),
           string_agg(c.cfgname::text, ', ' order by c.cfgname)
      from pg_ts_config c
     where c.cfgnamespace = 'pg_catalog'::regnamespace";

/// Trigger on organizations: the search language is a configuration that Postgres ships, and
/// sort_locale a language tag.
#[pg_trigger(sql = "
    create function helpdesk.organizations_check_search_language() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn organizations_check_search_language<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_write)
}

fn before_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let language = error::required(new.text("search_language")?, "search_language")?;
    let found = statement::write(LANGUAGES).fetch_optional(&[language.into()], |row| {
        (row.get::<bool>(1) == Some(true), row.get::<String>(2).unwrap_or_default())
    })?;
    if let Some((false, languages)) = found {
        return Err(error::invalid(
            "unknown_language",
            "search_language",
            "not a text search configuration of Postgres",
            format!("One of: {languages}."),
        ));
    }
    let tag: Option<String> = new.get("sort_locale")?;
    if tag.is_some_and(|tag| Collation::of_tag(&tag).is_none()) {
        return Err(error::invalid(
            "unknown_locale",
            "sort_locale",
            "not a language tag",
            "A BCP 47 tag, such as cs or de-AT; null for the language of search_language.",
        ));
    }
    Ok(Some(new.unchanged()))
}

/// The documents of people. Those of tickets and articles are deleted with them, before.
const DELETE_DOCUMENTS: &str = "delete from helpdesk.search_documents where org_id = $1";

/// Trigger on organizations: a new search language rebuilds the organization's full-text index; a
/// deleted organization has none.
#[pg_trigger(sql = "
    create function helpdesk.organizations_rebuild_search_documents() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn organizations_rebuild_search_documents<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_write)
}

fn after_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(old) = &rows.old else { return Ok(None) };
    let org = old.required("id")?;
    where_organization_is(org, || match &rows.new {
        Some(new) if new.same_image(old, "search_language")? => sort_organization(org),
        Some(_) => {
            let previous: String = old.required("search_language")?;
            rebuild_in_new_language(org, &previous)
        }
        None => statement::write(DELETE_DOCUMENTS).execute(&[org.into()]),
    })?;
    Ok(None)
}
