//! Which articles the caller may read and write.

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;

use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::error::{self, Result, required};
use crate::platform::{roles, statement};

/// The organization of an article that the caller may read, and whether they read it as staff and
/// as member. $3: may read everything; $4: their organizations as staff; $5: as member.
const FIND_VISIBLE_ARTICLE: &str = "
    select a.org_id, $3 or a.org_id = any ($4), $3 or a.org_id = any ($5)
      from helpdesk.articles a
     where a.id = $1
       and ($2::uuid is null or a.org_id = $2)
       and ($3 or a.org_id = any ($4)
            or (a.status = 'published'
                and (a.visibility = 'public' or (a.visibility = 'members' and a.org_id = any ($5)))))";

/// What the caller may read in the knowledge base of an organization.
#[derive(Clone, Copy)]
pub struct Reader {
    pub is_staff: bool,
    pub is_member: bool,
    /// Restricts staff to published articles.
    pub is_published_only: bool,
}

impl Reader {
    pub fn for_org(org: Uuid) -> Result<Reader> {
        let caller = Caller::current()?;
        let is_staff = rights::acts_as_staff(org)?;
        Ok(Reader {
            is_staff,
            is_member: is_staff || caller.is_member(org),
            is_published_only: false,
        })
    }

    /// The SQL condition that holds for the articles `a` that this reader may read.
    pub fn condition(self) -> &'static str {
        match self {
            Reader { is_staff: true, is_published_only: true, .. } => "a.status = 'published'",
            Reader { is_staff: true, .. } => "true",
            Reader { is_member: true, .. } => {
                "a.status = 'published' and a.visibility in ('members', 'public')"
            }
            _ => "a.status = 'published' and a.visibility = 'public'",
        }
    }
}

/// An article that the caller may read.
pub(super) struct VisibleArticle {
    pub(super) org: Uuid,
    pub(super) is_staff: bool,
    pub(super) is_member: bool,
}

pub(super) fn find_visible_article(id: Uuid, org: Option<Uuid>) -> Result<Option<VisibleArticle>> {
    let caller = Caller::current()?;
    let args = [
        id.into(),
        org.into(),
        roles::role_bypasses_row_security().into(),
        caller.staff_orgs().into(),
        caller.orgs().into(),
    ];
    let found = statement::read(FIND_VISIBLE_ARTICLE).fetch_optional(&args, |row| {
        Some(VisibleArticle { org: row.get(1)?, is_staff: row.get(2)?, is_member: row.get(3)? })
    })?;
    Ok(found.flatten())
}

/// Organization and id of the article in `p_article_id`; an error if the caller may not change it.
pub(super) fn require_writable_article(
    id: Option<Uuid>,
    org: Option<Uuid>,
) -> Result<(Uuid, Uuid)> {
    let id = required(id, "p_article_id")?;
    match find_visible_article(id, org)? {
        Some(VisibleArticle { org, is_staff: true, .. }) => Ok((org, id)),
        _ => Err(rights::refusal(error::not_allowed(
            "no_such_article",
            "p_article_id: no such article, or you may not change it",
            "Staff of its organization can change it.",
        ))),
    }
}

pub(super) fn no_such_article(argument: &str) -> ErrorReport {
    error::not_allowed(
        "no_such_article",
        format!("{argument}: no such article, or you may not read it"),
        "list_articles lists the articles you may read.",
    )
}
