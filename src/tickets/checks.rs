//! What the triggers on tickets check: who opens a ticket for whom, who it is assigned to, and
//! where it moves.

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;

use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::argument_names::written_name;
use crate::platform::error::{self, Result};
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::TriggerRow;
use crate::platform::{roles, statement};

/// The lock prevents changes to the member's role until the end of the transaction.
const LOCK_ASSIGNABLE_MEMBER: &str = "
    select from helpdesk.org_members
     where org_id = $1 and user_id = $2 and (org_role <> 'org_customer' or may_be_assigned)
       for share";

/// The same for a ticket that is reopened, which is locked already: whoever removes its assignee
/// locks the member first. So it does not wait, and a member who is being changed counts as gone.
const TRY_LOCK_ASSIGNABLE_MEMBER: &str = "
    select from helpdesk.org_members
     where org_id = $1 and user_id = $2 and (org_role <> 'org_customer' or may_be_assigned)
       for share skip locked";

/// Whether the workflow ($2) restricts moves. Most do not, and this is the cheaper statement.
const RESTRICTS_MOVES: &str = "
    select from helpdesk.workflow_transitions x where x.org_id = $1 and x.workflow_id = $2 limit 1";

/// Whether the workflow ($2) allows the move from $3 to $4, and the names of the stages it allows
/// from $3. $5: the caller acts as an admin.
const FIND_TRANSITIONS: &str = "
    select coalesce(bool_or(x.from_stage_id = $3 and x.to_stage_id = $4
                            and ($5 or x.min_role = 'org_agent')), false),
           string_agg(s.name, ', ' order by s.position)
             filter (where x.from_stage_id = $3 and s.is_active and ($5 or x.min_role = 'org_agent'))
      from helpdesk.workflow_transitions x
      join helpdesk.workflow_stages s on s.org_id = $1 and s.id = x.to_stage_id
     where x.org_id = $1 and x.workflow_id = $2";

/// Errors unless the caller may open this ticket. It comes before any lookup, so that callers from
/// outside the organization always get the same error; row security would refuse them only later.
pub(super) fn check_may_open(new: &TriggerRow, org: Uuid) -> Result<()> {
    if roles::role_bypasses_row_security() || SystemWrite::is_import() {
        return Ok(());
    }
    // Column grants forbid it too, but one very high number would leave none for later tickets.
    if given_number(new)?.is_some() {
        return Err(error::not_allowed(
            "read_only_column",
            "number: assigned by the system",
            "Leave it out.",
        ));
    }
    let caller = Caller::current()?;
    if caller.is_staff(org) {
        return Ok(());
    }
    let in_own_name = caller.profile.is_some() && new.get::<Uuid>("created_by")? == caller.profile;
    if !caller.is_member(org) || !in_own_name || new.get::<Uuid>("assigned_to")?.is_some() {
        return Err(rights::refusal(error::not_allowed(
            "may_not_open_ticket",
            "you may not open this ticket",
            "Members open unassigned tickets in their own name; staff open them for any member.",
        )));
    }
    Ok(())
}

/// The number of a new ticket, if it is given.
pub(super) fn given_number(new: &TriggerRow) -> Result<Option<i64>> {
    Ok(new.get("number")?.filter(|number| *number != 0))
}

/// Errors unless the requester is a member of the organization.
pub(super) fn check_requester(new: &TriggerRow, org: Uuid) -> Result<()> {
    let requester: Uuid = new.required("created_by")?;
    let caller = Caller::current()?;
    let is_caller = caller.profile == Some(requester) && caller.is_member(org);
    if is_caller || rights::is_member(org, requester)? {
        return Ok(());
    }
    if !rights::organization_exists(org)? {
        return Err(rights::no_such_organization());
    }
    Err(error::invalid(
        "requester_not_a_member",
        written_name("created_by"),
        "not a member of this organization",
        "list_org_members(org) lists them.",
    ))
}

/// Errors unless the assignee, if there is one, may work on tickets of the organization.
pub(super) fn check_assignee(new: &TriggerRow, org: Uuid) -> Result<()> {
    if is_assignee_allowed(new, org, LOCK_ASSIGNABLE_MEMBER)? {
        return Ok(());
    }
    Err(error::invalid(
        "not_assignable",
        written_name("assigned_to"),
        "neither staff of this organization nor a member who may be assigned",
        "list_org_members(org) lists the staff; an org_admin sets may_be_assigned for other members.",
    ))
}

/// Whether a ticket that is reopened keeps its assignee.
pub(super) fn keeps_assignee(new: &TriggerRow, org: Uuid) -> Result<bool> {
    is_assignee_allowed(new, org, TRY_LOCK_ASSIGNABLE_MEMBER)
}

fn is_assignee_allowed(new: &TriggerRow, org: Uuid, lock: &'static str) -> Result<bool> {
    match new.get::<Uuid>("assigned_to")? {
        Some(assignee) => statement::write(lock).exists(&[org.into(), assignee.into()]),
        None => Ok(true),
    }
}

/// Errors unless the workflow allows the ticket to move to its new stage.
pub(super) fn check_transition(org: Uuid, old: &TriggerRow, new: &TriggerRow) -> Result<()> {
    // Clears the mark so that it covers one ticket: a further move by a user's trigger is checked.
    let is_by_customer = SystemWrite::take(SystemWrite::MoveByCustomer);
    if is_by_customer || !new.same_image(old, "workflow_id")? {
        return Ok(());
    }
    if !statement::write(RESTRICTS_MOVES).exists(&[new.arg("org_id")?, new.arg("workflow_id")?])? {
        return Ok(());
    }
    let args = [
        new.arg("org_id")?,
        new.arg("workflow_id")?,
        old.arg("current_stage_id")?,
        new.arg("current_stage_id")?,
        rights::acts_as_admin(org)?.into(),
    ];
    let found = statement::write(FIND_TRANSITIONS)
        .fetch_optional(&args, |row| (row.get::<bool>(1), row.get::<String>(2)))?;
    let Some((Some(false), allowed)) = found else { return Ok(()) };
    Err(error::not_allowed(
        "move_not_allowed",
        format!("{}: the workflow does not allow this move", written_name("current_stage_id")),
        match allowed {
            Some(stages) => format!("Allowed from the ticket's current stage: {stages}."),
            None => "It allows no move from the ticket's current stage.".to_owned(),
        },
    ))
}

pub(super) fn stage_is_retired() -> ErrorReport {
    error::invalid(
        "stage_retired",
        written_name("current_stage_id"),
        "the stage is retired and takes no tickets",
        "Choose an active stage; workflow_stages.is_active says which are.",
    )
}

pub(super) fn no_such_stage() -> ErrorReport {
    error::invalid(
        "no_such_stage",
        written_name("current_stage_id"),
        "no such stage in the ticket's workflow",
        "helpdesk.workflow_stages lists the stages of the workflow.",
    )
}
