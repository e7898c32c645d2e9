//! Who is asking and what they may see: the one place.
//!
//! Rights follow the database role, as row security does: a role that bypasses it (superuser, service_role, the tables' owner)
//! may do everything. For all others they follow the memberships of the person named by the access token's claims.
//! Authorship always follows the claims; but the role anon is nobody, whatever they say.
//!
//! Policies ask this per row, so what is known about the person is cached, and looked up anew as soon as it could have changed:
//! other claims or another role, a change by the transaction itself, or the end of any transaction that wrote. With each statement
//! the login is asked for anew.

use std::cell::RefCell;
use std::ffi::CStr;
use std::rc::Rc;

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;

use crate::claims::{self, setting};
use crate::db::{self, UuidArray};
use crate::enums::UserRole;
use crate::error::{Error, Result};
use crate::install::check_schema_version;

/// A person, and the organizations they belong to.
#[derive(Debug, Default)]
pub struct Viewer {
    login: Option<Uuid>,
    pub profile: Option<Uuid>,
    role: Option<UserRole>,
    /// Organizations in which they are a member of any kind, customer, staff, admin.
    orgs: Vec<Uuid>,
    customer_orgs: Vec<Uuid>,
    staff_orgs: Vec<Uuid>,
    admin_orgs: Vec<Uuid>,
}

const LOGIN: &str = "select auth.uid()";

const WHO_IS_ASKING: &str = "
    select p.id, p.role, m.org_id, m.org_role, p.auth_id
      from helpdesk.profiles p
      left join helpdesk.org_members m on m.user_id operator(pg_catalog.=) p.id
     where p.auth_id operator(pg_catalog.=) auth.uid()";

const ASSIGNED_TICKETS: &str = "
    select t.id from helpdesk.tickets t
     where t.assigned_to operator(pg_catalog.=) $1
       and t.org_id operator(pg_catalog.=) any ($2)";

const IS_MY_MEMBER: &str = "
    select from helpdesk.org_members m
     where m.user_id operator(pg_catalog.=) $1 and m.org_id operator(pg_catalog.=) any ($2)";

const MY_MEMBERS: &str = "
    select m.user_id from helpdesk.org_members m
     where m.org_id operator(pg_catalog.=) any ($1) order by m.user_id using operator(pg_catalog.<)";

/// Who asks about more profiles than this walks through them all: then the members are fetched at once.
const SINGLE_PROFILES: u32 = 50;

impl Viewer {
    /// Who is asking now.
    pub fn current() -> Result<Rc<Viewer>> {
        known(|known| known.viewer.clone())
    }

    fn look_up() -> Result<Viewer> {
        let mut viewer = Viewer::default();
        with_pinned_search_path(|| {
            check_schema_version()?;
            if is_anonymous() {
                return Ok(Vec::new());
            }
            db::read_all(WHO_IS_ASKING, &[], |row| {
                viewer.profile = row.get(1);
                viewer.role = row.get(2);
                viewer.join(row.get(3), row.get(4));
                viewer.login = row.get(5);
            })
        })?;
        Ok(viewer)
    }

    fn join(&mut self, org: Option<Uuid>, org_role: Option<&str>) {
        let Some(org) = org else { return };
        self.orgs.push(org);
        match org_role {
            Some("org_customer") => self.customer_orgs.push(org),
            Some("org_agent" | "org_admin") => self.staff_orgs.push(org),
            _ => {} // No role gives no rights.
        }
        if org_role == Some("org_admin") {
            self.admin_orgs.push(org);
        }
    }

    pub fn is_member(&self, org: Uuid) -> bool {
        self.orgs.contains(&org)
    }

    pub fn is_staff(&self, org: Uuid) -> bool {
        self.staff_orgs.contains(&org)
    }

    pub fn is_admin(&self, org: Uuid) -> bool {
        self.admin_orgs.contains(&org)
    }

    pub fn orgs(&self) -> Vec<Uuid> {
        self.orgs.clone()
    }

    pub fn staff_orgs(&self) -> Vec<Uuid> {
        self.staff_orgs.clone()
    }

    pub fn admin_orgs(&self) -> Vec<Uuid> {
        self.admin_orgs.clone()
    }

    pub fn may_create_organization(&self) -> bool {
        matches!(self.role, Some(UserRole::Customer | UserRole::Admin))
    }

    pub fn is_installation_admin(&self) -> bool {
        self.role == Some(UserRole::Admin)
    }

    /// The person asking; an error when nobody is signed in or the login has no profile.
    pub fn person(&self) -> Result<Uuid> {
        self.profile.ok_or_else(|| {
            Error::not_allowed(
                "nobody is signed in",
                "Send an access token whose sub claim is a login (auth.users.id).",
            )
        })
    }
}

/// Whether the database role of the session bypasses row security: then both doors are open to it. Asked of the role outside
/// all SECURITY DEFINER functions.
pub fn role_bypasses_row_security() -> bool {
    // ANALYZE, REINDEX and the like run functions of the table's owner, but that role is who started them.
    // SAFETY: only reads the state of this backend.
    unsafe { !pg_sys::InSecurityRestrictedOperation() && bypasses(pg_sys::GetOuterUserId()) }
}

/// The same of the role that a statement runs as, which within our SECURITY DEFINER functions is helpdesk_owner.
pub fn current_user_bypasses_row_security() -> bool {
    // SAFETY: only reads the state of this backend.
    unsafe { bypasses(pg_sys::GetUserId()) }
}

fn bypasses(role: pg_sys::Oid) -> bool {
    // SAFETY: plain look-ups in the role catalog.
    unsafe {
        pg_sys::has_bypassrls_privilege(role) || {
            let owner = pg_sys::get_role_oid(c"helpdesk_owner".as_ptr(), true);
            owner != pg_sys::InvalidOid && pg_sys::has_privs_of_role(role, owner)
        }
    }
}

/// Whether who asks may do what staff of an organization may: they are, or their role bypasses row security.
pub fn acts_as_staff(org: Uuid) -> Result<bool> {
    check_schema_version()?;
    Ok(role_bypasses_row_security() || Viewer::current()?.is_staff(org))
}

/// The same of its admins.
pub fn acts_as_admin(org: Uuid) -> Result<bool> {
    check_schema_version()?;
    Ok(role_bypasses_row_security() || Viewer::current()?.is_admin(org))
}

/// Whether the role is the one of people who are not signed in: then nobody is, whatever the claims say.
fn is_anonymous() -> bool {
    // SAFETY: a plain look-up in the role catalog.
    unsafe { pg_sys::GetOuterUserId() == pg_sys::get_role_oid(c"anon".as_ptr(), true) }
}

/// What a cached answer depends on.
#[derive(Clone, Copy, PartialEq)]
struct Key {
    role: pg_sys::Oid,
    claims: u64,
    visible: Visible,
    transaction: pg_sys::LocalTransactionId,
    /// When the client sent the statement: auth.uid() may be the administrator's own, and depend on more than the claims.
    statement: pg_sys::TimestampTz,
}

/// Who sees equal ones sees the same rows: from one snapshot to the next of equal xmax, transactions can only have ended, which changes
/// xcnt or subxcnt; those that began and ended in between move xmax. Our own changes advance the command id, and undoing them (ROLLBACK
/// TO) begins another subtransaction. The minute is there because transaction ids come round again.
#[derive(Clone, Copy, PartialEq)]
struct Visible {
    xmax: pg_sys::TransactionId,
    xcnt: u32,
    subxcnt: i32,
    command: pg_sys::CommandId,
    subtransaction: pg_sys::SubTransactionId,
    minute: i64,
}

struct Known {
    /// None: asked without a snapshot, and of no use to the next one.
    key: Option<Key>,
    has_written: bool,
    viewer: Rc<Viewer>,
    /// What policies ask for with every row, as they get it.
    orgs: UuidArray,
    customer_orgs: UuidArray,
    staff_orgs: UuidArray,
    admin_orgs: UuidArray,
    assigned_tickets: Option<UuidArray>,
    /// How many profiles were asked about, and once those were many, whose the answer is yes, in order.
    profiles_asked: u32,
    members: Option<Vec<Uuid>>,
}

thread_local! {
    static CACHE: RefCell<Option<Known>> = const { RefCell::new(None) };
}

/// Reads what is known about who is asking now; looks it up when it could have changed.
fn known<T>(read: impl Fn(&Known) -> T) -> Result<T> {
    let key = Key::current();
    let is_known = |known: &&Known| key.is_some() && known.key == key;
    let cached = CACHE.with_borrow(|cache| cache.as_ref().filter(is_known).map(&read));
    if let Some(answer) = cached {
        return Ok(answer);
    }
    if !is_known_from_before(key)? {
        let viewer = Viewer::look_up()?;
        CACHE.set(Some(Known {
            key,
            has_written: has_written(),
            orgs: UuidArray::of(&viewer.orgs),
            customer_orgs: UuidArray::of(&viewer.customer_orgs),
            staff_orgs: UuidArray::of(&viewer.staff_orgs),
            admin_orgs: UuidArray::of(&viewer.admin_orgs),
            viewer: Rc::new(viewer),
            assigned_tickets: None,
            profiles_asked: 0,
            members: None,
        }));
    }
    let answer = CACHE.with_borrow(|cache| cache.as_ref().map(&read));
    answer.ok_or_else(|| db::internal("nothing is known about who is asking"))
}

/// Whether an earlier statement, or the same with other claims, found out who is asking now. What a transaction that writes has seen,
/// the next may not. The login is asked for again.
fn is_known_from_before(key: Option<Key>) -> Result<bool> {
    let sees_the_same = |known: &&Known| {
        known
            .key
            .zip(key)
            .is_some_and(|(earlier, now)| earlier.visible == now.visible && !known.has_written)
    };
    let earlier = CACHE.with_borrow(|cache| {
        cache.as_ref().filter(sees_the_same).and_then(|known| known.viewer.login)
    });
    if earlier.is_none() || has_written() || is_anonymous() {
        return Ok(false);
    }
    let login = with_pinned_search_path(|| db::read_one(LOGIN, &[], |row| row.get(1)))?.flatten();
    let is_same = login == earlier;
    CACHE.with_borrow_mut(|cache| {
        if let Some(known) = cache.as_mut().filter(|_| is_same) {
            known.key = key;
        }
    });
    Ok(is_same)
}

fn has_written() -> bool {
    // SAFETY: only reads the state of this backend.
    unsafe { pg_sys::GetTopTransactionIdIfAny() != pg_sys::InvalidTransactionId }
}

impl Key {
    /// None without a snapshot.
    fn current() -> Option<Key> {
        const MINUTE: i64 = 60_000_000;
        // SAFETY: these only read the state of this backend; the active snapshot is read while it is active.
        unsafe {
            if !unguarded::ActiveSnapshotSet() {
                return None;
            }
            let snapshot = &*unguarded::GetActiveSnapshot();
            Some(Key {
                role: unguarded::GetOuterUserId(),
                claims: claims::changes(),
                visible: Visible {
                    xmax: snapshot.xmax,
                    xcnt: snapshot.xcnt,
                    subxcnt: snapshot.subxcnt,
                    command: snapshot.curcid,
                    subtransaction: unguarded::GetCurrentSubTransactionId(),
                    minute: unguarded::GetCurrentTransactionStartTimestamp() / MINUTE,
                },
                transaction: db::transaction(),
                statement: unguarded::GetCurrentStatementStartTimestamp(),
            })
        }
    }
}

/// Functions of Postgres that cannot raise an error, and so need none of the guard that pgrx puts around each call: it would cost
/// more than they do.
mod unguarded {
    use pgrx::pg_sys;

    unsafe extern "C-unwind" {
        pub fn GetOuterUserId() -> pg_sys::Oid;
        pub fn GetCurrentTransactionStartTimestamp() -> pg_sys::TimestampTz;
        pub fn GetCurrentStatementStartTimestamp() -> pg_sys::TimestampTz;
        pub fn GetCurrentSubTransactionId() -> pg_sys::SubTransactionId;
        pub fn ActiveSnapshotSet() -> bool;
        pub fn GetActiveSnapshot() -> pg_sys::Snapshot;
    }
}

/// Runs `work` with a search_path in which nothing of the caller's can hide. What policies call cannot have a SET clause of its
/// own (it costs five times the call), so the look-up on a cache miss pins the path here.
fn with_pinned_search_path<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    const PINNED: &CStr = c"pg_catalog, pg_temp";
    if setting(c"search_path") == Some(PINNED) {
        return work(); // An API function has pinned it already.
    }
    // SAFETY: the nest level opened here is closed here; an error in between closes it with the transaction.
    unsafe {
        let level = pg_sys::NewGUCNestLevel();
        pg_sys::set_config_option(
            c"search_path".as_ptr(),
            PINNED.as_ptr(),
            pg_sys::GucContext::PGC_USERSET,
            pg_sys::GucSource::PGC_S_SESSION,
            pg_sys::GucAction::GUC_ACTION_SAVE,
            true,
            0,
            false,
        );
        let outcome = work();
        pg_sys::AtEOXact_GUC(true, level);
        outcome
    }
}

/// Runs `work` with the rights of helpdesk_owner, for a function that must not be SECURITY DEFINER.
pub fn as_owner<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let (mut user, mut context) = (pg_sys::InvalidOid, 0);
    // SAFETY: the user is put back below; an error in between puts it back with the transaction.
    unsafe {
        let owner = pg_sys::get_role_oid(c"helpdesk_owner".as_ptr(), false);
        pg_sys::GetUserIdAndSecContext(&mut user, &mut context);
        let local = pg_sys::SECURITY_LOCAL_USERID_CHANGE as i32;
        pg_sys::SetUserIdAndSecContext(owner, context | local);
        let outcome = work();
        pg_sys::SetUserIdAndSecContext(user, context);
        outcome
    }
}

/// The signed-in person's profile.
#[pg_extern(stable, parallel_safe, security_definer)]
fn my_profile_id() -> Result<Option<Uuid>> {
    known(|known| known.viewer.profile)
}

/// Organizations that the signed-in person is a member of.
#[pg_extern(stable, parallel_safe, security_definer)]
fn my_org_ids() -> Result<UuidArray> {
    known(|known| known.orgs.clone())
}

/// Organizations in which the signed-in person is org_customer.
#[pg_extern(stable, parallel_safe, security_definer)]
fn my_customer_org_ids() -> Result<UuidArray> {
    known(|known| known.customer_orgs.clone())
}

/// Organizations in which the signed-in person is org_agent or org_admin.
#[pg_extern(stable, parallel_safe, security_definer)]
fn my_staff_org_ids() -> Result<UuidArray> {
    known(|known| known.staff_orgs.clone())
}

/// Organizations in which the signed-in person is org_admin.
#[pg_extern(stable, parallel_safe, security_definer)]
fn my_admin_org_ids() -> Result<UuidArray> {
    known(|known| known.admin_orgs.clone())
}

/// Tickets that the signed-in person is assigned to where they are not staff. Few: customers are seldom assigned.
#[pg_extern(stable, parallel_safe, security_definer)]
fn my_assigned_ticket_ids() -> Result<UuidArray> {
    let viewer = Viewer::current()?;
    let (Some(me), false) = (viewer.profile, viewer.customer_orgs.is_empty()) else {
        return Ok(UuidArray::of(&[]));
    };
    if let Some(tickets) = known(|known| known.assigned_tickets.clone())? {
        return Ok(tickets);
    }
    let args = [me.into(), viewer.customer_orgs.clone().into()];
    let tickets = UuidArray::of(&ids(ASSIGNED_TICKETS, &args)?);
    remember(|known| known.assigned_tickets = Some(tickets.clone()));
    Ok(tickets)
}

fn ids(query: &'static str, args: &[DatumWithOid]) -> Result<Vec<Uuid>> {
    let found = with_pinned_search_path(|| db::read_all(query, args, |row| row.get(1)))?;
    Ok(found.into_iter().flatten().collect())
}

/// Adds to what is known about who is asking now.
fn remember(add: impl FnOnce(&mut Known)) {
    CACHE.with_borrow_mut(|cache| cache.as_mut().map(add));
}

/// Whether a profile is a member of an organization in which the signed-in person is staff.
#[pg_extern(stable, parallel_safe, security_definer)]
fn is_member_of_my_orgs(p_profile_id: Option<Uuid>) -> Result<bool> {
    let Some(profile) = p_profile_id else { return Ok(false) };
    let (asked, answer) = known(|known| {
        let answer = match &known.members {
            _ if known.viewer.staff_orgs.is_empty() => Some(false),
            members => members.as_ref().map(|members| members.binary_search(&profile).is_ok()),
        };
        (known.profiles_asked, answer)
    })?;
    if let Some(answer) = answer {
        return Ok(answer);
    }
    let viewer = Viewer::current()?;
    if asked >= SINGLE_PROFILES {
        let members = ids(MY_MEMBERS, &[viewer.staff_orgs().into()])?;
        let answer = members.binary_search(&profile).is_ok();
        remember(|known| known.members = Some(members));
        return Ok(answer);
    }
    remember(|known| known.profiles_asked += 1);
    let found = with_pinned_search_path(|| {
        db::read_one(IS_MY_MEMBER, &[profile.into(), viewer.staff_orgs().into()], |_| ())
    })?;
    Ok(found.is_some())
}

/// Whether the signed-in person's role on the installation lets them found an organization.
#[pg_extern(stable, parallel_safe, security_definer)]
fn may_create_organization() -> Result<bool> {
    Ok(Viewer::current()?.may_create_organization())
}

/// Whether the role bypasses row security, so that a view for staff shows it everything.
#[pg_extern(stable, parallel_safe)]
fn bypasses_row_security() -> bool {
    role_bypasses_row_security()
}

/// Whether the signed-in person is an administrator of the installation.
#[pg_extern(stable, parallel_safe, security_definer)]
fn is_installation_admin() -> Result<bool> {
    Ok(Viewer::current()?.is_installation_admin())
}
