//! The tree of categories of a knowledge base.

use std::collections::{BTreeMap, BTreeSet};

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use serde::Serialize;

use super::access::Reader;
use crate::access::rights::check_staff;
use crate::platform::datum::JsonText;
use crate::platform::error::{self, Result, required};
use crate::platform::json::id;
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{
    self, ColumnChange, TransitionTables, TriggerResult, TriggerRows, Tuple,
};
use crate::platform::{statement, transaction};

const CATEGORIES: &str = "
    select c.id, c.parent_id, c.name, c.description
      from helpdesk.categories c where c.org_id = $1 order by c.name, c.id";

/// Levels of the tree.
const MAX_DEPTH: i32 = 20;

/// One at a time changes the categories of an organization.
const LOCK_TREE: &str = "select from helpdesk.organizations where id = $1 for no key update";

const LOCK_TREES: &str = "
    select from helpdesk.organizations o where o.id in (select d.org_id from deleted d) order by o.id for no key update";

const PARENT: &str = "select parent_id from helpdesk.categories where org_id = $1 and id = $2";

/// Above READ COMMITTED a plain read would not see who was first; locking what has changed since is an error.
const LOCKED_PARENT: &str =
    "select parent_id from helpdesk.categories where org_id = $1 and id = $2 for share";

const LOCK_SAME_NAME: &str =
    "select from helpdesk.categories where org_id = $1 and name = $2 for share";

const LOCK_SAME_NAMES: &str = "
    select from helpdesk.categories c join deleted d on c.org_id = d.org_id and c.name = d.name for share of c";

/// Whether something below a category, $2, is below level $4 when the category itself is on level $3.
const TOO_DEEP: &str = "
    with recursive tree (id, level) as (
      select $2::uuid, $3::integer
      union all
      select c.id, t.level + 1 from tree t join helpdesk.categories c on c.org_id = $1 and c.parent_id = t.id where t.level <= $4
    )
    select from tree where level > $4 limit 1";

const SIBLING: &str = "
    select from helpdesk.categories
     where org_id = $1 and parent_id is not distinct from $2 and lower(name) = lower($3) and id <> $4";

/// Articles keep a name that another category, elsewhere in the tree, still has.
const RENAME: &str = "
    update helpdesk.articles a
       set categories = array(select w from unnest(array_replace(a.categories, $2, $3)) with ordinality as u (w, n) group by w order by min(n))
     where a.org_id = $1 and a.categories @> array[$2]
       and not exists (select from helpdesk.categories c where c.org_id = $1 and c.name = $2)";

const MOVE_UP: &str = "
    with recursive orphan as (
      select c.org_id, c.id, d.parent_id
        from deleted d join helpdesk.categories c on c.org_id = d.org_id and c.parent_id = d.id
      union all
      select o.org_id, o.id, d.parent_id from orphan o join deleted d on d.org_id = o.org_id and d.id = o.parent_id
    )
    update helpdesk.categories c set parent_id = o.parent_id
      from orphan o
     where c.org_id = o.org_id and c.id = o.id
       and not exists (select from deleted d where d.org_id = o.org_id and d.id = o.parent_id)";

const FORGET_NAMES: &str = "
    with gone as (
      select d.org_id, array_agg(d.name) as names
        from deleted d
       where not exists (select from helpdesk.categories c where c.org_id = d.org_id and c.name = d.name)
       group by d.org_id
    )
    update helpdesk.articles a
       set categories = array(select w from unnest(a.categories) with ordinality as u (w, n) where w <> all (g.names) order by n)
      from gone g
     where a.org_id = g.org_id and a.categories && g.names";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: id::Id,
    name: String,
    description: Option<String>,
    /// In this very category, and with its sub-categories, each article once.
    article_count: usize,
    total_count: usize,
    children: Vec<Node>,
}

struct Category {
    id: Uuid,
    parent: Option<Uuid>,
    name: String,
    description: Option<String>,
}

/// The categories of an organization as a tree, with how many articles the caller may read in each. Who is not staff is not shown
/// a category without any.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn list_categories(p_org_id: Option<Uuid>) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let reader = Reader::of(org)?;
    let categories = statement::read(CATEGORIES).fetch_all(&[org.into()], |row| {
        Some(Category {
            id: row.get(1)?,
            parent: row.get(2),
            name: row.get(3)?,
            description: row.get(4),
        })
    })?;
    let mut children: BTreeMap<Option<Uuid>, Vec<Category>> = BTreeMap::new();
    for category in categories.into_iter().flatten() {
        children.entry(category.parent).or_default().push(category);
    }
    let articles = readable_articles(org, reader)?;
    let (tree, _) = subtree(None, MAX_DEPTH, &mut children, &articles, reader.is_staff);
    JsonText::serialize(&tree)
}

/// The articles that the reader may read, numbered, by the names of their categories.
fn readable_articles(org: Uuid, reader: Reader) -> Result<BTreeMap<String, Vec<usize>>> {
    let statement = format!(
        "select a.categories from helpdesk.articles a where a.org_id = $1 and a.categories <> '{{}}' and {}",
        reader.condition()
    );
    let articles = statement::read_assembled(&statement)
        .fetch_all(&[org.into()], |row| row.get::<Vec<Option<String>>>(1))?;
    let mut named: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, names) in articles.into_iter().flatten().enumerate() {
        for name in names.into_iter().flatten() {
            named.entry(name).or_default().push(number);
        }
    }
    Ok(named)
}

/// What hangs below a category, so many levels of it, and the articles in it.
fn subtree(
    parent: Option<Uuid>,
    levels: i32,
    children: &mut BTreeMap<Option<Uuid>, Vec<Category>>,
    articles: &BTreeMap<String, Vec<usize>>,
    shows_empty: bool,
) -> (Vec<Node>, BTreeSet<usize>) {
    let mut nodes = Vec::new();
    let mut all = BTreeSet::new();
    // More of them can only come from a load with triggers off.
    if levels == 0 {
        return (nodes, all);
    }
    for category in children.remove(&parent).unwrap_or_default() {
        let (below, mut inside) =
            subtree(Some(category.id), levels - 1, children, articles, shows_empty);
        let own = articles.get(&category.name).map_or(&[][..], Vec::as_slice);
        inside.extend(own);
        all.extend(&inside);
        if inside.is_empty() && !shows_empty {
            continue;
        }
        nodes.push(Node {
            id: category.id.into(),
            name: category.name,
            description: category.description,
            article_count: own.len(),
            total_count: inside.len(),
            children: below,
        });
    }
    (nodes, all)
}

/// Trigger on categories: a category is not part of itself, nor too deep, nor named as one beside it.
#[pg_trigger(sql = "
    create function helpdesk.categories_check() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn categories_check<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, check)
}

fn check(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let org: Uuid = new.required("org_id")?;
    match &rows.old {
        None => check_staff(org)?,
        Some(old) => new.check_unchanged(
            old,
            &["org_id", "id", "created_at"],
            "name, description and parent_id can.",
        )?,
    }
    let (is_moved, is_renamed) = match &rows.old {
        Some(old) => (!new.same_image(old, "parent_id")?, !new.same_image(old, "name")?),
        None => (true, true),
    };
    let name: String = new.required("name")?;
    let name = name.trim();
    if is_moved || is_renamed {
        let (id, parent): (Uuid, Option<Uuid>) = (new.required("id")?, new.get("parent_id")?);
        statement::write(LOCK_TREE).execute(&[org.into()])?;
        if is_moved {
            check_place(org, id, parent)?;
        }
        let args = [org.into(), parent.into(), name.into(), id.into()];
        if statement::write(SIBLING).fetch_optional(&args, |_| ())?.is_some() {
            return Err(error::duplicate(
                format!(
                    "name: there is a category {name:?} beside it, or one in other letter case"
                ),
                "Rename one of them, or move it elsewhere.",
            ));
        }
    }
    Ok(Some(new.with_changes(vec![ColumnChange::new("name", name)])?))
}

/// An error when a category would be above itself, or the tree too deep. Nobody else changes the tree meanwhile.
fn check_place(org: Uuid, id: Uuid, parent: Option<Uuid>) -> Result<()> {
    let parent_of = if transaction::is_read_committed() { PARENT } else { LOCKED_PARENT };
    let mut level = 1;
    let mut ancestor = parent;
    while let Some(above) = ancestor {
        level += 1;
        if above == id {
            return Err(error::bad(
                "parent_id",
                "the category would be part of itself",
                "Choose one that is not among its sub-categories.",
            ));
        }
        if level > MAX_DEPTH {
            return Err(too_deep());
        }
        ancestor = statement::write(parent_of)
            .fetch_optional(&[org.into(), above.into()], |row| row.get(1))?
            .flatten();
    }
    let args = [org.into(), id.into(), level.into(), MAX_DEPTH.into()];
    if statement::write(TOO_DEEP).fetch_optional(&args, |_| ())?.is_some() {
        return Err(too_deep());
    }
    transaction::recheck_on_latest_snapshot(TOO_DEEP, &args)
}

fn too_deep() -> ErrorReport {
    error::bad(
        "parent_id",
        "too deep in the tree",
        format!("Categories have {MAX_DEPTH} levels, the sub-categories of this one among them."),
    )
}

/// Trigger on categories: articles follow a new name.
#[pg_trigger(sql = "
    create function helpdesk.categories_rename() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn categories_rename<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, rename)
}

fn rename(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let (Some(old), Some(new)) = (&rows.old, &rows.new) {
        let _system = SystemWrite::begin(SystemWrite::Derived);
        if !transaction::is_read_committed() {
            statement::write(LOCK_SAME_NAME).execute(&[new.arg("org_id")?, old.arg("name")?])?;
        }
        statement::write(RENAME).execute(&[
            new.arg("org_id")?,
            old.arg("name")?,
            new.arg("name")?,
        ])?;
    }
    Ok(None)
}

/// Trigger on categories, once per DELETE: sub-categories move up to the nearest that is left, articles forget the names.
#[pg_trigger(sql = "
    create function helpdesk.categories_detach() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn categories_detach<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_statement_trigger(trigger, forget)
}

fn forget(deleted: &TransitionTables) -> Result<()> {
    let _system = SystemWrite::begin(SystemWrite::Derived);
    deleted.run(LOCK_TREES)?;
    if !transaction::is_read_committed() {
        deleted.run(LOCK_SAME_NAMES)?;
    }
    deleted.run(MOVE_UP)?;
    deleted.run(FORGET_NAMES)
}
