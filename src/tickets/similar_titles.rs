//! Tickets whose titles are similar to a query.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;

use super::text_filters::TicketFilters;
use crate::fulltext::lexemes::Kind;
use crate::fulltext::similar_texts::with_all_words;
use crate::fulltext::typos::SimilarTitle;
use crate::platform::conditions::Arguments;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned, Row};

/// The newest, of which filters then leave some.
fn newest_titles(filters: &str) -> String {
    format!(
        "select t.id, t.title
           from (select t.* from helpdesk.tickets t
                  where t.org_id = $1 order by t.updated_at desc, t.id desc limit 5000) t
          where {filters}"
    )
}

/// Those that a customer opened or is assigned to.
fn own_titles(filters: &str) -> String {
    format!(
        "select t.id, t.title from helpdesk.tickets t
          where t.org_id = $1 and (t.created_by = $2 or t.assigned_to = $2) and {filters}
          order by t.updated_at desc limit 2000"
    )
}

/// The tickets that the caller may see with a similar title, and how many typos make it so: among
/// the newest, or among the caller's own if they do not see all. `is_in_titles`: words that the
/// title lacks are not looked for in the description.
pub fn find_tickets_by_similar_title(
    org: Uuid,
    me: Option<Uuid>,
    sees_all: bool,
    wanted: &SimilarTitle,
    is_in_titles: bool,
    filters: &TicketFilters,
) -> Result<Vec<(Uuid, usize)>> {
    let mut args: Vec<DatumWithOid> = vec![org.into()];
    if !sees_all {
        args.push(me.into());
    }
    let mut more = Arguments::after(args.len());
    let filters = filters.to_sql(&mut more);
    args.extend(more.into_values());
    let find = |row: &Row| {
        pgrx::check_for_interrupts!();
        let similarity = wanted.compare(row.get(2)?)?;
        (similarity.missing.is_empty() || !is_in_titles).then_some((row.get(1)?, similarity))
    };
    let similar = match sees_all {
        true => statement::read_assembled(&newest_titles(&filters), Planned::Once)
            .fetch_all(&args, find)?,
        // Without the arguments, the planner takes a customer for an agent with many tickets.
        false => statement::read_assembled(&own_titles(&filters), Planned::EachTime)
            .fetch_all(&args, find)?,
    };
    with_all_words(org, Kind::Ticket, similar.into_iter().flatten().collect())
}
