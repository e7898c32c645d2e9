//! The documents of what import_tickets() has written, many by each statement.

use std::sync::LazyLock;

use pgrx::Uuid;

use super::indexed_tables::{COMMENTS, IndexedTable, TICKETS};
use super::language_lock::lock_language;
use super::lexemes::organization_marker;
use super::pending_list;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};

/// Statements for rows $2 of organization $1. $3: the organization's part of the prefix.
struct Write {
    starts: String,
    documents: String,
}

static WRITE_TICKETS: LazyLock<Write> = LazyLock::new(|| Write::to(&TICKETS));
static WRITE_COMMENTS: LazyLock<Write> = LazyLock::new(|| Write::to(&COMMENTS));

/// Writes the documents of new tickets and comments.
pub fn index_new(org: Uuid, tickets: Vec<Uuid>, comments: Vec<Uuid>) -> Result<()> {
    lock_language(org)?;
    pending_list::write_many(tickets.len() + comments.len(), || {
        WRITE_TICKETS.run(org, tickets)?;
        WRITE_COMMENTS.run(org, comments)
    })
}

impl Write {
    fn to(table: &IndexedTable) -> Write {
        // In the order of their ids, as if they had been written one by one.
        let rows = format!(
            "(select r.* from helpdesk.{} r where r.org_id = $1 and r.id = any ($2) order by r.id) r",
            table.name
        );
        Write { starts: table.insert_starts(&rows), documents: table.write_documents(&rows, "$3") }
    }

    fn run(&'static self, org: Uuid, ids: Vec<Uuid>) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let write = |sql| statement::write(sql).planned(Planned::EachTime);
        write(&self.starts).execute(&[org.into(), ids.clone().into()])?;
        let prefix = organization_marker(org, "");
        write(&self.documents).execute(&[org.into(), ids.into(), prefix.into()])
    }
}
