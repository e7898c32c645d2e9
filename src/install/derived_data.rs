//! What triggers derive from other rows: where it is wrong after changes with triggers disabled,
//! and deriving it again.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::iter::TableIterator;
use pgrx::prelude::*;

use super::locks::lock_out_writers;
use crate::fulltext::lexemes::organization_marker;
use crate::fulltext::verification::WRONG_DOCUMENTS;
use crate::platform::error::Result;
use crate::platform::replication::check_is_not_subscribed;
use crate::platform::schema_version::check_schema_version;
use crate::platform::statement::{self, Planned, Row, Statement};
use crate::platform::system_write::SystemWrite;
use crate::sharding::{self, is_here};

const ORGANIZATIONS: &str = "select o.id from helpdesk.organizations o order by o.id";

const FACTS: &str = include_str!("../../sql/queries/derived_facts.sql");

static VERIFY: LazyLock<String> = LazyLock::new(|| {
    format!(
        include_str!("../../sql/queries/verify_derived_data.sql"),
        facts = FACTS,
        wrong_documents = *WRONG_DOCUMENTS,
    )
});

/// The addresses of people, who belong to no organization.
const VERIFY_PROFILES: &str = "
    select null::uuid, 'profiles', w.name, count(*), (array_agg(p.id))[1]
      from helpdesk.profiles p
      join auth.users u on u.id = p.auth_id
     cross join lateral (values
       ('email', p.email is distinct from u.email::text),
       ('email_is_confirmed', p.email_is_confirmed <> (u.email_confirmed_at is not null)))
           w (name, is_wrong)
     where w.is_wrong
     group by w.name
     order by w.name";

const VERIFY_COUNTS: &str = "
    select s.org_id,
           case when s.agent_id is null then 'ticket_stage_counts' else 'ticket_agent_counts' end,
           'ticket_count', count(*), (array_agg(coalesce(s.agent_id, s.stage_id)))[1]
      from helpdesk.verify_ticket_stats() s
     group by 1, 2
     order by 1, 2, 3";

static REBUILD_TICKETS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "with {FACTS}
         update helpdesk.tickets t
            set public_comment_count = e.comments,
                public_attachment_count = e.files,
                last_public_comment_at = e.last_at,
                is_answered = e.is_answered,
                first_response_at = e.response_at,
                first_response_by = e.response_by
           from (
             select x.id, coalesce(c.public_count, 0), coalesce(f.public_count, 0), c.last_public_at,
                    case when l.by_others and l.by_requester then x.is_answered
                         else coalesce(l.by_others, false) end,
                    least(x.first_response_at, c.first_response_at),
                    case when c.first_response_at < coalesce(x.first_response_at, 'infinity') then (
                           select r.created_by from helpdesk.ticket_comments r
                            where r.org_id = $1 and r.ticket_id = x.id and not r.is_internal
                              and r.created_at = c.first_response_at and r.created_by <> x.created_by
                              and r.created_by in (select m.user_id from members m)
                            order by r.id limit 1)
                         else x.first_response_by end
               from helpdesk.tickets x
               left join comments c on c.ticket_id = x.id
               left join last_public l on l.ticket_id = x.id
               left join files f on f.ticket_id = x.id
              where x.org_id = $1
           ) e (id, comments, files, last_at, is_answered, response_at, response_by)
          where t.org_id = $1 and t.id = e.id
            and (t.public_comment_count, t.public_attachment_count, t.last_public_comment_at,
                 t.is_answered, t.first_response_at)
                is distinct from (e.comments, e.files, e.last_at, e.is_answered, e.response_at)"
    )
});

static REBUILD_INTERNAL_COUNTS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "with {FACTS}
         insert into helpdesk.ticket_internal_counts (org_id, ticket_id, comment_count, attachment_count)
         select $1, t.id, coalesce(c.internal_count, 0), coalesce(f.internal_count, 0)
           from helpdesk.tickets t
           left join helpdesk.ticket_internal_counts i on i.org_id = $1 and i.ticket_id = t.id
           left join comments c on c.ticket_id = t.id
           left join files f on f.ticket_id = t.id
          where t.org_id = $1
            and (coalesce(i.comment_count, 0), coalesce(i.attachment_count, 0))
                <> (coalesce(c.internal_count, 0), coalesce(f.internal_count, 0))
         on conflict (org_id, ticket_id) do update
            set comment_count = excluded.comment_count,
                attachment_count = excluded.attachment_count"
    )
});

static REBUILD_REQUESTERS: LazyLock<[String; 3]> = LazyLock::new(|| {
    ["ticket_comments", "ticket_attachments", "ticket_history"].map(|table| {
        format!(
            "update helpdesk.{table} c set requester_id = t.created_by from helpdesk.tickets t
              where c.org_id = $1 and t.org_id = $1 and t.id = c.ticket_id
                and c.requester_id <> t.created_by"
        )
    })
});

static REBUILD_ARTICLES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "with {FACTS}
         update helpdesk.articles a
            set helpful_count = e.helpful, unhelpful_count = e.unhelpful,
                categories = e.categories, title_key = e.title_key
           from (
             select x.id, coalesce(r.helpful, 0), coalesce(r.unhelpful, 0),
                    array(select n.name from unnest(x.categories) with ordinality n (name, position)
                           where exists (select from helpdesk.categories k
                                          where k.org_id = $1 and k.name = n.name)
                           order by n.position),
                    helpdesk.sort_key(x.title, coalesce(o.sort_locale, o.search_language))
               from helpdesk.organizations o
               join helpdesk.articles x on x.org_id = $1
               left join ratings r on r.article_id = x.id
              where o.id = $1
           ) e (id, helpful, unhelpful, categories, title_key)
          where a.org_id = $1 and a.id = e.id
            and (a.helpful_count, a.unhelpful_count, a.categories, a.title_key)
                <> (e.helpful, e.unhelpful, e.categories, e.title_key)"
    )
});

/// A user's statement, but for the recipients of notifications: the ticket gets a revision.
const REBUILD_STATUS: &str = "
    update helpdesk.tickets t set status = s.status from helpdesk.workflow_stages s
     where t.org_id = $1 and s.org_id = $1 and s.id = t.current_stage_id and t.status <> s.status";

/// Apart from the update, because on a cluster the logins are only here.
const FIND_WRONG_PROFILES: &str = "
    select p.id, u.email::text, u.email_confirmed_at is not null
      from helpdesk.profiles p
      join auth.users u on u.id = p.auth_id
     where (p.email, p.email_is_confirmed)
           is distinct from (u.email::text, u.email_confirmed_at is not null)
     order by p.id";

const REBUILD_PROFILE: &str =
    "update helpdesk.profiles set email = $2, email_is_confirmed = $3 where id = $1";

/// They follow from tickets, articles and profiles.
const REBUILD_COUNTS: &str = "select helpdesk.rebuild_ticket_stats()";
const REBUILD_DOCUMENTS: &str = "select helpdesk.rebuild_search_index()";

/// A column that is wrong in some rows of an organization.
type WrongColumn = (Option<Uuid>, Option<String>, Option<String>, Option<i64>, Option<Uuid>);

/// Returns the columns that differ from what they are derived from. No rows, unless something was
/// written while triggers were disabled.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
#[allow(clippy::type_complexity)] // pgrx reads the columns from the signature.
fn verify_derived_data() -> Result<
    TableIterator<
        'static,
        (
            name!(org_id, Option<Uuid>),
            name!(table_name, Option<String>),
            name!(column_name, Option<String>),
            name!(wrong_rows, Option<i64>),
            name!(example_id, Option<Uuid>),
        ),
    >,
> {
    check_schema_version()?;
    let mut wrong = find_wrong_columns(VERIFY_COUNTS)?;
    if sharding::is_main_node()? {
        wrong.extend(find_wrong_columns(VERIFY_PROFILES)?);
    }
    for org in find_organizations(statement::read)? {
        let args = [org.into(), organization_marker(org, "").into()];
        let found =
            statement::read(&VERIFY).planned(Planned::EachTime).fetch_all(&args, |row: &Row| {
                (Some(org), row.get(1), row.get(2), row.get(3), row.get(4))
            })?;
        wrong.extend(found);
    }
    Ok(TableIterator::new(wrong))
}

fn find_wrong_columns(query: &'static str) -> Result<Vec<WrongColumn>> {
    statement::read(query)
        .fetch_all(&[], |row| (row.get(1), row.get(2), row.get(3), row.get(4), row.get(5)))
}

/// What verify_derived_data() compares on the coordinator of a cluster, where logins are.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
#[allow(clippy::type_complexity)] // pgrx reads the columns from the signature.
fn verify_profiles() -> Result<
    TableIterator<
        'static,
        (
            name!(org_id, Option<Uuid>),
            name!(table_name, Option<String>),
            name!(column_name, Option<String>),
            name!(wrong_rows, Option<i64>),
            name!(example_id, Option<Uuid>),
        ),
    >,
> {
    find_wrong_columns(VERIFY_PROFILES).map(TableIterator::new)
}

/// What rebuild_derived_data() does on the coordinator of a cluster.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn rebuild_profiles() -> Result<()> {
    let wrong = statement::write(FIND_WRONG_PROFILES)
        .fetch_all(&[], |row| (row.get::<Uuid>(1), row.get::<String>(2), row.get::<bool>(3)))?;
    wrong.into_iter().try_for_each(|(profile, email, is_confirmed)| {
        let args = [profile.into(), email.into(), is_confirmed.into()];
        statement::write(REBUILD_PROFILE).execute(&args)
    })
}

/// Derives everything again that verify_derived_data() compares. Those who write wait meanwhile.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn rebuild_derived_data() -> Result<()> {
    check_schema_version()?;
    check_is_not_subscribed("helpdesk.tickets")?;
    lock_out_writers()?;
    if sharding::is_main_node()? {
        rebuild_profiles()?;
    }
    for org in find_organizations(statement::write)? {
        let rebuild = |sql: &'static str| {
            statement::write(sql).planned(Planned::EachTime).execute(&[org.into()])
        };
        {
            let _derived = SystemWrite::begin(SystemWrite::Derived);
            rebuild(&REBUILD_TICKETS)?;
            rebuild(&REBUILD_INTERNAL_COUNTS)?;
            REBUILD_REQUESTERS.iter().try_for_each(|sql| rebuild(sql))?;
            rebuild(&REBUILD_ARTICLES)?;
        }
        let _configuration = SystemWrite::begin(SystemWrite::Configuration);
        rebuild(REBUILD_STATUS)?;
    }
    statement::write(REBUILD_COUNTS).execute(&[])?;
    statement::write(REBUILD_DOCUMENTS).execute(&[])
}

fn find_organizations(prepare: fn(&'static str) -> Statement<'static>) -> Result<Vec<Uuid>> {
    let orgs = prepare(ORGANIZATIONS).fetch_all(&[], |row| row.get::<Uuid>(1))?;
    let orgs = orgs.into_iter().flatten().map(|org| Ok(is_here(org)?.then_some(org)));
    Ok(orgs.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}
