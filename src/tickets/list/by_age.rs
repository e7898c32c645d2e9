//! Lists of tickets opened before a moment, last changed first. An index in that order alone leads through everything newer. So
//! tickets_org_age_idx has them by classes of their age, from opening to last change, too: what is of a class and was opened before
//! the moment last changed before the moment plus the oldest age of the class; there the page begins, in each of the few classes.

use super::filters::OPENED_BEFORE;
use super::order::Sort;

/// Where one class ends and the next begins, as in tickets_org_age_idx: 1 and 5 minutes, 20 minutes, 1, 4 and 12 hours, 1, 3, 10 and
/// 30 days, 3 months, 1, 3 and 10 years. In hours, which are as long in every time zone.
const AGES: &str = "{00:01:00,00:05:00,00:20:00,01:00:00,04:00:00,12:00:00,24:00:00,72:00:00,240:00:00,720:00:00,\
     2160:00:00,8760:00:00,26280:00:00,87600:00:00}";

/// Each class may have to give all tickets up to the end of the page: a late page by number is found sooner in the order of change.
const MAX_TICKETS: i64 = 1_000;

/// Whether that is what a page asks for, and nothing else of its tickets. `most`: how many tickets there are up to its end.
pub fn applies(conditions: &[&str], sort: Sort, most: i64) -> bool {
    conditions == [OPENED_BEFORE] && sort == Sort::default() && most <= MAX_TICKETS
}

/// The first `most` of them, from a cursor on if there is one.
pub fn page_statement(most: i64, has_cursor: bool) -> String {
    // Not a comparison of rows: an index scan may begin there, and not where the class does.
    let after_cursor = if has_cursor {
        " and t.updated_at <= $19 and (t.updated_at < $19 or t.id < $21)"
    } else {
        ""
    };
    format!(
        "select t.* from unnest(array_append('{AGES}'::interval[], null)) with ordinality class (oldest, number)
          cross join lateral (
            select t.* from helpdesk.tickets t
             where t.org_id = $1
               and width_bucket(t.updated_at - t.created_at, '{AGES}'::interval[]) = (class.number - 1)::integer
               and t.updated_at < coalesce($14 + class.oldest, 'infinity')
               and {OPENED_BEFORE}{after_cursor}
             order by t.updated_at desc, t.id desc limit {most}) t
          order by t.updated_at desc, t.id desc"
    )
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn ticket_ages_give_early_pages_of_tickets_opened_before_a_moment() {
        let sort = Sort::default();
        let ascending = Sort { descending: false, ..sort };
        assert!(applies(&[OPENED_BEFORE], sort, MAX_TICKETS));
        assert!(!applies(&[OPENED_BEFORE], sort, MAX_TICKETS + 1));
        assert!(!applies(&[OPENED_BEFORE], ascending, 21));
        assert!(!applies(&[OPENED_BEFORE, "t.status = $5"], sort, 21));
        assert!(!applies(&[], sort, 21));
    }

    #[pg_test]
    fn ticket_ages_are_those_of_the_index() {
        let definition = "select pg_get_indexdef('helpdesk.tickets_org_age_idx'::regclass)";
        let definition: String = Spi::get_one(definition).unwrap().unwrap();
        assert!(definition.contains(&format!("'{AGES}'::interval[]")), "{definition}");
    }
}
