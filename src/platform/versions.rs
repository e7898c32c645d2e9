//! The versions of library, extension and tables, and what to do where they differ.

use std::fmt::{self, Display};

use super::error::Result;
use super::statement;

/// The version of the library that this session has loaded. tests/upgrade builds the library as
/// that of an invented next release, to update to.
pub const LIBRARY_VERSION: &str =
    if cfg!(feature = "next_release") { "99.0.0" } else { env!("CARGO_PKG_VERSION") };

/// The version of the tables that this library was built for.
pub const SCHEMA_VERSION: i32 = 2 + cfg!(feature = "next_release") as i32;

const EXTENSION: &str = "
    select extversion from pg_catalog.pg_extension where extname operator(pg_catalog.=) 'helpdesk'";

const IS_INSTALLED: &str = "select pg_catalog.to_regclass('helpdesk.schema_version') is not null";

const TABLES: &str = "select pg_catalog.max(version) from helpdesk.schema_version";

/// What this database has.
pub struct Versions {
    extension: Option<String>,
    is_installed: bool,
    tables: Option<i32>,
}

impl Versions {
    pub fn read() -> Result<Self> {
        let is_installed = is_installed()?;
        Ok(Self {
            extension: statement::read(EXTENSION).fetch_scalar(&[])?,
            is_installed,
            tables: if is_installed { installed_version()? } else { None },
        })
    }

    /// What brings the three together; none if they belong together.
    pub fn remedy(&self) -> Option<String> {
        if let Some(extension) = self.extension.as_deref()
            && extension != LIBRARY_VERSION
        {
            return Some(if numbers(extension) > numbers(LIBRARY_VERSION) {
                older_library(extension)
            } else {
                "As a superuser, run: ALTER EXTENSION helpdesk UPDATE".to_owned()
            });
        }
        let command = match self.tables {
            Some(SCHEMA_VERSION) => return None,
            Some(newer) if newer > SCHEMA_VERSION => {
                "Install the newer release of helpdesk that the tables belong to."
            }
            _ if self.is_installed => "As a superuser, run: SELECT helpdesk.migrate()",
            _ => "As a superuser, run: SELECT helpdesk.install()",
        };
        Some(command.to_owned())
    }
}

impl Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let extension = self.extension.as_deref().unwrap_or("unknown");
        write!(f, "library {LIBRARY_VERSION}, extension {extension}, ")?;
        match self.tables {
            _ if !self.is_installed => write!(f, "no tables"),
            Some(SCHEMA_VERSION) => write!(f, "tables of version {SCHEMA_VERSION}"),
            Some(other) => write!(f, "tables of version {other}, which should be {SCHEMA_VERSION}"),
            None => write!(f, "tables of an unknown version, which should be {SCHEMA_VERSION}"),
        }
    }
}

/// What to do in a session whose library is older than the release that is wanted.
pub fn older_library(wanted: &str) -> String {
    format!(
        "Reconnect, because this session may have kept an older library. If that does not help, \
         install the library of helpdesk {wanted}, and restart the server if it preloads helpdesk."
    )
}

/// Whether install() has created the tables.
pub fn is_installed() -> Result<bool> {
    Ok(statement::write(IS_INSTALLED).fetch_scalar(&[])? == Some(true))
}

pub fn installed_version() -> Result<Option<i32>> {
    statement::write(TABLES).fetch_scalar(&[])
}

/// "0.10.2" is newer than "0.9".
fn numbers(version: &str) -> Vec<u32> {
    version.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}
