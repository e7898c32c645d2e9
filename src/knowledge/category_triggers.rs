//! Triggers on categories: the shape of the tree, and the names of categories in articles.

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::access::rights::check_staff;
use crate::platform::error::{self, Result};
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{
    self, ColumnChange, TransitionTables, TriggerResult, TriggerRows, Tuple,
};
use crate::platform::{statement, transaction};

/// The most levels that a tree of categories can have.
pub(super) const MAX_LEVELS: i32 = 20;

/// Serializes changes to an organization's tree.
const LOCK_TREE: &str = "select from helpdesk.organizations where id = $1 for no key update";

/// Lock order: categories, then the organization. Whoever deletes the parent has it first as well,
/// and the foreign key would lock it only at the end.
const LOCK_PARENT: &str =
    "select from helpdesk.categories where org_id = $1 and id = $2 for key share";

const LOCK_TREES: &str = "
    select from helpdesk.organizations o
     where o.id in (select d.org_id from deleted d) order by o.id for no key update";

const FIND_PARENT: &str = "select parent_id from helpdesk.categories where org_id = $1 and id = $2";

/// For transactions above READ COMMITTED. A plain read would not see what others have committed
/// since; locking a row that they have changed is a serialization failure.
const FIND_PARENT_LOCKED: &str =
    "select parent_id from helpdesk.categories where org_id = $1 and id = $2 for share";

const LOCK_SAME_NAME: &str =
    "select from helpdesk.categories where org_id = $1 and name = $2 order by id for share";

const LOCK_SAME_NAMES: &str = "
    select from helpdesk.categories c join deleted d on c.org_id = d.org_id and c.name = d.name
     order by c.org_id, c.id for share of c";

/// Lock order: categories, then the organization, as when a category is moved.
const LOCK_CHILDREN: &str = "
    select from helpdesk.categories c join deleted d on c.org_id = d.org_id and c.parent_id = d.id
     order by c.org_id, c.id for no key update of c";

/// Whether a category ($2) on level $3 has descendants below level $4.
const HAS_TOO_MANY_LEVELS: &str = "
    with recursive tree (id, level) as (
      select $2::uuid, $3::integer
      union all
      select c.id, t.level + 1
        from tree t join helpdesk.categories c on c.org_id = $1 and c.parent_id = t.id
       where t.level <= $4
    )
    select from tree where level > $4 limit 1";

const HAS_NAMESAKE: &str = "
    select from helpdesk.categories
     where org_id = $1 and parent_id is not distinct from $2 and lower(name) = lower($3)
       and id <> $4";

/// Articles keep the old name if a category elsewhere in the tree still has it.
const RENAME_IN_ARTICLES: &str = "
    update helpdesk.articles a
       set categories = array(select u.name
                                from unnest(array_replace(a.categories, $2, $3)) with ordinality as u (name, n)
                               group by u.name order by min(u.n))
      from (select x.id from helpdesk.articles x
             where x.org_id = $1 and x.categories @> array[$2]
               and not exists (select from helpdesk.categories c where c.org_id = $1 and c.name = $2)
             order by x.id for no key update of x) locked
     where a.org_id = $1 and a.id = locked.id";

/// Moves the sub-categories of deleted categories to the nearest ancestor that remains.
const REPARENT_CHILDREN: &str = "
    with recursive orphan as (
      select c.org_id, c.id, d.parent_id
        from deleted d join helpdesk.categories c on c.org_id = d.org_id and c.parent_id = d.id
      union all
      select o.org_id, o.id, d.parent_id
        from orphan o join deleted d on d.org_id = o.org_id and d.id = o.parent_id
    )
    update helpdesk.categories c set parent_id = o.parent_id
      from orphan o
     where c.org_id = o.org_id and c.id = o.id
       and not exists (select from deleted d where d.org_id = o.org_id and d.id = o.parent_id)";

const REMOVE_FROM_ARTICLES: &str = "
    with gone as (
      select d.org_id, array_agg(d.name) as names
        from deleted d
       where not exists (select from helpdesk.categories c
                          where c.org_id = d.org_id and c.name = d.name)
       group by d.org_id
    )
    update helpdesk.articles a
       set categories = array(select u.name from unnest(a.categories) with ordinality as u (name, n)
                               where u.name <> all (g.names) order by u.n)
      from gone g,
           (select x.org_id, x.id from helpdesk.articles x join gone on x.org_id = gone.org_id
             where x.categories && gone.names
             order by x.org_id, x.id for no key update of x) locked
     where a.org_id = locked.org_id and a.id = locked.id and g.org_id = a.org_id";

/// Trigger on categories: a category is not its own ancestor, not too deep in the tree, and has
/// another name than its siblings.
#[pg_trigger(sql = "
    create function helpdesk.categories_check() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn categories_check<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_write)
}

fn before_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let org: Uuid = new.required("org_id")?;
    match &rows.old {
        None => check_staff("org_id", org)?,
        Some(old) => new.check_unchanged(
            old,
            &["org_id", "id", "created_at"],
            "You can change name, description and parent_id.",
        )?,
    }
    let (is_moved, is_renamed) = match &rows.old {
        Some(old) => (!new.same_image(old, "parent_id")?, !new.same_image(old, "name")?),
        None => (true, true),
    };
    let name = error::required(new.text("name")?, "name")?.trim();
    if is_moved || is_renamed {
        let (id, parent): (Uuid, Option<Uuid>) = (new.required("id")?, new.get("parent_id")?);
        if is_moved {
            statement::write(LOCK_PARENT).execute(&[org.into(), parent.into()])?;
        }
        statement::write(LOCK_TREE).execute(&[org.into()])?;
        if is_moved {
            check_place(org, id, parent)?;
        }
        let args = [org.into(), parent.into(), name.into(), id.into()];
        if statement::write(HAS_NAMESAKE).exists(&args)? {
            return Err(error::conflict(
                "name_taken",
                format!("name: the parent already has a category {name:?} (ignoring case)"),
                "Rename one of them, or move it elsewhere.",
            ));
        }
    }
    Ok(Some(new.with_changes(vec![ColumnChange::new("name", name)])?))
}

/// Errors if a category would become its own ancestor, or the tree too deep. LOCK_TREE prevents
/// other sessions from changing the tree meanwhile.
fn check_place(org: Uuid, id: Uuid, parent: Option<Uuid>) -> Result<()> {
    let find_parent =
        if transaction::is_read_committed() { FIND_PARENT } else { FIND_PARENT_LOCKED };
    let mut level = 1;
    let mut ancestor = parent;
    while let Some(above) = ancestor {
        level += 1;
        if above == id {
            return Err(error::invalid(
                "category_cycle",
                "parent_id",
                "the category would be its own ancestor",
                "Choose a parent that is not one of its sub-categories.",
            ));
        }
        if level > MAX_LEVELS {
            return Err(too_deep());
        }
        ancestor = statement::write(find_parent).fetch_scalar(&[org.into(), above.into()])?;
    }
    let args = [org.into(), id.into(), level.into(), MAX_LEVELS.into()];
    if statement::write(HAS_TOO_MANY_LEVELS).exists(&args)? {
        return Err(too_deep());
    }
    transaction::recheck_on_latest_snapshot(HAS_TOO_MANY_LEVELS, &args)
}

fn too_deep() -> ErrorReport {
    error::invalid(
        "category_too_deep",
        "parent_id",
        "too deep in the tree",
        format!("At most {MAX_LEVELS} levels, including the sub-categories of this category."),
    )
}

/// Trigger on categories: replaces the old name in articles.
#[pg_trigger(sql = "
    create function helpdesk.categories_rename() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn categories_rename<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_update)
}

fn after_update(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let (Some(old), Some(new)) = (&rows.old, &rows.new) {
        let _derived = SystemWrite::begin(SystemWrite::Derived);
        if !transaction::is_read_committed() {
            statement::write(LOCK_SAME_NAME).execute(&[new.arg("org_id")?, old.arg("name")?])?;
        }
        statement::write(RENAME_IN_ARTICLES).execute(&[
            new.arg("org_id")?,
            old.arg("name")?,
            new.arg("name")?,
        ])?;
    }
    Ok(None)
}

/// Trigger on categories, once per DELETE: moves sub-categories up, and removes names in articles.
#[pg_trigger(sql = "
    create function helpdesk.categories_detach() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn categories_detach<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_statement_trigger(trigger, after_delete)
}

fn after_delete(deleted: &TransitionTables) -> Result<()> {
    let _derived = SystemWrite::begin(SystemWrite::Derived);
    deleted.run(LOCK_CHILDREN)?;
    deleted.run(LOCK_TREES)?;
    if !transaction::is_read_committed() {
        deleted.run(LOCK_SAME_NAMES)?;
    }
    deleted.run(REPARENT_CHILDREN)?;
    deleted.run(REMOVE_FROM_ARTICLES)
}
