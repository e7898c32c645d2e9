//! health_check(): one answer to "is helpdesk well?", with what to do where it is not.

mod checks;

use std::panic::AssertUnwindSafe;

use pgrx::PgSqlErrorCode::ERRCODE_QUERY_CANCELED;
use pgrx::datum::DatumWithOid;
use pgrx::iter::TableIterator;
use pgrx::prelude::*;

use self::checks::{CHECKS, JOB, NO_SCHEDULER};
use super::integrations::{JOBS, Job, has_cron};
use super::repair::missing_objects;
use crate::platform::error::{Result, same_class};
use crate::platform::statement;
use crate::platform::transaction::in_subtransaction;
use crate::platform::versions::Versions;
use crate::security::missing_grants;

const INSTALL: &str = "SELECT helpdesk.install() creates what is missing.";

/// A row of the result: check_name, status, finding, remedy.
type Finding = (String, Option<String>, Option<String>, Option<String>);

/// Checks versions, rights, jobs, pending work, people and settings.
#[pg_extern(stable, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
#[allow(clippy::type_complexity)] // pgrx reads the columns from the signature.
fn health_check() -> Result<
    TableIterator<
        'static,
        (
            name!(check_name, String),
            name!(status, Option<String>),
            name!(finding, Option<String>),
            name!(remedy, Option<String>),
        ),
    >,
> {
    let mut findings = run("versions", || Ok(vec![check_versions()?]));
    findings.extend(run("missing objects", || Ok(vec![check_objects()?])));
    for (check, query) in CHECKS {
        findings.extend(ask(check, query, &[]));
    }
    findings.extend(check_jobs()?);
    Ok(TableIterator::new(findings))
}

fn check_versions() -> Result<Finding> {
    let versions = Versions::read()?;
    let remedy = versions.remedy();
    let status = if remedy.is_none() { "ok" } else { "error" };
    Ok(("versions".to_owned(), Some(status.to_owned()), Some(versions.to_string()), remedy))
}

/// How many missing objects the result names.
const NAMED: usize = 5;

fn check_objects() -> Result<Finding> {
    let missing = [missing_objects()?, missing_grants()?].concat();
    let named = missing.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
    let (status, finding, remedy) = match missing.len() {
        0 => ("ok", "nothing is missing".to_owned(), None),
        n if n > NAMED => ("error", format!("{named}; and {} more", n - NAMED), Some(INSTALL)),
        _ => ("error", named, Some(INSTALL)),
    };
    let remedy = remedy.map(str::to_owned);
    Ok(("missing objects".to_owned(), Some(status.to_owned()), Some(finding), remedy))
}

fn check_jobs() -> Result<Vec<Finding>> {
    if !has_cron()? {
        return Ok(ask("jobs", NO_SCHEDULER, &[]));
    }
    let check = |job: &Job| {
        ask(&format!("job {}", job.name), JOB, &[job.name.into(), job.overdue_after.into()])
    };
    Ok(JOBS.iter().flat_map(check).collect())
}

/// Runs a check whose query returns status, finding and remedy.
fn ask(check: &str, query: &'static str, args: &[DatumWithOid]) -> Vec<Finding> {
    run(check, || {
        statement::read(query)
            .fetch_all(args, |row| (check.to_owned(), row.get(1), row.get(2), row.get(3)))
    })
}

/// Runs a check. One that fails, for instance because a table is missing, is a finding too.
fn run(check: &str, work: impl FnOnce() -> Result<Vec<Finding>>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let work = AssertUnwindSafe(|| {
        findings = work()?;
        Ok(())
    });
    let may_catch = |code| !same_class(code, ERRCODE_QUERY_CANCELED);
    if let Err(message) = in_subtransaction(may_catch, work) {
        let remedy = INSTALL.to_owned();
        let failed = format!("the check failed: {message}");
        findings = vec![(check.to_owned(), Some("error".to_owned()), Some(failed), Some(remedy))];
    }
    findings
}
