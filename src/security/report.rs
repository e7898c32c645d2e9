//! The security state of the live catalog, and where it is weaker than the baseline.

use pgrx::iter::TableIterator;
use pgrx::prelude::*;

use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::versions::Versions;
use crate::sharding::sends_calls;

/// What security_state() returns on a fresh installation of this release.
const BASELINE: &str = include_str!("../../sql/security_baseline.txt");

/// The grants on schema auth, which is not helpdesk's everywhere, are not in the baseline.
const MISSING_GRANTS: &str = r"
    with shipped as (
      select split_part(line, ': ', 1) as object, substr(line, strpos(line, ': ') + 2) as fact
        from string_to_table($1, E'\n') line
    )
    select concat(object, ': ', fact) from shipped
     where fact ~ '^[a-z]+ (\([^)]*\) )?to '
       and (object, fact) not in (select object, fact from helpdesk.security_state())
     union all
    select format('schema auth: usage to %s', role)
      from unnest('{anon,authenticated,service_role,helpdesk_owner}'::text[]) role
     where not has_schema_privilege(role, 'auth', 'usage')
     union all
    select format('function auth.uid(): execute to %s', role)
      from unnest('{anon,authenticated,service_role,helpdesk_owner}'::text[]) role
     where not has_function_privilege(role, 'auth.uid()', 'execute')";

const STATE: &str = include_str!("../../sql/queries/security_state.sql");
const REPORT: &str = include_str!("../../sql/queries/security_report.sql");

/// Privileges, policies, triggers, functions and roles of helpdesk, as text that can be compared.
#[pg_extern(stable, parallel_safe)]
#[search_path(pg_catalog, pg_temp)]
fn security_state()
-> Result<TableIterator<'static, (name!(object, Option<String>), name!(fact, Option<String>))>> {
    Ok(TableIterator::new(statement::read(STATE).fetch_all(&[], |row| (row.get(1), row.get(2)))?))
}

/// What anon, authenticated and service_role are granted on a fresh installation, and are not here.
pub fn missing_grants() -> Result<Vec<String>> {
    let rows = statement::read(MISSING_GRANTS)
        .fetch_all(&[BASELINE.into()], |row| row.get::<String>(1))?;
    Ok(rows.into_iter().flatten().collect())
}

/// One row for each weakness that the baseline does not have; no rows if there is none.
#[pg_extern(stable, parallel_safe)]
#[search_path(pg_catalog, pg_temp)]
#[allow(clippy::type_complexity)] // pgrx reads the columns from the signature.
fn security_report() -> Result<
    TableIterator<
        'static,
        (
            name!(object, Option<String>),
            name!(finding, Option<String>),
            name!(remedy, Option<String>),
        ),
    >,
> {
    let mut rows = statement::read(REPORT)
        .fetch_all(&[BASELINE.into(), sends_calls()?.into()], |row| {
            (row.get(1), row.get(2), row.get(3))
        })?;
    let versions = Versions::read()?;
    if let Some(remedy) = versions.remedy() {
        // The rest of the report compares with what another release ships.
        rows.insert(0, (Some("versions".to_owned()), Some(versions.to_string()), Some(remedy)));
    }
    Ok(TableIterator::new(rows))
}
