//! The knowledge base: reading, publishing and rating articles; what happens whenever one is written.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::db::{self, JsonText};
use crate::error::{Error, Result, required};
use crate::system_write::{SystemWrite, system_write, system_writes};
use crate::trigger::{self, Change, Fired, TriggerRow, TriggerRows, Tuple};
use crate::viewer::{self, Viewer};

const MAX_FEEDBACK: usize = 2000;
const MAX_TITLE: usize = 500;
const MAX_CONTENT: usize = 500_000;

/// Which organization an article is in, if the caller may read it: $3 everything, else $4 organizations as staff, $5 as member.
/// And whether as staff, and as member.
const FIND_ARTICLE: &str = "
    select a.org_id, $3 or a.org_id = any ($4), $3 or a.org_id = any ($5)
      from helpdesk.articles a
     where a.id = $1
       and ($2::uuid is null or a.org_id = $2)
       and ($3 or a.org_id = any ($4)
            or (a.status = 'published' and (a.visibility = 'public' or (a.visibility = 'members' and a.org_id = any ($5)))))";

/// What lists and single articles show. Who wrote it is for members to know.
macro_rules! article_fields {
    ($is_member:literal) => {
        concat!(
            "'id', a.id,
             'orgId', a.org_id,
             'title', a.title,
             'categories', a.categories,
             'tags', a.tags,
             'visibility', a.visibility,
             'status', a.status,
             'version', a.version,
             'author', case when ",
            $is_member,
            " then json_build_object('id', p.id, 'name', p.name) end,
             'createdAt', a.created_at,
             'updatedAt', a.updated_at,
             'publishedAt', a.published_at,
             'helpfulCount', a.helpful_count,
             'unhelpfulCount', a.unhelpful_count"
        )
    };
}
pub(crate) use article_fields;

const ARTICLE: &str = concat!(
    "select json_build_object(",
    article_fields!("$3"),
    ", 'content', a.content)
      from helpdesk.articles a join helpdesk.profiles p on p.id = a.author
     where a.org_id = $1 and a.id = $2"
);

const SET_STATUS: &str = "
    update helpdesk.articles set status = $3 where org_id = $1 and id = $2 and status <> $3";

const REVERT: &str = "
    update helpdesk.articles a set title = v.title, content = v.content
      from helpdesk.article_versions v
     where a.org_id = $1 and a.id = $2 and v.org_id = $1 and v.article_id = $2 and v.version = $3
    returning true";

const RATE: &str = "
    insert into helpdesk.article_feedback (org_id, article_id, user_id, helpful, comment) values ($1, $2, $3, $4, $5)
    on conflict (org_id, article_id, user_id) do update set helpful = excluded.helpful, comment = excluded.comment";

const COUNT: &str = "
    update helpdesk.articles
       set helpful_count = helpful_count + $3, unhelpful_count = unhelpful_count + $4
     where org_id = $1 and id = $2";

/// Locked until the article is there to follow a new name, or to forget a deleted one.
const LOCK_CATEGORIES: &str = "
    select c.name from helpdesk.categories c where c.org_id = $1 and c.name = any ($2) for share";

const RECORD_VERSION: &str = "
    insert into helpdesk.article_versions (org_id, article_id, version, title, content, created_at, created_by)
    values ($1, $2, $3, $4, $5, $6, $7)";

const FIXED: &[&str] = &["org_id", "id", "author", "created_at"];
/// What only the system changes.
const SYSTEM: &[&str] = &["version", "updated_at", "published_at"];
const COUNTS: &[&str] = &["helpful_count", "unhelpful_count"];
/// What makes a version when it changes.
const TRACKED: &[&str] = &["title", "content", "categories", "tags", "visibility", "status"];

/// How somebody reads the articles of an organization.
#[derive(Clone, Copy)]
pub struct Reader {
    pub is_staff: bool,
    pub is_member: bool,
    /// Also of what they may read as staff only what is published.
    pub is_published_only: bool,
}

impl Reader {
    pub fn of(org: Uuid) -> Result<Reader> {
        let viewer = Viewer::current()?;
        let is_staff = viewer::acts_as_staff(org)?;
        Ok(Reader {
            is_staff,
            is_member: is_staff || viewer.is_member(org),
            is_published_only: false,
        })
    }

    /// Which articles `a` they may read.
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

struct Found {
    org: Uuid,
    is_staff: bool,
    is_member: bool,
}

fn find_article(id: Uuid, org: Option<Uuid>) -> Result<Option<Found>> {
    let viewer = Viewer::current()?;
    let args = [
        id.into(),
        org.into(),
        viewer::role_bypasses_row_security().into(),
        viewer.staff_orgs().into(),
        viewer.orgs().into(),
    ];
    let found = db::read_one(FIND_ARTICLE, &args, |row| {
        Some(Found { org: row.get(1)?, is_staff: row.get(2)?, is_member: row.get(3)? })
    })?;
    Ok(found.flatten())
}

/// The organization of an article that the caller may write.
fn writable(id: Option<Uuid>, org: Option<Uuid>) -> Result<(Uuid, Uuid)> {
    let id = required(id, "p_article_id")?;
    match find_article(id, org)? {
        Some(Found { org, is_staff: true, .. }) => Ok((org, id)),
        _ => Err(Error::not_allowed(
            "p_article_id: no such article, or you may not change it",
            "Staff of its organization change it.",
        )),
    }
}

/// The article as its writers see it.
fn written(org: Uuid, id: Uuid) -> Result<JsonText> {
    let article = db::run_one(ARTICLE, &[org.into(), id.into(), true.into()], |row| row.get(1))?;
    article.flatten().ok_or_else(no_such_article)
}

/// An article; NULL when there is none or the caller may not read it. Public ones are for everybody, signed in or not.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn get_article(
    p_article_id: Option<Uuid>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<Option<JsonText>> {
    let id = required(p_article_id, "p_article_id")?;
    let Some(found) = find_article(id, p_org_id)? else {
        return Ok(None);
    };
    let args = [found.org.into(), id.into(), found.is_member.into()];
    Ok(db::read_one(ARTICLE, &args, |row| row.get(1))?.flatten())
}

/// Lets those read an article whom its visibility names. Returns it.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn publish_article(
    p_article_id: Option<Uuid>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    set_status(p_article_id, p_org_id, "published")
}

/// Takes an article away from its readers, and keeps it. Returns it.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn archive_article(
    p_article_id: Option<Uuid>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    set_status(p_article_id, p_org_id, "archived")
}

fn set_status(id: Option<Uuid>, org: Option<Uuid>, status: &str) -> Result<JsonText> {
    let (org, id) = writable(id, org)?;
    db::run(SET_STATUS, &[org.into(), id.into(), status.into()])?;
    written(org, id)
}

/// Gives an article the title and the content that it had in a version. That is a new version. Returns the article.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn revert_article(
    p_article_id: Option<Uuid>,
    p_version: Option<i32>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    let version = required(p_version, "p_version")?;
    let (org, id) = writable(p_article_id, p_org_id)?;
    let reverted = db::run_one(REVERT, &[org.into(), id.into(), version.into()], |_| ())?;
    if reverted.is_none() {
        return Err(Error::bad(
            "p_version",
            format!("the article has no version {version}"),
            "helpdesk.article_versions lists them.",
        ));
    }
    written(org, id)
}

/// Says whether an article helped; once more changes one's mind.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn rate_article(
    p_article_id: Option<Uuid>,
    p_helpful: Option<bool>,
    p_comment: default!(Option<&str>, "NULL"),
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<()> {
    let id = required(p_article_id, "p_article_id")?;
    let helpful = required(p_helpful, "p_helpful")?;
    if p_comment.is_some_and(|c| c.trim().is_empty() || c.chars().count() > MAX_FEEDBACK) {
        return Err(Error::bad(
            "p_comment",
            "blank or too long",
            "1 to 2,000 characters, or leave it out.",
        ));
    }
    let me = Viewer::current()?.person()?;
    let found = find_article(id, p_org_id)?.ok_or_else(no_such_article)?;
    db::run(RATE, &[found.org.into(), id.into(), me.into(), helpful.into(), p_comment.into()])
}

fn no_such_article() -> ErrorReport {
    Error::not_allowed(
        "article_id (p_article_id): no such article, or you may not read it",
        "list_articles lists the articles you may read.",
    )
}

/// Trigger on articles, named as in the original schema: versions, what the system sets, checks.
#[pg_trigger(sql = "
    create function helpdesk.update_article_version() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn update_article_version<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, complete)
}

fn complete(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let org: Uuid = new.required("org_id")?;
    let changes = match &rows.old {
        None => {
            // Before anything is looked up: row security would refuse too, but only after it.
            check_staff(org)?;
            begin(&new, org)?
        }
        Some(old) => revise(old, &new, org)?,
    };
    Ok(Some(new.with(changes)?))
}

/// An error unless the caller is staff of the organization.
pub fn check_staff(org: Uuid) -> Result<()> {
    if viewer::acts_as_staff(org)? {
        return Ok(());
    }
    Err(Error::not_allowed(
        "org_id: no such organization, or you are not staff of it",
        "my_staff_org_ids() lists the organizations you are staff of.",
    ))
}

/// What the system fills into a new article.
fn begin(new: &TriggerRow, org: Uuid) -> Result<Vec<Change>> {
    check_texts(new, TRACKED)?;
    let mut changes = checked_words(new, org, TRACKED)?;
    changes.push(Change::new("version", 1));
    for column in COUNTS {
        changes.push(Change::new(column, 0));
    }
    changes.extend(published_at(new)?);
    Ok(changes)
}

/// What the system fills into a changed article.
fn revise(old: &TriggerRow, new: &TriggerRow, org: Uuid) -> Result<Vec<Change>> {
    let is_system = system_write() == Some(SystemWrite::Activity);
    let counts = if is_system { &[] } else { COUNTS };
    new.check_unchanged(
        old,
        FIXED.iter().chain(SYSTEM).chain(counts),
        "title, content, categories, tags, visibility and status can; the system sets the rest.",
    )?;
    if is_system {
        return Ok(Vec::new());
    }
    let mut written = Vec::new();
    for column in TRACKED {
        if !new.same_image(old, column)? {
            written.push(*column);
        }
    }
    check_texts(new, &written)?;
    let mut changes = checked_words(new, org, &written)?;
    if !is_changed(old, new, &written)? {
        return Ok(changes);
    }
    if written.contains(&"status") {
        changes.extend(published_at(new)?);
    }
    let now = db::transaction_start();
    let before: TimestampWithTimeZone = old.required("updated_at")?;
    changes.push(Change::new("updated_at", now.max(before)));
    changes.push(Change::new("version", old.required::<i32>("version")? + 1));
    Ok(changes)
}

/// Whether what was written says something else than before, white space and repeated words aside.
fn is_changed(old: &TriggerRow, new: &TriggerRow, written: &[&'static str]) -> Result<bool> {
    for column in written {
        let is_same = match *column {
            "title" => {
                new.get::<&str>(column)?.map(str::trim) == old.get::<&str>(column)?.map(str::trim)
            }
            "tags" | "categories" => words(new, column)? == words(old, column)?,
            _ => new.get::<&str>(column)? == old.get::<&str>(column)?,
        };
        if !is_same {
            return Ok(true);
        }
    }
    Ok(false)
}

fn published_at(new: &TriggerRow) -> Result<Option<Change>> {
    let is_published = new.get::<&str>("status")? == Some("published");
    // An import says itself when it was.
    let imported: Option<TimestampWithTimeZone> = new.get("published_at")?;
    let created: Option<TimestampWithTimeZone> = new.get("created_at")?;
    let now = db::transaction_start();
    let moment = if created < Some(now) { imported.unwrap_or(now) } else { now };
    Ok(is_published.then(|| Change::new("published_at", moment)))
}

/// The checks of the table, as errors that say what is allowed.
fn check_texts(new: &TriggerRow, changed: &[&str]) -> Result<()> {
    for (column, max, hint) in [
        ("title", MAX_TITLE, "1 to 500 characters, not only white space."),
        ("content", MAX_CONTENT, "1 to 500,000 characters, not only white space."),
    ] {
        if changed.contains(&column)
            && let Some(text) = new.get::<&str>(column)?
            && (text.trim().is_empty() || text.trim().chars().count() > max)
        {
            return Err(Error::bad(column, "blank or too long", hint));
        }
    }
    for (column, words, hint) in [
        ("visibility", ["internal", "members", "public"], "internal, members or public."),
        ("status", ["draft", "published", "archived"], "draft, published or archived."),
    ] {
        if changed.contains(&column)
            && let Some(word) = new.get::<&str>(column)?
            && !words.contains(&word)
        {
            return Err(Error::bad(column, "not one of the allowed", hint));
        }
    }
    Ok(())
}

/// The title trimmed, categories that exist, tags that say something; each word once.
fn checked_words(new: &TriggerRow, org: Uuid, changed: &[&str]) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    if let Some(title) = new.get::<&str>("title")?
        && title.trim().len() != title.len()
    {
        changes.push(Change::new("title", title.trim()));
    }
    if changed.contains(&"tags") {
        changes.push(Change::new("tags", words(new, "tags")?));
    }
    if changed.contains(&"categories") {
        let names = words(new, "categories")?;
        let known = if names.is_empty() {
            Vec::new()
        } else {
            db::run_all(LOCK_CATEGORIES, &[org.into(), names.clone().into()], |row| {
                row.get::<String>(1).unwrap_or_default()
            })?
        };
        if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
            return Err(Error::bad(
                "categories",
                format!("the organization has no category {unknown:?}"),
                "list_categories(org) lists them; create it first.",
            ));
        }
        changes.push(Change::new("categories", names));
    }
    Ok(changes)
}

fn words(new: &TriggerRow, column: &'static str) -> Result<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    for word in new.required::<Vec<Option<String>>>(column)? {
        let word = word.as_deref().map(str::trim).unwrap_or_default().to_owned();
        if word.is_empty() || word.chars().count() > 200 {
            return Err(Error::bad(
                column,
                "blank, null or too long",
                "Words of 1 to 200 characters.",
            ));
        }
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Ok(words)
}

/// Trigger on articles: keeps title and content of each version.
#[pg_trigger(sql = "
    create function helpdesk.articles_record_version() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn articles_record_version<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, record)
}

fn record(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let moment = match &rows.old {
        None => "created_at",
        Some(old) if !new.same_image(old, "version")? => "updated_at",
        Some(_) => return Ok(None),
    };
    db::run(
        RECORD_VERSION,
        &[
            new.arg("org_id")?,
            new.arg("id")?,
            new.arg("version")?,
            new.arg("title")?,
            new.arg("content")?,
            new.arg(moment)?,
            Viewer::current()?.profile.into(),
        ],
    )?;
    Ok(None)
}

/// Trigger on article_feedback: who rates an article may read it.
#[pg_trigger(sql = "
    create function helpdesk.article_feedback_check() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn article_feedback_check<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, complete_feedback)
}

fn complete_feedback(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    match &rows.old {
        None => {
            let article: Uuid = new.required("article_id")?;
            find_article(article, new.get("org_id")?)?.ok_or_else(no_such_article)?;
        }
        Some(old) => new.check_unchanged(
            old,
            &["org_id", "article_id", "user_id", "created_at"],
            "helpful and comment can.",
        )?,
    }
    Ok(Some(new.unchanged()))
}

/// Trigger on article_feedback: counts it on the article.
#[pg_trigger(sql = "
    create function helpdesk.article_feedback_count() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn article_feedback_count<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, count)
}

fn count(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let [mut helpful, mut unhelpful] = [0, 0];
    for (row, step) in [(&rows.old, -1), (&rows.new, 1)] {
        match row.as_ref().map(|row| row.required::<bool>("helpful")).transpose()? {
            Some(true) => helpful += step,
            Some(false) => unhelpful += step,
            None => {}
        }
    }
    if let (Some(row), false) = (rows.new.or(rows.old), (helpful, unhelpful) == (0, 0)) {
        let _activity = system_writes(SystemWrite::Activity);
        db::run(
            COUNT,
            &[row.arg("org_id")?, row.arg("article_id")?, helpful.into(), unhelpful.into()],
        )?;
    }
    Ok(None)
}
