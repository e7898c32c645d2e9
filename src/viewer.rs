//! Who is asking and what they may see: the one place.
//!
//! Rights follow the database role, as row security does: a role that bypasses it (superuser, service_role, the tables' owner)
//! may do everything. For all others they follow the memberships of the person named by the access token's claims.
//! Authorship always follows the claims; but the role anon is nobody, whatever they say.
//!
//! Policies ask this per row, so what is known about the person is cached, and looked up anew as soon as it could have
//! changed: other claims, another transaction or subtransaction, another command in it, another snapshot.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ffi::CStr;
use std::rc::Rc;

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::db::{self, UuidArray};
use crate::enums::UserRole;
use crate::error::{Error, Result};

/// A person, and the organizations they belong to.
#[derive(Debug, Default)]
pub struct Viewer {
    pub profile: Option<Uuid>,
    role: Option<UserRole>,
    /// Organizations in which they are a member of any kind, customer, staff, admin.
    orgs: Vec<Uuid>,
    customer_orgs: Vec<Uuid>,
    staff_orgs: Vec<Uuid>,
    admin_orgs: Vec<Uuid>,
}

const WHO_IS_ASKING: &str = "
    select p.id, p.role, m.org_id, m.org_role
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

impl Viewer {
    /// Who is asking now.
    pub fn current() -> Result<Rc<Viewer>> {
        known(|known| known.viewer.clone())
    }

    fn look_up() -> Result<Viewer> {
        let mut viewer = Viewer::default();
        if is_anonymous() {
            return Ok(viewer);
        }
        with_pinned_search_path(|| {
            crate::install::check_schema_version()?;
            db::read_all(WHO_IS_ASKING, &[], |row| {
                viewer.profile = row.get(1);
                viewer.role = row.get(2);
                viewer.join(row.get(3), row.get(4));
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

/// Whether the role is the one of people who are not signed in: then nobody is, whatever the claims say.
fn is_anonymous() -> bool {
    // SAFETY: a plain look-up in the role catalog.
    unsafe { pg_sys::GetOuterUserId() == pg_sys::get_role_oid(c"anon".as_ptr(), true) }
}

/// What a cached answer depends on. Two equal keys see the same rows: within a transaction, snapshots of equal xmax differ only
/// by transactions that ended, which changes xcnt or subxcnt; our own changes advance the command id, and undoing them (ROLLBACK
/// TO) begins another subtransaction.
#[derive(PartialEq)]
struct Key<'a> {
    role: pg_sys::Oid,
    claims: Option<Cow<'a, CStr>>,
    subject: Option<Cow<'a, CStr>>,
    transaction: pg_sys::LocalTransactionId,
    subtransaction: pg_sys::SubTransactionId,
    snapshot: Option<(u32, u32, u32, i32, u32)>,
}

struct Known {
    key: Key<'static>,
    viewer: Rc<Viewer>,
    /// What policies ask for with every row, as they get it.
    orgs: UuidArray,
    customer_orgs: UuidArray,
    staff_orgs: UuidArray,
    admin_orgs: UuidArray,
    assigned_tickets: Option<Rc<Vec<Uuid>>>,
}

thread_local! {
    static CACHE: RefCell<Option<Known>> = const { RefCell::new(None) };
}

/// Reads what is known about who is asking now; looks it up when it could have changed.
fn known<T>(read: impl Fn(&Known) -> T) -> Result<T> {
    let key = Key::current();
    let cached =
        CACHE.with_borrow(|cache| cache.as_ref().filter(|known| known.key == key).map(&read));
    if let Some(answer) = cached {
        return Ok(answer);
    }
    let key = key.into_owned();
    let viewer = Viewer::look_up()?;
    let known = Known {
        key,
        orgs: UuidArray::of(&viewer.orgs),
        customer_orgs: UuidArray::of(&viewer.customer_orgs),
        staff_orgs: UuidArray::of(&viewer.staff_orgs),
        admin_orgs: UuidArray::of(&viewer.admin_orgs),
        viewer: Rc::new(viewer),
        assigned_tickets: None,
    };
    let answer = read(&known);
    CACHE.set(Some(known));
    Ok(answer)
}

impl Key<'_> {
    fn current() -> Key<'static> {
        // SAFETY: MyProc is this backend's; the active snapshot is read while it is active.
        unsafe {
            #[cfg(any(feature = "pg15", feature = "pg16"))]
            let transaction = (*pg_sys::MyProc).lxid;
            #[cfg(not(any(feature = "pg15", feature = "pg16")))]
            let transaction = (*pg_sys::MyProc).vxid.lxid;
            Key {
                role: pg_sys::GetOuterUserId(),
                claims: setting(c"request.jwt.claims").map(Cow::Borrowed),
                subject: setting(c"request.jwt.claim.sub").map(Cow::Borrowed),
                transaction,
                subtransaction: pg_sys::GetCurrentSubTransactionId(),
                snapshot: pg_sys::ActiveSnapshotSet().then(|| {
                    let s = &*pg_sys::GetActiveSnapshot();
                    (u32::from(s.xmin), u32::from(s.xmax), s.xcnt, s.subxcnt, s.curcid)
                }),
            }
        }
    }

    fn into_owned(self) -> Key<'static> {
        Key {
            claims: self.claims.map(|text| Cow::Owned(text.into_owned())),
            subject: self.subject.map(|text| Cow::Owned(text.into_owned())),
            ..self
        }
    }
}

/// A setting's text; None when nobody set it.
pub fn setting(name: &CStr) -> Option<&'static CStr> {
    // SAFETY: the returned text belongs to the setting; it is read before anything can change it.
    unsafe {
        let text = pg_sys::GetConfigOption(name.as_ptr(), true, false);
        (!text.is_null()).then(|| CStr::from_ptr(text))
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

/// The login of the current request; what auth.uid() answers where Supabase's is missing.
#[pg_extern(stable, parallel_safe)]
fn jwt_subject() -> Option<Uuid> {
    #[derive(serde::Deserialize)]
    struct Claims {
        sub: Option<String>,
    }
    let older = setting(c"request.jwt.claim.sub").and_then(|text| text.to_str().ok());
    let subject = match older {
        Some(text) if !text.is_empty() => text.to_owned(),
        _ => {
            let claims = setting(c"request.jwt.claims")?.to_bytes();
            // serde would also take the first value of a list for the first field.
            if claims.trim_ascii_start().first() != Some(&b'{') {
                return None;
            }
            serde_json::from_slice::<Claims>(claims).ok()?.sub?
        }
    };
    let parsed = uuid::Uuid::try_parse(&subject).ok()?;
    Some(Uuid::from_bytes(*parsed.as_bytes()))
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
fn my_assigned_ticket_ids() -> Result<Vec<Uuid>> {
    assigned_tickets()
}

pub fn assigned_tickets() -> Result<Vec<Uuid>> {
    let viewer = Viewer::current()?;
    let (Some(me), false) = (viewer.profile, viewer.customer_orgs.is_empty()) else {
        return Ok(Vec::new());
    };
    let known = CACHE.with_borrow(|cache| cache.as_ref().and_then(|k| k.assigned_tickets.clone()));
    if let Some(tickets) = known {
        return Ok(tickets.to_vec());
    }
    let tickets = with_pinned_search_path(|| {
        db::read_all(ASSIGNED_TICKETS, &[me.into(), viewer.customer_orgs.clone().into()], |row| {
            row.get::<Uuid>(1)
        })
    })?;
    let tickets: Vec<Uuid> = tickets.into_iter().flatten().collect();
    CACHE.with_borrow_mut(|cache| {
        if let Some(known) = cache {
            known.assigned_tickets = Some(Rc::new(tickets.clone()));
        }
    });
    Ok(tickets)
}

/// Whether a profile is a member of an organization in which the signed-in person is staff.
#[pg_extern(stable, parallel_safe, security_definer)]
fn is_my_member(p_profile_id: Option<Uuid>) -> Result<bool> {
    let viewer = Viewer::current()?;
    let (Some(profile), false) = (p_profile_id, viewer.staff_orgs.is_empty()) else {
        return Ok(false);
    };
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
fn sees_everything() -> bool {
    role_bypasses_row_security()
}

/// Whether the signed-in person is an administrator of the installation.
#[pg_extern(stable, parallel_safe, security_definer)]
fn is_installation_admin() -> Result<bool> {
    Ok(Viewer::current()?.is_installation_admin())
}
