//! Symbols of functions that an older release had. A database that is not yet updated still names
//! them, and pg_upgrade refuses libraries without them, so they stay and say what to do.

use pgrx::pg_sys::panic::ErrorReport;

use super::error;
use super::versions::Versions;

/// For each function its symbol, and the one that tells Postgres its calling convention.
#[allow(unused_macros)] // Until a release has retired a function.
macro_rules! retired {
    ($($symbol:ident, $finfo:ident;)*) => { $(
        // SAFETY: tests/upgrade checks that no other function has this name.
        #[unsafe(no_mangle)]
        pub extern "C" fn $finfo() -> &'static pgrx::pg_sys::Pg_finfo_record {
            &pgrx::pg_sys::Pg_finfo_record { api_version: 1 }
        }

        // SAFETY: as above. It reads no argument, so it does not matter which ones there are.
        #[unsafe(no_mangle)]
        #[pgrx::pg_guard]
        pub unsafe extern "C-unwind" fn $symbol(_fcinfo: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
            use pgrx::pg_sys::panic::ErrorReportable as _;
            Err(retired_function()).unwrap_or_report()
        }
    )* };
}

// Released functions whose arguments or result have changed, or that are gone:
// retired! {
//     create_ticket_wrapper, pg_finfo_create_ticket_wrapper;
// }

#[cfg(any(test, feature = "pg_test"))]
retired! { retired_example_wrapper, pg_finfo_retired_example_wrapper; }

#[allow(dead_code)] // As above.
fn retired_function() -> ErrorReport {
    let (found, remedy) = match Versions::read() {
        Ok(versions) => (versions.to_string(), versions.remedy()),
        Err(error) => return error,
    };
    error::wrong_state(
        "retired_function",
        format!("this release of helpdesk has replaced the function: {found}"),
        remedy.unwrap_or("Call the functions that docs/reference.md lists.".to_owned()),
    )
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    #[pg_test(
        error = "this release of helpdesk has replaced the function: library 0.2.0, extension 0.0.9, tables of version 2"
    )]
    fn a_retired_function_says_which_versions_there_are() {
        Spi::run(
            "create function public.retired_example(text) returns text
             language c as '$libdir/helpdesk', 'retired_example_wrapper';
             update pg_extension set extversion = '0.0.9' where extname = 'helpdesk';
             select public.retired_example('any argument');",
        )
        .unwrap();
    }
}
