//! Tenants: founding one, and who belongs to it.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::db::{self, JsonText};
use crate::error::{Error, Result, required};
use crate::identity::new_id;
use crate::trigger::{self, Fired, TriggerRow, TriggerRows, Tuple};
use crate::viewer::{self, Viewer};

const FOUND: &str = "insert into helpdesk.organizations (id, name, created_by) values ($1, $2, $3)";

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

const SET_ROLE: &str = "
    update helpdesk.org_members set org_role = $3 where org_id = $1 and user_id = $2 and org_role <> $3";

const IS_MEMBER: &str = "select from helpdesk.org_members where org_id = $1 and user_id = $2";

const REMOVE: &str =
    "delete from helpdesk.org_members where org_id = $1 and user_id = $2 returning true";

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

const MEMBERS: &str = "
    select coalesce(json_agg(json_build_object(
             'id', p.id,
             'name', p.name,
             'email', case when $2 then p.email end,
             'orgRole', m.org_role,
             'addedAt', m.added_at) order by m.added_at, p.id), '[]')
      from helpdesk.org_members m
      join helpdesk.profiles p on p.id = m.user_id
     where m.org_id = $1
       and ($2 or m.user_id = $3 or m.org_role in ('org_admin', 'org_agent'))";

const ORG_ROLES: [&str; 3] = ["org_admin", "org_agent", "org_customer"];

/// Founds an organization; who asks becomes its org_admin. Returns its id.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn create_organization(p_name: Option<&str>) -> Result<Uuid> {
    let name = required(p_name, "p_name")?.trim();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(Error::bad(
            "p_name",
            "not a name for an organization",
            "1 to 200 characters, not only white space.",
        ));
    }
    let viewer = Viewer::current()?;
    let founder = viewer.person()?;
    if !viewer.may_create_organization() {
        return Err(Error::not_allowed(
            "agents may not found organizations",
            "The role of the profile must be customer or admin.",
        ));
    }
    let id = new_id();
    db::run(FOUND, &[id.into(), name.into(), founder.into()])?;
    Ok(id)
}

/// The members of an organization: all of them with e-mail addresses for its staff; the staff's names and oneself for customers.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn list_org_members(p_org_id: Option<Uuid>) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let viewer = Viewer::current()?;
    let sees_all = viewer::acts_as_staff(org)?;
    if !sees_all && !viewer.is_member(org) {
        return Err(not_a_member());
    }
    let members =
        db::read_one(MEMBERS, &[org.into(), sees_all.into(), viewer.profile.into()], |row| {
            row.get(1)
        })?;
    Ok(members.flatten().unwrap_or(JsonText("[]".to_owned())))
}

/// Makes a member org_admin, org_agent or org_customer.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn set_member_role(
    p_org_id: Option<Uuid>,
    p_user_id: Option<Uuid>,
    p_org_role: Option<&str>,
) -> Result<()> {
    let org = required(p_org_id, "p_org_id")?;
    let member = required(p_user_id, "p_user_id")?;
    let role = required(p_org_role, "p_org_role")?;
    if !ORG_ROLES.contains(&role) {
        return Err(Error::bad(
            "p_org_role",
            "not a role in an organization",
            "org_admin, org_agent or org_customer.",
        ));
    }
    check_admin(org)?;
    db::run(SET_ROLE, &[org.into(), member.into(), role.into()])?;
    db::run_one(IS_MEMBER, &[org.into(), member.into()], |_| ())?.ok_or_else(no_such_member)
}

/// Ends a membership. The person's tickets that are not closed become unassigned.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn remove_member(p_org_id: Option<Uuid>, p_user_id: Option<Uuid>) -> Result<()> {
    let org = required(p_org_id, "p_org_id")?;
    let member = required(p_user_id, "p_user_id")?;
    check_admin(org)?;
    db::run_one(REMOVE, &[org.into(), member.into()], |_| ())?.ok_or_else(no_such_member)
}

/// Ends one's own membership.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn leave_organization(p_org_id: Option<Uuid>) -> Result<()> {
    let org = required(p_org_id, "p_org_id")?;
    let me = Viewer::current()?.person()?;
    db::run_one(REMOVE, &[org.into(), me.into()], |_| ())?.ok_or_else(not_a_member)
}

fn check_admin(org: Uuid) -> Result<()> {
    if viewer::acts_as_admin(org)? {
        return Ok(());
    }
    Err(not_an_admin())
}

fn no_such_member() -> pgrx::pg_sys::panic::ErrorReport {
    Error::not_allowed(
        "p_user_id: not a member of this organization",
        "list_org_members(org) lists them.",
    )
}

pub fn not_an_admin() -> pgrx::pg_sys::panic::ErrorReport {
    Error::not_allowed(
        "p_org_id: no such organization, or you are not an admin of it",
        "my_admin_org_ids() lists the organizations you are an admin of.",
    )
}

pub fn not_a_member() -> pgrx::pg_sys::panic::ErrorReport {
    Error::not_allowed(
        "p_org_id: no such organization, or you are not a member of it",
        "my_org_ids() lists the organizations you are a member of.",
    )
}

/// Trigger: what every organization starts with. Its founder as org_admin, and the workflow "Support".
#[pg_trigger(sql = "
    create function helpdesk.handle_new_org() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn handle_new_org<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, first_rows)
}

fn first_rows(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let Some(new) = rows.new {
        let org: Uuid = new.required("id")?;
        let founder: Uuid = new.required("created_by")?;
        let workflow = new_id();
        db::run(FIRST_MEMBER, &[org.into(), founder.into()])?;
        db::run(FIRST_WORKFLOW, &[org.into(), workflow.into()])?;
        db::run(FIRST_STAGES, &[org.into(), workflow.into()])?;
    }
    Ok(None)
}

/// Trigger: an organization keeps at least one org_admin, also when two are removed at once.
#[pg_trigger(sql = "
    create function helpdesk.org_members_keep_admin() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn org_members_keep_admin<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, check_last_admin)
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
                return Err(Error::bad(
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
        let organization_stays = db::run_one(LOCK_ORGANIZATION, &[org.into()], |_| ())?.is_some();
        if organization_stays {
            let args = [org.into(), member.into()];
            if db::run_one(ANOTHER_ADMIN, &args, |_| ())?.is_none() {
                return Err(Error::wrong_state(
                    "the last org_admin of an organization cannot be removed or demoted",
                    "Make another member org_admin first.",
                ));
            }
            db::check_nothing_missed(NO_OTHER_ADMIN, &args)?;
        }
    }
    Ok(Some(rows.new.unwrap_or(old).unchanged()))
}

/// Trigger: what somebody loses with their membership or their role, in the same transaction.
#[pg_trigger(sql = "
    create function helpdesk.org_members_revoke() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn org_members_revoke<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, release)
}

fn release(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(old) = rows.old else { return Ok(None) };
    let was = Rights::of(&old)?;
    let is = rows.new.as_ref().map(Rights::of).transpose()?.unwrap_or_default();
    let person = [old.arg("org_id")?, old.arg("user_id")?];
    if was.may_be_assigned && !is.may_be_assigned {
        db::run(RELEASE_TICKETS, &person)?;
        db::check_nothing_missed(STILL_ASSIGNED, &person)?;
    }
    let is_removed = rows.new.is_none();
    let is_demoted = was.is_admin && !is.is_admin;
    if is_removed || is_demoted {
        let [org, member] = person;
        db::run(WITHDRAW_INVITES, &[org, member, is_removed.into(), is_demoted.into()])?;
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
