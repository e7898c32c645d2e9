//! SQL enums as Rust enums.
//!
//! pgrx's derive finds the SQL type by its bare name, which fails under a pinned search_path. So
//! values are read by their label, and written as text that the statement casts.

use pgrx::callconv::{Arg, ArgAbi};
use pgrx::nullable::Nullable;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::prelude::*;
use serde::{Deserialize, Deserializer, Serialize};

use super::json::input;

macro_rules! sql_enum {
    ($(#[$doc:meta])* $name:ident = $sql:literal, $json:literal {
        $($variant:ident = $label:literal $(| $alias:literal)?),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = $json))]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($variant),+ }

        impl $name {
            const FIRST: $name = [$($name::$variant),+][0];

            pub const fn label(self) -> &'static str {
                match self { $($name::$variant => $label),+ }
            }

            pub fn from_label(label: &str) -> Option<$name> {
                match label { $($label $(| $alias)? => Some($name::$variant),)+ _ => None }
            }
        }

        impl FromDatum for $name {
            unsafe fn from_polymorphic_datum(
                datum: pg_sys::Datum,
                is_null: bool,
                _type: pg_sys::Oid,
            ) -> Option<$name> {
                if is_null {
                    return None;
                }
                let oid = pg_sys::Oid::from(datum.value() as u32);
                let (label, ..) = pgrx::enum_helper::lookup_enum_by_oid(oid);
                $name::from_label(&label)
            }
        }

        // SAFETY: the SQL type of the argument is the enum that FromDatum reads.
        unsafe impl<'fcx> ArgAbi<'fcx> for $name {
            unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> $name {
                // SAFETY: as for the impl. Our functions take an Option, so a NULL never gets here.
                unsafe { arg.unbox_arg_using_from_datum().unwrap_or($name::FIRST) }
            }

            unsafe fn unbox_nullable_arg(arg: Arg<'_, 'fcx>) -> Nullable<$name> {
                // SAFETY: as for the impl.
                unsafe { arg.unbox_arg_using_from_datum().into() }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<$name, D::Error> {
                input::parse_word(input, $name::from_label)
            }
        }

        // SAFETY: types.sql creates the SQL type with this name.
        unsafe impl SqlTranslatable for $name {
            const TYPE_IDENT: &'static str = pgrx::pgrx_resolved_type!($name);
            const TYPE_ORIGIN: TypeOrigin = TypeOrigin::ThisExtension;
            const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> = Ok(SqlMappingRef::literal($sql));
            const RETURN_SQL: Result<ReturnsRef, ReturnsError> =
                Ok(ReturnsRef::One(SqlMappingRef::literal($sql)));
        }
    };
}

sql_enum! {
    /// How urgent a ticket is.
    Priority = "helpdesk.ticket_priority", "TicketPriority" { Low = "low", Medium = "medium", High = "high", Urgent = "urgent" }
}

sql_enum! {
    /// The role on the installation. In an invite, the role in the organization, which people may
    /// also write as org_members does.
    UserRole = "helpdesk.user_role", "UserRole" {
        Customer = "customer" | "org_customer",
        Agent = "agent" | "org_agent",
        Admin = "admin" | "org_admin",
    }
}

impl UserRole {
    /// The role in an organization, as org_members stores it.
    pub const fn org_role(self) -> &'static str {
        match self {
            UserRole::Customer => "org_customer",
            UserRole::Agent => "org_agent",
            UserRole::Admin => "org_admin",
        }
    }
}

/// The status of a stage, and of the tickets in it. In SQL it is text with a CHECK: `=` on an enum
/// is not leakproof, so row security would rule out an index on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "TicketStatus", rename_all = "lowercase")
)]
pub enum Status {
    Open,
    Pending,
    Resolved,
    Closed,
}

impl Status {
    pub const fn label(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Pending => "pending",
            Status::Resolved => "resolved",
            Status::Closed => "closed",
        }
    }

    pub fn from_label(label: &str) -> Option<Status> {
        [Status::Open, Status::Pending, Status::Resolved, Status::Closed]
            .into_iter()
            .find(|status| status.label() == label)
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Status, D::Error> {
        input::parse_word(input, Status::from_label)
    }
}
