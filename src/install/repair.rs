//! What install() makes again: tables, views, indexes, triggers and policies that somebody has
//! dropped, or that a dump did not contain.

use std::collections::HashSet;

use super::locks::lock_all_tables;
use super::tables::{AUTH, FILES};
use crate::platform::error::Result;
use crate::platform::script::{self, Command, Kind};
use crate::platform::statement;

/// Owners and rights of all functions, and their comments: the files of CREATE EXTENSION.
const FUNCTION_RIGHTS: &str = include_str!(concat!(env!("OUT_DIR"), "/function_rights.sql"));

/// The names are those of `Kind::Create`.
const EXISTING: &str = "
    select format('relation %s.%s', n.nspname, c.relname)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'helpdesk'
    union all
    select format('trigger %s on %s.%s', t.tgname, n.nspname, c.relname)
      from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('helpdesk', 'auth')
    union all
    select format('policy %s on %s.%s to %s', p.polname, n.nspname, c.relname,
                  (select string_agg(r.rolname, ',' order by r.rolname) from pg_roles r
                    where r.oid = any (p.polroles)))
      from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('helpdesk', 'auth')";

/// The tables, views, indexes, triggers and policies that are missing.
pub(super) fn missing_objects() -> Result<Vec<String>> {
    let existing = existing_objects()?;
    let mut missing = Vec::new();
    for command in commands()? {
        if let Kind::Create(object) | Kind::CreatePolicy(object, _) = command.kind
            && !existing.contains(&object)
        {
            missing.push(object);
        }
    }
    Ok(missing)
}

fn existing_objects() -> Result<HashSet<String>> {
    let existing = statement::read(EXISTING).fetch_all(&[], |row| row.get::<String>(1))?;
    Ok(existing.into_iter().flatten().collect())
}

fn commands() -> Result<Vec<Command<'static>>> {
    let mut commands = Vec::new();
    for file in FILES {
        commands.extend(script::split(file)?);
    }
    Ok(commands)
}

/// Creates what is missing in an installation. Locks no table unless there is something.
pub(super) fn create_missing_objects() -> Result<()> {
    statement::run_script(AUTH)?;
    let existing = existing_objects()?;
    let commands = commands()?;
    let is_missing = |command: &Command| match &command.kind {
        Kind::Create(object) | Kind::CreatePolicy(object, _) | Kind::Alter(object) => {
            !existing.contains(object)
        }
        Kind::Comment | Kind::Other => false,
    };
    if !commands.iter().any(is_missing) {
        return Ok(());
    }
    lock_all_tables()?;
    for command in commands.iter().filter(|command| is_missing(command)) {
        // DROP OWNED BY takes a role out of the policies of several roles.
        if let Kind::CreatePolicy(_, drop) = &command.kind {
            statement::run_script(drop)?;
        }
        statement::run_script(command.text)?;
    }
    let comments = commands.iter().filter(|command| command.kind == Kind::Comment);
    comments.into_iter().try_for_each(|command| statement::run_script(command.text))
}

/// Gives the functions their owner and rights again. Inside CREATE EXTENSION, the script does.
pub(super) fn set_function_rights() -> Result<()> {
    statement::run_script(FUNCTION_RIGHTS)
}
