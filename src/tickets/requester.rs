//! The copies of a ticket's requester, by which customers' policies find their own rows.

use std::sync::LazyLock;

use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::TriggerRow;

static UPDATE_COPIES: LazyLock<[String; 3]> = LazyLock::new(|| {
    ["ticket_comments", "ticket_attachments", "ticket_history"].map(|table| {
        format!(
            "update helpdesk.{table} c set requester_id = $3
               from (select x.id from helpdesk.{table} x
                      where x.org_id = $1 and x.ticket_id = $2 order by x.id for no key update) locked
              where c.org_id = $1 and c.id = locked.id"
        )
    })
});

/// Gives everything of a ticket to its new requester.
pub(super) fn copy_requester(ticket: &TriggerRow) -> Result<()> {
    let _derived = SystemWrite::begin(SystemWrite::Derived);
    let args = [ticket.arg("org_id")?, ticket.arg("id")?, ticket.arg("created_by")?];
    UPDATE_COPIES.iter().try_for_each(|update| statement::write(update).execute(&args))
}
