//! Writing the comments of an import.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;

use super::existing::Addition;
use super::people::People;
use super::rows::CommentRow;
use crate::fulltext::imported::index_new;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};
use crate::platform::system_write::SystemWrite;
use crate::platform::uuid::new_id;

/// How many are written by one statement.
const BATCH: usize = 2_000;

const INSERT_COMMENTS: &str = "
    insert into helpdesk.ticket_comments
           (org_id, id, ticket_id, requester_id, content, is_internal, created_by, created_at,
            updated_at, external_id)
    select $1, n.id, n.ticket_id, t.created_by, n.content, n.is_internal, n.created_by, n.created_at,
           n.created_at, n.external_id
      from unnest($2::uuid[], $3::uuid[], $4::text[], $5::boolean[], $6::uuid[], $7::timestamptz[],
                  $8::text[])
           as n (id, ticket_id, content, is_internal, created_by, created_at, external_id)
      join helpdesk.tickets t on t.org_id = $1 and t.id = n.ticket_id
     order by n.id";

/// Adds comments to tickets that exist, which triggers count. Returns how many.
pub(super) fn add(org: Uuid, additions: &[Addition], people: &People) -> Result<usize> {
    let comments: Vec<(Uuid, &CommentRow)> = additions
        .iter()
        .flat_map(|addition| addition.comments.iter().map(|comment| (addition.ticket, comment)))
        .collect();
    let _import = SystemWrite::begin(SystemWrite::Import);
    for batch in comments.chunks(BATCH) {
        let ids = insert(org, batch, people)?;
        index_new(org, Vec::new(), ids)?;
    }
    Ok(comments.len())
}

/// Writes the comments of some tickets. Returns their ids, which ascend with their times.
pub(super) fn insert(
    org: Uuid,
    batch: &[(Uuid, &CommentRow)],
    people: &People,
) -> Result<Vec<Uuid>> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let comments = || batch.iter().map(|(_, comment)| comment);
    let ids: Vec<Uuid> = batch.iter().map(|_| new_id()).collect();
    let tickets: Vec<Uuid> = batch.iter().map(|(ticket, _)| *ticket).collect();
    let contents: Vec<&str> = comments().map(|comment| comment.content.as_str()).collect();
    let are_internal: Vec<bool> = comments().map(|comment| comment.is_internal()).collect();
    let authors: Vec<Uuid> =
        comments().map(|comment| Ok(people.get(&comment.author)?.id)).collect::<Result<_>>()?;
    let times: Vec<TimestampWithTimeZone> =
        comments().map(|comment| comment.created_at.0).collect();
    let external_ids: Vec<&str> = comments().map(|comment| comment.external_id.as_str()).collect();
    statement::write(INSERT_COMMENTS).planned(Planned::EachTime).execute(&[
        org.into(),
        ids.clone().into(),
        tickets.into(),
        contents.into(),
        are_internal.into(),
        authors.into(),
        times.into(),
        external_ids.into(),
    ])?;
    Ok(ids)
}
