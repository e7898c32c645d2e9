//! Opening, changing and finding a ticket; ticket_details.rs shows it. What happens on every write, whichever way it comes, is in ticket_triggers.rs;
//! lists are in ticket_list.rs.

use pgrx::Uuid;

use crate::platform::error::{self, Result};
use crate::platform::statement;

const MAX_KEY: usize = 255;

/// Waits for whoever is using the same key; no row when they succeeded.
const TAKE_KEY: &str = "
    insert into helpdesk.ticket_idempotency_keys (org_id, actor_id, key, ticket_id, request_digest)
    values ($1, $2, $3, $4, sha256(convert_to($5, 'UTF8')))
    on conflict (org_id, actor_id, key) do nothing
    returning true";

const TICKET_OF_KEY: &str = "
    select ticket_id, request_digest = sha256(convert_to($4, 'UTF8'))
      from helpdesk.ticket_idempotency_keys
     where org_id = $1 and actor_id is not distinct from $2 and key = $3";

/// Marks a key as used for the ticket about to be made; or finds the ticket it was used for.
pub(super) fn take_key(
    org: Uuid,
    actor: Option<Uuid>,
    key: &str,
    ticket: Uuid,
    request: &str,
) -> Result<Option<Uuid>> {
    if key.is_empty() || key.chars().count() > MAX_KEY {
        return Err(error::bad(
            "p_idempotency_key",
            "not a key",
            "1 to 255 characters, a new UUID for instance.",
        ));
    }
    let taken = statement::write(TAKE_KEY).fetch_optional(
        &[org.into(), actor.into(), key.into(), ticket.into(), request.into()],
        |_| (),
    )?;
    if taken.is_some() {
        return Ok(None);
    }
    let first = statement::write(TICKET_OF_KEY)
        .fetch_optional(&[org.into(), actor.into(), key.into(), request.into()], |row| {
            (row.get::<Uuid>(1), row.get::<bool>(2))
        })?;
    match first {
        Some((Some(first), Some(true))) => Ok(Some(first)),
        _ => Err(error::duplicate(
            "p_idempotency_key: already used for another request",
            "Repeat the first request unchanged, or take a new key.",
        )),
    }
}
