//! Sending calls from the coordinator to workers. Only the functions that distribute() creates do
//! so, as their owner.

use std::ffi::CStr;

use pgrx::Uuid;
use pgrx::prelude::*;

use super::claims::text_of;
use super::node::{Node, node};
use crate::platform::error::{self, Result, internal, required};
use crate::platform::roles;
use crate::platform::settings::{CLAIMS, SUBJECT, with_settings};
use crate::platform::statement::{self, Planned};
use crate::platform::table_names::with_own_names;
use crate::platform::transaction;

/// Finds no row, because a counter is never negative. But for Citus the transaction has now written
/// to these shards: they are not moved before it ends, and a COMMIT that fails there fails here.
const ENLIST: &str =
    "delete from helpdesk.ticket_counters c where c.org_id = $1 and c.last_number < 0";

/// The count of rows makes Citus evaluate the function where they are.
const CALL: &str = "
    select helpdesk.answer_call($1, $2, $3, $4, $5, $6, pg_catalog.count(*))
      from helpdesk.ticket_counters c
     where c.org_id operator(pg_catalog.=) $1";

const CALL_WORKERS: &str = "
    select success, result from pg_catalog.run_command_on_workers(
      pg_catalog.format('select helpdesk.answer_maintenance(%L, %L)', $1, $2)) order by nodename, nodeport";

/// Citus otherwise opens a transaction on the worker, whose BEGIN and COMMIT take as long as the
/// call itself.
const WITHOUT_TRANSACTION: &[(&CStr, &CStr)] = &[(c"citus.select_opens_transaction_block", c"off")];

/// Reads from workers, without a transaction there unless this one has written there already. Above
/// READ COMMITTED all statements share a snapshot, so there reads need a transaction as well.
pub fn read_from_workers<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    match transaction::is_read_committed() {
        true => with_settings(WITHOUT_TRANSACTION, work),
        false => work(),
    }
}

fn check_is_coordinator() -> Result<()> {
    match node()? {
        Node::Coordinator => Ok(()),
        _ => Err(error::wrong_state(
            "not_distributed",
            "the tables are not distributed, or this server is not the coordinator",
            "Functions call it on the coordinator of a cluster only.",
        )),
    }
}

/// Sends a call to the worker that holds an organization. Nothing is in the organization
/// NULL, so the function finds nothing there, and says what it says then.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn call_organization(
    p_function: Option<&str>,
    p_org_id: Option<Uuid>,
    p_writes: Option<bool>,
    p_arguments: Option<Vec<Option<String>>>,
) -> Result<Option<String>> {
    check_is_coordinator()?;
    let function = required(p_function, "p_function")?;
    let arguments = required(p_arguments, "p_arguments")?;
    let org = p_org_id.unwrap_or(Uuid::from_bytes([0; 16]));
    let args = [
        org.into(),
        roles::outer_role_name().into(),
        text_of(CLAIMS).into(),
        text_of(SUBJECT).into(),
        function.into(),
        arguments.into(),
    ];
    with_own_names(|| {
        if p_writes == Some(false) {
            let call = statement::read(CALL).planned(Planned::Once);
            return read_from_workers(|| call.fetch_scalar(&args));
        }
        statement::write(ENLIST).planned(Planned::Once).execute(&[org.into()])?;
        statement::write(CALL).planned(Planned::Once).fetch_scalar(&args)
    })
}

/// Runs a maintenance function on every worker, for each group of organizations there, in a
/// transaction of the worker. Returns the answers of all.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn call_workers(
    p_function: Option<&str>,
    p_arguments: Option<Vec<Option<String>>>,
) -> Result<SetOfIterator<'static, String>> {
    check_is_coordinator()?;
    let function = required(p_function, "p_function")?;
    let answers = with_own_names(|| {
        let args = [function.into(), required(p_arguments, "p_arguments")?.into()];
        statement::write(CALL_WORKERS).fetch_all(&args, |row| {
            (row.get::<bool>(1) == Some(true), row.get::<String>(2).unwrap_or_default())
        })
    })?;
    let mut all = Vec::new();
    let mut failures = Vec::new();
    for (is_success, text) in answers {
        if !is_success {
            failures.push(text);
            continue;
        }
        let answers: Vec<Option<String>> =
            serde_json::from_str(&text).map_err(|_| internal("a worker's answer is not JSON"))?;
        all.extend(answers.into_iter().map(Option::unwrap_or_default));
    }
    match failures.first() {
        None => Ok(SetOfIterator::new(all)),
        Some(failure) => Err(internal(&format!("{} workers failed: {failure}", failures.len()))),
    }
}
