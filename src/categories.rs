//! The tree of categories of a knowledge base.

use std::collections::{BTreeMap, BTreeSet};

use pgrx::Uuid;
use pgrx::prelude::*;
use serde::Serialize;

use crate::db::{self, Change, Fired, JsonText, Transition, TriggerRows, Tuple};
use crate::error::{Error, Result, required};
use crate::json_output;
use crate::knowledge::{Reader, check_staff};
use crate::ticket_triggers::{SystemWrite, system_writes};

const CATEGORIES: &str = "
    select c.id, c.parent_id, c.name, c.description
      from helpdesk.categories c where c.org_id = $1 order by c.name, c.id";

/// One at a time moves a category of an organization.
const LOCK_TREE: &str = "select from helpdesk.organizations where id = $1 for no key update";
const PARENT: &str = "select parent_id from helpdesk.categories where org_id = $1 and id = $2";
/// Above READ COMMITTED a plain read would not see who was first.
const LOCKED_PARENT: &str =
    "select parent_id from helpdesk.categories where org_id = $1 and id = $2 for share";

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
    id: json_output::Id,
    name: String,
    description: Option<String>,
    /// In this very category, and with its sub-categories, each article once.
    article_count: usize,
    total_count: usize,
    children: Vec<Node>,
}

struct Category {
    id: [u8; 16],
    parent: Option<[u8; 16]>,
    name: String,
    description: Option<String>,
}

/// The categories of an organization as a tree, with how many articles the caller may read in each. Who is not staff is not shown
/// a category without any.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn article_categories(p_org_id: Option<Uuid>) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let reader = Reader::of(org)?;
    let categories = db::read_all(CATEGORIES, &[org.into()], |row| {
        Some(Category {
            id: *row.get::<Uuid>(1)?.as_bytes(),
            parent: row.get::<Uuid>(2).map(|id| *id.as_bytes()),
            name: row.get(3)?,
            description: row.get(4),
        })
    })?;
    let mut children: BTreeMap<Option<[u8; 16]>, Vec<Category>> = BTreeMap::new();
    for category in categories.into_iter().flatten() {
        children.entry(category.parent).or_default().push(category);
    }
    let (tree, _) = subtree(None, &mut children, &readable_articles(org, reader)?, reader.is_staff);
    Ok(JsonText(serde_json::to_string(&tree).unwrap_or_default()))
}

/// The articles that the reader may read, numbered, by the names of their categories.
fn readable_articles(org: Uuid, reader: Reader) -> Result<BTreeMap<String, Vec<usize>>> {
    let statement = format!(
        "select a.categories from helpdesk.articles a where a.org_id = $1 and a.categories <> '{{}}' and {}",
        reader.condition()
    );
    let articles =
        db::read_dynamic_all(&statement, &[org.into()], |row| row.get::<Vec<Option<String>>>(1))?;
    let mut named: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, names) in articles.into_iter().flatten().enumerate() {
        for name in names.into_iter().flatten() {
            named.entry(name).or_default().push(number);
        }
    }
    Ok(named)
}

/// What hangs below a category, and the articles in it.
fn subtree(
    parent: Option<[u8; 16]>,
    children: &mut BTreeMap<Option<[u8; 16]>, Vec<Category>>,
    articles: &BTreeMap<String, Vec<usize>>,
    shows_empty: bool,
) -> (Vec<Node>, BTreeSet<usize>) {
    let mut nodes = Vec::new();
    let mut all = BTreeSet::new();
    for category in children.remove(&parent).unwrap_or_default() {
        let (below, mut inside) = subtree(Some(category.id), children, articles, shows_empty);
        let own = articles.get(&category.name).map_or(&[][..], Vec::as_slice);
        inside.extend(own);
        all.extend(&inside);
        if inside.is_empty() && !shows_empty {
            continue;
        }
        nodes.push(Node {
            id: json_output::Id::from(Uuid::from_bytes(category.id)),
            name: category.name,
            description: category.description,
            article_count: own.len(),
            total_count: inside.len(),
            children: below,
        });
    }
    (nodes, all)
}

/// Trigger on categories: a category is not part of itself.
#[pg_trigger(sql = "
    create function helpdesk.check_category() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn check_category<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    db::fire(trigger, check)
}

fn check(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let org: Uuid = new.required("org_id")?;
    match &rows.old {
        None => check_staff(org)?,
        Some(old) => {
            for column in ["org_id", "id", "created_at"] {
                if !new.same_image(old, column)? {
                    return Err(Error::bad(
                        column,
                        "cannot be changed",
                        "name, description and parent_id can.",
                    ));
                }
            }
        }
    }
    let is_moved = match &rows.old {
        Some(old) => !new.same_image(old, "parent_id")?,
        None => true,
    };
    if is_moved && let Some(parent) = new.get::<Uuid>("parent_id")? {
        check_ancestors(org, new.required("id")?, parent)?;
    }
    let name: String = new.required("name")?;
    Ok(Some(new.with(vec![Change::new("name", name.trim())])?))
}

/// An error when a category would be above itself. Nobody else moves one meanwhile.
fn check_ancestors(org: Uuid, id: Uuid, parent: Uuid) -> Result<()> {
    db::run(LOCK_TREE, &[org.into()])?;
    // SAFETY: a plain setting of the transaction.
    let sees_all = unsafe { pg_sys::XactIsoLevel } < pg_sys::XACT_REPEATABLE_READ as i32;
    let parent_of = if sees_all { PARENT } else { LOCKED_PARENT };
    let mut ancestor = Some(parent);
    let mut seen = BTreeSet::new();
    while let Some(above) = ancestor {
        if above == id || !seen.insert(*above.as_bytes()) {
            return Err(Error::bad(
                "parent_id",
                "the category would be part of itself",
                "Choose one that is not among its sub-categories.",
            ));
        }
        ancestor = db::run_one(parent_of, &[org.into(), above.into()], |row| row.get(1))?.flatten();
    }
    Ok(())
}

/// Trigger on categories: articles follow a new name.
#[pg_trigger(sql = "
    create function helpdesk.rename_category() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn rename_category<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    db::fire(trigger, rename)
}

fn rename(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let (Some(old), Some(new)) = (&rows.old, &rows.new) {
        let _system = system_writes(SystemWrite::Activity);
        db::run(RENAME, &[new.arg("org_id")?, old.arg("name")?, new.arg("name")?])?;
    }
    Ok(None)
}

/// Trigger on categories, once per DELETE: sub-categories move up to the nearest that is left, articles forget the names.
#[pg_trigger(sql = "
    create function helpdesk.forget_categories() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn forget_categories<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    db::fire_statement(trigger, forget)
}

fn forget(deleted: &Transition) -> Result<()> {
    let _system = system_writes(SystemWrite::Activity);
    deleted.run(MOVE_UP)?;
    deleted.run(FORGET_NAMES)
}
