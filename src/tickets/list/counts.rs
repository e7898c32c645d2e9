//! count_tickets: the totals of several lists, such as the views of an inbox, in one call.

use std::collections::BTreeMap;

use pgrx::Uuid;
use pgrx::prelude::*;
use serde_json::Value;

use super::List;
use super::filters::Filters;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::datum::{JsonText, JsonbText};
use crate::platform::error::{self, Result, required};
use crate::platform::json::input;
#[cfg(test)]
use crate::platform::json::schema::Api;
use crate::platform::text::is_longer;

const MAX_LISTS: usize = 20;

const MAX_NAME: usize = 100;

const ALLOWED: &str = "An object with the filters of up to 20 lists by their names, which have up \
                       to 100 characters: {\"mine\": {\"assignedTo\": \"me\"}}.";

/// The totals of lists of tickets that the caller may see, by the name of the list.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn count_tickets(p_org_id: Option<Uuid>, p_filters: Option<JsonbText>) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let lists = parse_lists(required(p_filters, "p_filters")?.text("p_filters")?)?;
    let sees_all = rights::check_member(org)?;
    let me = Caller::current()?.profile;
    let totals = lists.iter().map(|(name, filters)| {
        let list = List { org, filters, me, sees_all };
        Ok((name.as_str(), list.total()?))
    });
    JsonText::serialize(&totals.collect::<Result<BTreeMap<&str, Option<i64>>>>()?)
}

fn parse_lists(text: &str) -> Result<Vec<(String, Filters)>> {
    let lists = input::parse_map("p_filters", text, ALLOWED)?;
    let too_long = |problem: &str| Err(error::invalid("too_long", "p_filters", problem, ALLOWED));
    if lists.len() > MAX_LISTS {
        return too_long(&format!("{} lists; up to {MAX_LISTS} are allowed", lists.len()));
    }
    if lists.keys().any(|name| is_longer(name, MAX_NAME)) {
        return too_long("the name of a list is too long");
    }
    let parse = |(name, filters): (String, Value)| {
        let parsed = Filters::parse(&format!("p_filters.{name}"), &filters.to_string())?;
        Ok((name, parsed))
    };
    lists.into_iter().map(parse).collect()
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.argument::<BTreeMap<String, Filters>>("count_tickets", "p_filters");
    api.result::<BTreeMap<String, Option<i64>>>("count_tickets");
}
