//! Answering calls on a worker, in the name of the caller of the coordinator.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CString;

use pgrx::Uuid;
use pgrx::prelude::*;

use super::groups;
use super::node::{Node, node};
use super::routes::{Route, route_of};
use crate::platform::error::{self, Result, internal, required};
use crate::platform::roles;
use crate::platform::settings::{CLAIMS, SUBJECT, with_settings};
use crate::platform::statement::{self, Planned, run_script};

/// Whether the function writes, and how its arguments are read from the texts in $1.
const FIND_FUNCTION: &str = "
    select p.provolatile operator(pg_catalog.=) 'v', p.proretset, p.proname::pg_catalog.text,
           pg_catalog.format('helpdesk.%I(%s)', p.proname,
             (select pg_catalog.string_agg(
                       pg_catalog.format('$1[%s]::%s', a.position, pg_catalog.format_type(a.type, null)),
                       ', ' order by a.position)
                from pg_catalog.unnest(p.proargtypes) with ordinality a (type, position)))
      from pg_catalog.pg_proc p
     where p.oid operator(pg_catalog.=) pg_catalog.to_regprocedure($1)
       and p.pronamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace";

/// Deferred keys are checked at once, because what fails in COMMIT on a worker reaches the client
/// without its reason.
const CHECK_KEYS: &str = "set constraints all immediate; set constraints all deferred";

#[derive(Clone)]
struct Function {
    writes: bool,
    returns_set: bool,
    name: String,
    call: String,
}

thread_local! {
    /// By their signature.
    static FUNCTIONS: RefCell<HashMap<String, Function>> = RefCell::default();
}

/// A function that the coordinator may call here.
fn find_function(signature: &str, is_allowed: impl Fn(Route) -> bool) -> Result<Function> {
    let known = FUNCTIONS.with_borrow(|functions| functions.get(signature).cloned());
    let function = match known {
        Some(function) => Some(function),
        None => statement::read(FIND_FUNCTION)
            .fetch_optional(&[signature.into()], |row| {
                Some(Function {
                    writes: row.get(1)?,
                    returns_set: row.get(2)?,
                    name: row.get(3)?,
                    call: row.get(4)?,
                })
            })?
            .flatten(),
    };
    let function = function
        .filter(|function| route_of(&function.name).is_some_and(is_allowed))
        .ok_or_else(|| internal("a worker does not answer calls of this function"))?;
    FUNCTIONS.with_borrow_mut(|all| all.insert(signature.to_owned(), function.clone()));
    Ok(function)
}

fn check_is_worker() -> Result<()> {
    if node()? == Node::Worker {
        return Ok(());
    }
    Err(error::wrong_state(
        "not_distributed",
        "this server is no worker of a cluster",
        "Only the coordinator calls this function.",
    ))
}

/// Answers a call about an organization. The last argument is never read: that it is a count of
/// rows makes Citus evaluate the call here.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn answer_call(
    p_org_id: Option<Uuid>,
    p_role: Option<&str>,
    p_claims: Option<&str>,
    p_subject: Option<&str>,
    p_function: Option<&str>,
    p_arguments: Option<Vec<Option<String>>>,
    p_rows: Option<i64>,
) -> Result<Option<String>> {
    let _ = p_rows;
    check_is_worker()?;
    let org = required(p_org_id, "p_org_id")?;
    let arguments = required(p_arguments, "p_arguments")?;
    let text = |value: Option<&str>, name| {
        CString::new(required(value, name)?).map_err(|_| internal("a NUL byte"))
    };
    let (claims, subject) = (text(p_claims, "p_claims")?, text(p_subject, "p_subject")?);
    let function = find_function(required(p_function, "p_function")?, |route| {
        !matches!(route, Route::Workers | Route::Coordinator)
    })?;
    let role = roles::find_role(required(p_role, "p_role")?)?;
    let _group = groups::enter_called(org)?;
    let _caller = roles::act_for(role);
    with_settings(&[(CLAIMS, &claims), (SUBJECT, &subject)], || {
        let sql = format!("select ({})::pg_catalog.text", function.call);
        let args = [arguments.into()];
        if !function.writes {
            return statement::read_assembled(&sql, Planned::Once).fetch_scalar(&args);
        }
        let answer = statement::write_assembled(&sql, Planned::Once).fetch_scalar(&args)?;
        run_script(CHECK_KEYS)?;
        Ok(answer)
    })
}

/// Runs a maintenance function for each group of organizations here. Returns a JSON array of the
/// answers: of each group, or of each row.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn answer_maintenance(
    p_function: Option<&str>,
    p_arguments: Option<Vec<Option<String>>>,
) -> Result<String> {
    check_is_worker()?;
    let signature = required(p_function, "p_function")?;
    let function = find_function(signature, |route| route == Route::Workers)?;
    let arguments = required(p_arguments, "p_arguments")?;
    let mut answers: Vec<Option<String>> = Vec::new();
    // Citus's own connections may write to shards, and this one is not of that kind.
    with_settings(&[(c"citus.enable_manual_changes_to_shards", c"on")], || {
        groups::each_group(|| {
            let sql = match function.returns_set {
                true => {
                    format!(
                        "select pg_catalog.to_json(f)::pg_catalog.text from {} f",
                        function.call
                    )
                }
                false => format!("select ({})::pg_catalog.text", function.call),
            };
            let run = if function.writes {
                statement::write_assembled(&sql, Planned::EachTime)
            } else {
                statement::read_assembled(&sql, Planned::EachTime)
            };
            answers.extend(run.fetch_all(&[arguments.clone().into()], |row| row.get(1))?);
            Ok(())
        })
    })?;
    serde_json::to_string(&answers).map_err(|_| internal("answers that are no JSON"))
}
