//! SQL scripts, split by Postgres's own parser.

use std::ffi::{CStr, CString};

use pgrx::PgList;
use pgrx::pg_sys::{self, NodeTag};

use super::error::{Result, internal};

/// A statement of a script.
pub struct Command<'a> {
    pub text: &'a str,
    pub kind: Kind,
}

impl Kind {
    /// Whether it creates a table, a view or an index.
    pub fn creates_relation(&self) -> bool {
        matches!(self, Kind::Create(object) if object.starts_with("relation "))
    }
}

/// What a statement is for. Objects are named as in `relation helpdesk.tickets`, `trigger mine on
/// helpdesk.tickets`, `policy mine on helpdesk.tickets to anon,authenticated`.
#[derive(PartialEq)]
pub enum Kind {
    Create(String),
    /// A policy, and the statement that drops one of this name.
    CreatePolicy(String, String),
    /// Changes this table.
    Alter(String),
    Comment,
    Other,
}

/// The statements of a script.
pub fn split(script: &str) -> Result<Vec<Command<'_>>> {
    let text = CString::new(script).map_err(|_| internal("SQL text with a NUL byte"))?;
    // SAFETY: the text is NUL-terminated and outlives the tree. Each node has the type that its tag
    // says.
    unsafe {
        let tree = pg_sys::raw_parser(text.as_ptr(), pg_sys::RawParseMode::RAW_PARSE_DEFAULT);
        let statements = PgList::<pg_sys::RawStmt>::from_pg(tree);
        statements
            .iter_ptr()
            .map(|statement| {
                let start = (*statement).stmt_location as usize;
                let end = match (*statement).stmt_len as usize {
                    0 => script.len(),
                    length => start + length,
                };
                let text = script.get(start..end).ok_or_else(|| internal("a cut statement"))?;
                Ok(Command { text, kind: kind_of((*statement).stmt) })
            })
            .collect()
    }
}

/// # Safety
///
/// The node must have the type that its tag says.
unsafe fn kind_of(node: *mut pg_sys::Node) -> Kind {
    // SAFETY: the tag was compared.
    unsafe {
        match (*node).type_ {
            NodeTag::T_CreateStmt => {
                let create = node.cast::<pg_sys::CreateStmt>();
                Kind::Create(format!("relation {}", name_of((*create).relation)))
            }
            NodeTag::T_ViewStmt => {
                let create = node.cast::<pg_sys::ViewStmt>();
                Kind::Create(format!("relation {}", name_of((*create).view)))
            }
            NodeTag::T_IndexStmt => {
                let create = node.cast::<pg_sys::IndexStmt>();
                let schema = text((*(*create).relation).schemaname);
                Kind::Create(format!("relation {schema}.{}", text((*create).idxname)))
            }
            NodeTag::T_CreateTrigStmt => {
                let create = node.cast::<pg_sys::CreateTrigStmt>();
                let table = name_of((*create).relation);
                Kind::Create(format!("trigger {} on {table}", text((*create).trigname)))
            }
            NodeTag::T_CreatePolicyStmt => {
                let create = node.cast::<pg_sys::CreatePolicyStmt>();
                let place =
                    format!("{} on {}", text((*create).policy_name), name_of((*create).table));
                let roles = PgList::<pg_sys::RoleSpec>::from_pg((*create).roles);
                let mut roles: Vec<_> =
                    roles.iter_ptr().map(|role| text((*role).rolename)).collect();
                roles.sort();
                let drop = format!("drop policy if exists {place}");
                Kind::CreatePolicy(format!("policy {place} to {}", roles.join(",")), drop)
            }
            NodeTag::T_AlterTableStmt => {
                let alter = node.cast::<pg_sys::AlterTableStmt>();
                Kind::Alter(format!("relation {}", name_of((*alter).relation)))
            }
            NodeTag::T_CommentStmt => Kind::Comment,
            _ => Kind::Other,
        }
    }
}

/// # Safety
///
/// The node must come from the parser.
unsafe fn name_of(relation: *mut pg_sys::RangeVar) -> String {
    // SAFETY: as required of the caller.
    unsafe { format!("{}.{}", text((*relation).schemaname), text((*relation).relname)) }
}

/// # Safety
///
/// The text must be NUL-terminated, or null.
unsafe fn text<'a>(text: *const std::ffi::c_char) -> std::borrow::Cow<'a, str> {
    if text.is_null() {
        return "".into();
    }
    // SAFETY: as required of the caller.
    unsafe { CStr::from_ptr(text) }.to_string_lossy()
}
