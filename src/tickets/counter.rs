//! The counter from which the tickets of an organization take their numbers.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;

use crate::fulltext::language_lock::lock_language;
use crate::platform::error::Result;
use crate::platform::statement;

/// The next number of the organization. An import chooses its own ($2), and later numbers continue
/// after it. Locks the counter until the end of the transaction, so it comes after all other
/// locks.
const TAKE_NUMBER: &str = "
    update helpdesk.ticket_counters c
       set last_number = case when $2 is null then c.last_number + 1
                              else greatest(c.last_number, $2) end
     where c.org_id = $1
    returning coalesce($2, c.last_number)";

/// $3 numbers after the last one, and after $2.
const TAKE_NUMBERS: &str = "
    update helpdesk.ticket_counters c set last_number = greatest(c.last_number, $2) + $3
     where c.org_id = $1
    returning c.last_number";

/// For an organization that was inserted while triggers were disabled.
const INSERT_COUNTER: &str = "
    insert into helpdesk.ticket_counters (org_id)
    select o.id from helpdesk.organizations o where o.id = $1
    on conflict (org_id) do nothing";

/// The number of a new ticket: `given`, or the next one.
pub(super) fn take_number(org: Uuid, given: Option<i64>) -> Result<Option<i64>> {
    count(TAKE_NUMBER, org, &[org.into(), given.into()])
}

/// The first of `numbers` numbers that follow each other, higher than all before and than
/// `highest`, which an import has given to tickets.
pub fn take_numbers(org: Uuid, highest: i64, numbers: i64) -> Result<i64> {
    let args = [org.into(), highest.into(), numbers.into()];
    Ok(count(TAKE_NUMBERS, org, &args)?.unwrap_or_default() - numbers + 1)
}

fn count(sql: &'static str, org: Uuid, args: &[DatumWithOid]) -> Result<Option<i64>> {
    // The ticket's document needs this lock, which create_ticket() has already.
    lock_language(org)?;
    let number = statement::write(sql).fetch_optional(args, |row| row.get(1))?;
    if let Some(number) = number {
        return Ok(number);
    }
    statement::write(INSERT_COUNTER).execute(&[org.into()])?;
    statement::write(sql).fetch_scalar(args)
}
