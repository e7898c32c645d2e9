//! Tickets that are found by the name of a file.

use pgrx::Uuid;

use super::matches::{Match, Search};
use crate::fulltext::lexemes::Kind;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};

/// Those of the attachments $2 by which their tickets are shown: of each ticket that does not match
/// the query ($3) itself, and is not $5, the newest. $4: the caller sees internal ones.
const FIRST_OF_TICKETS: &str = "
    select d.document_id from helpdesk.search_documents d
     where d.org_id = $1 and d.document_id = any ($2) and d.kind = 'attachment'
       and d.ticket_id is distinct from $5
       and (select count(*) = 0 from helpdesk.search_documents o
             where o.ticket_id = d.ticket_id and o.org_id = $1 and o.lexemes @@ $3
               and (o.kind = 'ticket'
                    or o.kind = 'attachment' and o.document_id > d.document_id
                       and ($4 or not o.is_internal)))";

impl Search {
    /// Leaves out attachments whose ticket is among the results already. `numbered` is the ticket
    /// that is found by its number.
    pub(super) fn keep_one_file_of_each_ticket(
        &self,
        matches: &mut Vec<Match>,
        numbered: Option<Uuid>,
    ) -> Result<()> {
        let is_file = |found: &Match| found.kind == Kind::Attachment;
        let files: Vec<Uuid> =
            matches.iter().filter(|found| is_file(found)).map(|found| found.id).collect();
        let (Some(query), false) = (&self.query, files.is_empty()) else { return Ok(()) };
        let args = [
            self.org.into(),
            files.into(),
            query.for_kind(Kind::Ticket).into(),
            self.reader.is_staff.into(),
            numbered.into(),
        ];
        let kept = statement::read(FIRST_OF_TICKETS)
            .planned(Planned::Once)
            .fetch_all(&args, |row| row.get::<Uuid>(1))?;
        matches.retain(|found| !is_file(found) || kept.contains(&Some(found.id)));
        Ok(())
    }
}
