//! The page of a list that only filters by createdBefore, most recently updated first.
//!
//! An index on updated_at alone would walk all newer tickets. tickets_org_age_idx also groups them
//! by age, updated_at - created_at: in a group of tickets no older than A, those created before T
//! were updated before T + A, so the scan of each group starts there.

use super::conditions::CREATED_BEFORE;
use super::order::Sort;

/// The limits between the groups, as in tickets_org_age_idx: 1, 5 and 20 minutes, 1, 4 and 12
/// hours, 1, 3, 10 and 30 days, 3 months, 1, 3 and 10 years. In hours, which are equally long in
/// every time zone.
const AGES: &str = "{00:01:00,00:05:00,00:20:00,01:00:00,04:00:00,12:00:00,24:00:00,\
    72:00:00,240:00:00,720:00:00,2160:00:00,8760:00:00,26280:00:00,87600:00:00}";

/// Each group may have to return all tickets up to the end of the page, so that later pages are
/// faster by the index on updated_at.
const MAX_TICKETS: i64 = 1_000;

/// Whether this plan serves a page. `last` is the position of its last ticket in the list.
pub(super) fn applies(conditions: &[&str], sort: Sort, last: i64) -> bool {
    conditions == [CREATED_BEFORE] && sort == Sort::default() && last <= MAX_TICKETS
}

/// Selects the first `last` tickets, or the first after the cursor.
pub(super) fn select(last: i64, has_cursor: bool) -> String {
    // Not a row comparison, which could make the index scan start there instead of at the group.
    let after_cursor = if has_cursor {
        " and t.updated_at <= $19 and (t.updated_at < $19 or t.id < $21)"
    } else {
        ""
    };
    format!(
        "select t.*
           from unnest(array_append('{AGES}'::interval[], null))
                  with ordinality age_group (max_age, number)
          cross join lateral (
            select t.* from helpdesk.tickets t
             where t.org_id = $1
               and width_bucket(t.updated_at - t.created_at, '{AGES}'::interval[])
                   = (age_group.number - 1)::integer
               and t.updated_at < coalesce($14 + age_group.max_age, 'infinity')
               and {CREATED_BEFORE}{after_cursor}
             order by t.updated_at desc, t.id desc limit {last}) t
          order by t.updated_at desc, t.id desc"
    )
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn ticket_ages_serve_early_pages_of_tickets_created_before_a_time() {
        let sort = Sort::default();
        let ascending = Sort { descending: false, ..sort };
        assert!(applies(&[CREATED_BEFORE], sort, MAX_TICKETS));
        assert!(!applies(&[CREATED_BEFORE], sort, MAX_TICKETS + 1));
        assert!(!applies(&[CREATED_BEFORE], ascending, 21));
        assert!(!applies(&[CREATED_BEFORE, "t.status = $5"], sort, 21));
        assert!(!applies(&[], sort, 21));
    }

    #[pg_test]
    fn ticket_ages_are_those_of_the_index() {
        let definition = "select pg_get_indexdef('helpdesk.tickets_org_age_idx'::regclass)";
        let definition: String = Spi::get_one(definition).unwrap().unwrap();
        assert!(definition.contains(&format!("'{AGES}'::interval[]")), "{definition}");
    }
}
