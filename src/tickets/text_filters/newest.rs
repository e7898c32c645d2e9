//! The tickets that filters select, most recently changed first, in a bounded number of rows.

use super::{Column, TicketFilter, TicketFilters};
use crate::platform::conditions::{Arguments, Clause, Condition};
use crate::platform::enums::Status;

/// How many tickets are looked at. They come from the index of the most selective filter.
const MAX_READ: usize = 20_000;

/// How many look-ups in an index may select them. Further names are compared with each ticket.
const MAX_LOOK_UPS: usize = 100;

/// How many tickets are selected.
const MAX_SELECTED: usize = 2_000;

impl TicketFilters {
    /// Selects the ids of tickets of organization $1.
    pub fn newest_tickets(&self, arguments: &mut Arguments) -> String {
        let anchor = self.iter().filter_map(|clause| Some((selectivity(clause)?, clause)));
        let anchor = anchor.max_by_key(|(selectivity, _)| *selectivity).map(|(_, clause)| clause);
        let parts: Vec<String> = match anchor {
            Some(clause) => {
                let limit = MAX_READ / look_ups(clause);
                let part = |filter| newest(filter, limit, arguments);
                clause.any_of.iter().map(part).collect()
            }
            None => vec![format!(
                "select t.* from helpdesk.tickets t where t.org_id = $1
                  order by t.updated_at desc, t.id desc limit {MAX_READ}"
            )],
        };
        let filters = self.to_sql(arguments);
        format!(
            "select t.id from (({})) t where {filters}
              group by t.id, t.updated_at
              order by t.updated_at desc, t.id desc limit {MAX_SELECTED}",
            parts.join(") union all (")
        )
    }
}

/// The tickets of one filter, by its index.
fn newest(filter: &TicketFilter, limit: usize, arguments: &mut Arguments) -> String {
    let column = if let TicketFilter::Created(_) = filter { "created_at" } else { "updated_at" };
    if let TicketFilter::Has(named, ids) = filter {
        // An index returns the tickets of each id in order.
        let (name, ids) = (named.name(), arguments.bind(ids.clone()));
        return format!(
            "select t.*
               from unnest({ids}) as x (id),
                    lateral (select t.* from helpdesk.tickets t
                              where t.org_id = $1 and t.{name} = x.id
                              order by t.{column} desc, t.id desc limit {limit}) t"
        );
    }
    format!(
        "select t.* from helpdesk.tickets t where t.org_id = $1 and {}
          order by t.{column} desc, t.id desc limit {limit}",
        filter.to_sql(arguments)
    )
}

fn look_ups(clause: &Clause<TicketFilter>) -> usize {
    let count = |filter: &TicketFilter| match filter {
        TicketFilter::Has(_, ids) => ids.len(),
        _ => 1,
    };
    clause.any_of.iter().map(count).sum()
}

/// How few tickets a clause selects, as a rule; None without an index that returns them in order.
fn selectivity(clause: &Clause<TicketFilter>) -> Option<usize> {
    if clause.is_negated || look_ups(clause) > MAX_LOOK_UPS {
        return None;
    }
    let ranks = clause.any_of.iter().map(|filter| match filter {
        TicketFilter::Number(_) => Some(9),
        TicketFilter::Has(Column::Requester, _) => Some(8),
        TicketFilter::Has(Column::Assignee, _) => Some(7),
        TicketFilter::IsUnassigned => Some(6),
        TicketFilter::Status(status) => {
            Some(if matches!(status, Status::Open | Status::Pending) { 5 } else { 1 })
        }
        TicketFilter::IsUnanswered | TicketFilter::IsAnswered => Some(5),
        TicketFilter::Has(Column::Stage, _) => Some(4),
        TicketFilter::Priority(_) => Some(3),
        TicketFilter::Has(Column::Workflow, _) => Some(2),
        TicketFilter::Created(_) | TicketFilter::Updated(_) => Some(2),
        TicketFilter::IsAssigned => None,
    });
    ranks.collect::<Option<Vec<usize>>>()?.into_iter().min()
}
