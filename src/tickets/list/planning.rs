//! Which statements of a list are planned once, and which for the arguments of each call.

use super::filters::Filters;
use super::order::{Sort, SortKey};
use crate::platform::statement::Planned;

/// With several conditions, a range of times, or an agent of few or of many tickets, the best index
/// depends on the arguments. The planner only knows that a customer has few tickets with the
/// argument, and needs it unless an index returns those tickets in the order of the list.
pub(super) fn of_page(
    filters: &Filters,
    conditions: &[&str],
    sort: Sort,
    sees_all: bool,
) -> Planned {
    let has_one_best_plan = match (conditions.len(), sees_all) {
        (0, true) => true,
        (0, false) => sort.key == SortKey::UpdatedAt,
        (1, true) => {
            filters.assigned_to.is_none() && filters.watching.is_none() && !filters.has_time_range()
        }
        _ => false,
    };
    if has_one_best_plan { Planned::Once } else { Planned::EachTime }
}

/// The matching tickets are counted in any order.
pub(super) fn of_total(filters: &Filters, conditions: &[&str], sees_all: bool) -> Planned {
    match sees_all {
        true => of_page(filters, conditions, Sort::default(), sees_all),
        false => Planned::EachTime,
    }
}
