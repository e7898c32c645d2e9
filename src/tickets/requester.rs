//! The copies of a ticket's requester, by which customers' policies find their own rows.

use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::TriggerRow;

const UPDATE_COPIES: [&str; 3] = [
    "update helpdesk.ticket_comments set requester_id = $3 where org_id = $1 and ticket_id = $2",
    "update helpdesk.ticket_attachments set requester_id = $3 where org_id = $1 and ticket_id = $2",
    "update helpdesk.ticket_history set requester_id = $3 where org_id = $1 and ticket_id = $2",
];

/// Gives everything of a ticket to its new requester.
pub(super) fn copy_requester(ticket: &TriggerRow) -> Result<()> {
    let _derived = SystemWrite::begin(SystemWrite::Derived);
    let args = [ticket.arg("org_id")?, ticket.arg("id")?, ticket.arg("created_by")?];
    UPDATE_COPIES.iter().try_for_each(|update| statement::write(update).execute(&args))
}
