//! Tenants: founding one, and who belongs to it.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::platform::error::{self, Result};
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};
use crate::platform::uuid::new_id;
use crate::platform::{statement, transaction};

const FIRST_MEMBER: &str = "
    insert into helpdesk.org_members (org_id, user_id, org_role, added_by) values ($1, $2, 'org_admin', $2)";

const FIRST_WORKFLOW: &str = "
    with workflow as (
      insert into helpdesk.workflows (org_id, id, name, description)
      values ($1, $2, 'Support', 'How requests are handled')
    ), counter as (
      insert into helpdesk.ticket_counters (org_id) values ($1)
    )
    select";

const FIRST_STAGES: &str = "
    insert into helpdesk.workflow_stages (org_id, workflow_id, name, position, status, is_start)
    values ($1, $2, 'New', 1, 'open', true),
           ($1, $2, 'In progress', 2, 'open', false),
           ($1, $2, 'Waiting on customer', 3, 'pending', false),
           ($1, $2, 'Resolved', 4, 'resolved', false),
           ($1, $2, 'Closed', 5, 'closed', false)";

const LOCK_ORGANIZATION: &str =
    "select from helpdesk.organizations where id = $1 for no key update";

const ANOTHER_ADMIN: &str = "
    select from helpdesk.org_members
     where org_id = $1 and user_id <> $2 and org_role = 'org_admin' limit 1";

const NO_OTHER_ADMIN: &str = "
    select where not exists (select from helpdesk.org_members
                              where org_id = $1 and user_id <> $2 and org_role = 'org_admin')";

/// A closed ticket keeps its last assignee: it is waiting for nobody.
const RELEASE_TICKETS: &str = "
    update helpdesk.tickets set assigned_to = null
     where org_id = $1 and assigned_to = $2 and status <> 'closed'";

const STILL_ASSIGNED: &str = "
    select from helpdesk.tickets
     where org_id = $1 and assigned_to = $2 and status <> 'closed' limit 1";

/// $3: those to the person's address; $4: those that the person sent.
const WITHDRAW_INVITES: &str = "
    delete from helpdesk.org_invites i
     where i.org_id = $1 and i.used_at is null
       and (($3 and lower(i.email collate \"C\") = (select lower(p.email collate \"C\") from helpdesk.profiles p where p.id = $2))
            or ($4 and i.created_by = $2))";

/// Trigger: what every organization starts with. Its founder as org_admin, and the workflow "Support".
#[pg_trigger(sql = "
    create function helpdesk.handle_new_org() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn handle_new_org<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, first_rows)
}

fn first_rows(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let Some(new) = rows.new {
        let org: Uuid = new.required("id")?;
        let founder: Uuid = new.required("created_by")?;
        let workflow = new_id();
        statement::write(FIRST_MEMBER).execute(&[org.into(), founder.into()])?;
        statement::write(FIRST_WORKFLOW).execute(&[org.into(), workflow.into()])?;
        statement::write(FIRST_STAGES).execute(&[org.into(), workflow.into()])?;
    }
    Ok(None)
}

/// Trigger: an organization keeps at least one org_admin, also when two are removed at once.
#[pg_trigger(sql = "
    create function helpdesk.org_members_keep_admin() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn org_members_keep_admin<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, check_last_admin)
}

fn check_last_admin(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(old) = rows.old else { return Ok(None) };
    let org: Uuid = old.required("org_id")?;
    let member: Uuid = old.required("user_id")?;
    let was_admin = old.get::<String>("org_role")?.as_deref() == Some("org_admin");
    let stays_admin = match &rows.new {
        None => false,
        Some(new) => {
            if new.required::<Uuid>("org_id")? != org || new.required::<Uuid>("user_id")? != member
            {
                return Err(error::bad(
                    "org_members",
                    "organization and member of a membership cannot be changed",
                    "Remove the membership and add another.",
                ));
            }
            new.get::<String>("org_role")?.as_deref() == Some("org_admin")
        }
    };
    if was_admin && !stays_admin {
        // When the organization itself is being deleted its row is gone already, and its last admin may go.
        let organization_stays =
            statement::write(LOCK_ORGANIZATION).fetch_optional(&[org.into()], |_| ())?.is_some();
        if organization_stays {
            let args = [org.into(), member.into()];
            if statement::write(ANOTHER_ADMIN).fetch_optional(&args, |_| ())?.is_none() {
                return Err(error::wrong_state(
                    "the last org_admin of an organization cannot be removed or demoted",
                    "Make another member org_admin first.",
                ));
            }
            transaction::recheck_on_latest_snapshot(NO_OTHER_ADMIN, &args)?;
        }
    }
    Ok(Some(rows.new.unwrap_or(old).unchanged()))
}

/// Trigger: what somebody loses with their membership or their role, in the same transaction.
#[pg_trigger(sql = "
    create function helpdesk.org_members_revoke() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn org_members_revoke<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, release)
}

fn release(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(old) = rows.old else { return Ok(None) };
    let was = Rights::of(&old)?;
    let is = rows.new.as_ref().map(Rights::of).transpose()?.unwrap_or_default();
    let person = [old.arg("org_id")?, old.arg("user_id")?];
    if was.may_be_assigned && !is.may_be_assigned {
        statement::write(RELEASE_TICKETS).execute(&person)?;
        transaction::recheck_on_latest_snapshot(STILL_ASSIGNED, &person)?;
    }
    let is_removed = rows.new.is_none();
    let is_demoted = was.is_admin && !is.is_admin;
    if is_removed || is_demoted {
        let [org, member] = person;
        statement::write(WITHDRAW_INVITES).execute(&[
            org,
            member,
            is_removed.into(),
            is_demoted.into(),
        ])?;
    }
    Ok(None)
}

/// What a membership allows, as far as losing it has consequences.
#[derive(Default)]
struct Rights {
    is_admin: bool,
    may_be_assigned: bool,
}

impl Rights {
    fn of(row: &TriggerRow) -> Result<Rights> {
        let role: String = row.required("org_role")?;
        Ok(Rights {
            is_admin: role == "org_admin",
            may_be_assigned: role != "org_customer" || row.required("may_be_assigned")?,
        })
    }
}
