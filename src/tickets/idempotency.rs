//! Idempotency keys: a repeated request to create a ticket returns the ticket of the first one.

use pgrx::Uuid;

use crate::platform::error::{self, Result};
use crate::platform::statement;

const MAX_KEY: usize = 255;

/// Waits for a concurrent transaction that uses the same key. Returns no row if that one commits.
const INSERT_KEY: &str = "
    insert into helpdesk.ticket_idempotency_keys (org_id, actor_id, key, ticket_id, request_digest)
    values ($1, $2, $3, $4, sha256(convert_to($5, 'UTF8')))
    on conflict (org_id, actor_id, key) do nothing
    returning true";

const FIND_TICKET_OF_KEY: &str = "
    select ticket_id, request_digest = sha256(convert_to($4, 'UTF8'))
      from helpdesk.ticket_idempotency_keys
     where org_id = $1 and actor_id is not distinct from $2 and key = $3";

/// Stores the key for a ticket that is about to be created. Returns the ticket of an earlier
/// request with the same key, or an error if that request was a different one.
pub(super) fn claim_key(
    org: Uuid,
    actor: Option<Uuid>,
    key: &str,
    ticket: Uuid,
    request: &str,
) -> Result<Option<Uuid>> {
    if key.is_empty() || key.chars().count() > MAX_KEY {
        return Err(error::invalid(
            if key.is_empty() { "blank" } else { "too_long" },
            "p_idempotency_key",
            "empty or too long",
            "1 to 255 characters, for example a new UUID.",
        ));
    }
    let args = [org.into(), actor.into(), key.into(), ticket.into(), request.into()];
    if statement::write(INSERT_KEY).exists(&args)? {
        return Ok(None);
    }
    let args = [org.into(), actor.into(), key.into(), request.into()];
    let first = statement::write(FIND_TICKET_OF_KEY)
        .fetch_optional(&args, |row| (row.get::<Uuid>(1), row.get::<bool>(2)))?;
    match first {
        Some((Some(ticket), Some(true))) => Ok(Some(ticket)),
        _ => Err(error::conflict(
            "idempotency_key_used",
            "p_idempotency_key: already used for another request",
            "Repeat the first request unchanged, or use a new key.",
        )),
    }
}
