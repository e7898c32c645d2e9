//! Idempotency keys: a repeated request returns what the first one created.

use pgrx::Uuid;
use serde_json::Value;

use crate::platform::error::{self, Result};
use crate::platform::statement;
use crate::platform::text::is_longer;

const MAX_KEY: usize = 255;

/// Waits for a concurrent transaction that uses the same key. Returns no row if that one commits.
const INSERT_KEY: &str = "
    insert into helpdesk.idempotency_keys
           (org_id, actor_id, key, ticket_id, object_id, request_digest)
    values ($1, $2, $3, $4, $5, sha256(convert_to($6, 'UTF8')))
    on conflict (org_id, actor_id, key) do nothing
    returning true";

const FIND_OBJECT_OF_KEY: &str = "
    select object_id, request_digest = sha256(convert_to($4, 'UTF8'))
      from helpdesk.idempotency_keys
     where org_id = $1 and actor_id is not distinct from $2 and key = $3";

/// An object that is about to be created: a ticket, or a comment or an attachment on it.
pub struct NewObject {
    pub org: Uuid,
    pub ticket: Uuid,
    pub id: Uuid,
}

/// Stores the key for a new object. Returns the object of an earlier request with the same key, or
/// an error if that request was a different one. `request` begins with the name of the function.
pub fn claim_key(
    object: &NewObject,
    actor: Option<Uuid>,
    key: &str,
    request: &Value,
) -> Result<Option<Uuid>> {
    if key.is_empty() || is_longer(key, MAX_KEY) {
        return Err(error::invalid(
            if key.is_empty() { "blank" } else { "too_long" },
            "p_idempotency_key",
            "empty or too long",
            "1 to 255 characters, for example a new UUID.",
        ));
    }
    let NewObject { org, ticket, id } = *object;
    let request = request.to_string();
    let args =
        [org.into(), actor.into(), key.into(), ticket.into(), id.into(), request.as_str().into()];
    if statement::write(INSERT_KEY).exists(&args)? {
        return Ok(None);
    }
    let args = [org.into(), actor.into(), key.into(), request.as_str().into()];
    let first = statement::write(FIND_OBJECT_OF_KEY)
        .fetch_optional(&args, |row| (row.get::<Uuid>(1), row.get::<bool>(2)))?;
    match first {
        Some((Some(object), Some(true))) => Ok(Some(object)),
        _ => Err(error::conflict(
            "idempotency_key_used",
            "p_idempotency_key: already used for another request",
            "Repeat the first request unchanged, or use a new key.",
        )),
    }
}
