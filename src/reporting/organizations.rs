//! list_organizations(): how large each organization is, who administers it and when it was last
//! active, for administrators of the installation. No contents.

use std::collections::HashMap;
use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::current_counts::STAGE_COUNTS;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::datum::{JsonText, JsonbText};
use crate::platform::error::{self, Result};
use crate::platform::json::id::Id;
use crate::platform::json::input;
use crate::platform::json::output::{self, Time};
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::paging::{self, Count, Page, PageSize};
use crate::platform::roles;
use crate::platform::statement::{self, Planned, Row};

/// $1: only organizations without an org_admin who can sign in; $2: a part of the name.
const MATCHES: &str = "
    (strpos(lower(o.name), lower($2)) > 0 or $2 is null)
    and (not $1 or not exists (select from helpdesk.org_members a
                             join helpdesk.profiles p on p.id = a.user_id and p.auth_id is not null
                            where a.org_id = o.id and a.org_role = 'org_admin'))";

/// $3 and $4: the position after which the page begins.
static LIST_ORGANIZATIONS: LazyLock<String> = LazyLock::new(|| {
    format!(
        r#"
    select o.id, o.name, o.created_at,
           (select count(*) from helpdesk.org_members m where m.org_id = o.id)
      from helpdesk.organizations o
     where {MATCHES} and ($4::uuid is null or (helpdesk.sort_key(o.name, 'und'), o.id) > (helpdesk.sort_key($3, 'und'), $4))
     order by helpdesk.sort_key(o.name, 'und'), o.id
     limit $5"#
    )
});

/// By itself, because on a cluster the tickets are on the workers.
static LIST_ACTIVITY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "
    select n.org_id,
           (select coalesce(sum(c.ticket_count), 0)::bigint from ({STAGE_COUNTS}) c where c.org_id = n.org_id),
           (select max(t.updated_at) from helpdesk.tickets t where t.org_id = n.org_id)
      from helpdesk.ticket_counters n
     where n.org_id = any ($1)"
    )
});

static COUNT_ORGANIZATIONS: LazyLock<String> =
    LazyLock::new(|| format!("select count(*) from helpdesk.organizations o where {MATCHES}"));

const LIST_ADMINS: &str = "
    select m.org_id, p.id, p.name, p.email, p.auth_id is not null
      from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id
     where m.org_id = any ($1) and m.org_role = 'org_admin'
     order by m.added_at, p.id";

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "OrganizationFilters"))]
struct Filters {
    name: Option<String>,
    without_admin: Option<bool>,
    per_page: Option<PageSize>,
    cursor: Option<String>,
    count: Option<Count>,
}

const KEYS: &[(&str, &str)] = &[
    ("name", "a part of the name, in any case"),
    ("withoutAdmin", "true for organizations without an org_admin who can sign in"),
    ("perPage", PageSize::ALLOWED),
    ("cursor", "the nextCursor of the previous page"),
    ("count", "\"exact\" or \"none\""),
];

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    name: String,
    id: Id,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ListedOrganization"))]
#[cfg_attr(test, schemars(transform = null_only_in(&[])))]
struct Organization {
    id: Id,
    name: String,
    created_at: Option<Time>,
    member_count: Option<i64>,
    ticket_count: Option<i64>,
    last_activity_at: Option<Time>,
    admins: Vec<Admin>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "OrganizationAdmin"))]
#[cfg_attr(test, schemars(transform = null_only_in(&["email"])))]
struct Admin {
    id: Option<Id>,
    name: Option<String>,
    email: Option<String>,
    has_login: Option<bool>,
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.argument::<Filters>("list_organizations", "p_filters");
    api.describe_keys("OrganizationFilters", KEYS);
    api.page::<Organization>("list_organizations", "OrganizationPage", "organizations", &["total"]);
}

impl Organization {
    fn from_row(row: &Row) -> Option<Organization> {
        Some(Organization {
            id: row.id(1)?,
            name: row.get(2)?,
            created_at: row.time(3),
            member_count: row.get(4),
            ticket_count: Some(0),
            last_activity_at: row.time(3),
            admins: Vec::new(),
        })
    }
}

/// One page of all organizations, by name.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn list_organizations(p_filters: default!(Option<JsonbText>, "'{}'")) -> Result<JsonText> {
    let filters: Filters =
        input::parse_filters("p_filters", JsonbText::or_empty("p_filters", &p_filters)?, KEYS)?;
    let caller = Caller::current()?;
    if !roles::role_bypasses_row_security() && !caller.is_installation_admin() {
        return Err(rights::refusal(error::not_allowed(
            "not_an_installation_admin",
            "only administrators of the installation can list all organizations",
            "my_org_ids() lists the organizations you are a member of.",
        )));
    }
    let size = filters.per_page.unwrap_or_default();
    let cursor: Option<Cursor> = filters.cursor.as_deref().map(paging::decode).transpose()?;
    let without_admin = filters.without_admin.unwrap_or_default();
    let rows = statement::read(&LIST_ORGANIZATIONS).fetch_all(
        &[
            without_admin.into(),
            filters.name.as_deref().into(),
            cursor.as_ref().map(|cursor| cursor.name.as_str()).into(),
            cursor.as_ref().map(|cursor| Uuid::from(cursor.id)).into(),
            size.limit().into(),
        ],
        Organization::from_row,
    )?;
    let mut page = Page::new(rows.into_iter().flatten().collect(), size);
    add_activity(&mut page.rows)?;
    add_admins(&mut page.rows)?;
    let next_cursor =
        page.next_cursor(|last| Some(Cursor { name: last.name.clone(), id: last.id }))?;
    let total = match filters.count.unwrap_or_default() {
        Count::Exact => statement::read(&COUNT_ORGANIZATIONS)
            .fetch_scalar::<i64>(&[without_admin.into(), filters.name.as_deref().into()])?,
        Count::None => None,
    };
    let items: Result<Vec<_>> = page.rows.iter().map(JsonText::serialize).collect();
    Ok(output::page(
        "organizations",
        items?,
        json!({ "total": total, "perPage": size.get(), "nextCursor": next_cursor }),
    ))
}

fn add_activity(organizations: &mut [Organization]) -> Result<()> {
    let activity = statement::read(&LIST_ACTIVITY)
        .planned(Planned::EachTime)
        .fetch_all(&[ids_of(organizations).into()], |row| {
            Some((*row.get::<Uuid>(1)?.as_bytes(), (row.get(2), row.time(3))))
        })?;
    let mut activity: HashMap<_, _> = activity.into_iter().flatten().collect();
    for org in organizations {
        if let Some((count, last)) = activity.remove(Uuid::from(org.id).as_bytes()) {
            org.ticket_count = count;
            org.last_activity_at = last.or(org.created_at);
        }
    }
    Ok(())
}

fn ids_of(organizations: &[Organization]) -> Vec<Uuid> {
    organizations.iter().map(|org| org.id.into()).collect()
}

fn add_admins(organizations: &mut [Organization]) -> Result<()> {
    let mut admins: HashMap<[u8; 16], Vec<Admin>> = HashMap::new();
    statement::read(LIST_ADMINS).fetch_all(&[ids_of(organizations).into()], |row| {
        if let Some(org) = row.get::<Uuid>(1) {
            admins.entry(*org.as_bytes()).or_default().push(Admin {
                id: row.id(2),
                name: row.get(3),
                email: row.get(4),
                has_login: row.get(5),
            });
        }
    })?;
    for org in organizations {
        org.admins = admins.remove(Uuid::from(org.id).as_bytes()).unwrap_or_default();
    }
    Ok(())
}
