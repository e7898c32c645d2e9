//! Telling workers who the caller is. Citus sends a statement on a table to them, but no settings.

use std::ffi::CStr;

use pgrx::prelude::*;

use super::node::{Node, node};
use crate::platform::error::{self, Result};
use crate::platform::roles;
use crate::platform::settings::{CLAIMS, SUBJECT, setting};
use crate::platform::statement::{self, run_script};

/// Set on a worker together with the claims.
const TOLD: &CStr = c"helpdesk.caller_is_known";

const PROPAGATE: &str = "select pg_catalog.set_config('citus.propagate_set_commands', $1, true)";

/// Makes Citus send the claims on with each statement of this transaction. It sends the whole text
/// that a SET LOCAL stands in, so it must do so for these only.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn pre_request() -> Result<()> {
    if node()? != Node::Coordinator {
        return Ok(());
    }
    statement::write(PROPAGATE).execute(&["local".into()])?;
    for name in [CLAIMS, SUBJECT] {
        run_script(&format!("set local {:?} = {}", name, quoted(&text_of(name))))?;
    }
    run_script(&format!("set local {TOLD:?} = 'true'"))?;
    statement::write(PROPAGATE).execute(&["none".into()])
}

/// The value of a setting; an empty text if it is not set.
pub(super) fn text_of(name: &CStr) -> String {
    setting(name).map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}

fn quoted(text: &str) -> String {
    format!("E'{}'", text.replace('\\', r"\\").replace('\'', "''"))
}

/// Errors on a worker that does not know the caller, because everybody would seem to be nobody.
pub fn check_claims_are_known() -> Result<()> {
    let is_known = || {
        roles::is_acting()
            || setting(TOLD).is_some_and(|text| !text.is_empty())
            || roles::role_bypasses_row_security()
    };
    if node()? != Node::Worker || is_known() {
        return Ok(());
    }
    Err(error::wrong_state(
        "caller_is_unknown",
        "the worker was not told who the caller is",
        "Set db-pre-request of PostgREST to helpdesk.pre_request. Elsewhere, call helpdesk.pre_request() \
         in the transaction, after the claims are set.",
    ))
}
