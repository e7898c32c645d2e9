//! When an invite or a code expires.

use pgrx::datum::{Interval, TimestampWithTimeZone};

use crate::platform::error::{self, Result, required};
use crate::platform::statement;

/// NULL if the interval is out of range. Postgres compares intervals as if every month had 30 days,
/// so the sums are also compared.
const EXPIRY: &str = "
    select case when $1 > interval '0' and $1 <= interval '366 days' and now() + $1 > now()
                then least(now() + $1, now() + interval '366 days') end";

/// The timestamp at which something created now expires.
pub(super) fn expiry(p_expires_in: Option<Interval>) -> Result<TimestampWithTimeZone> {
    let expires_in = required(p_expires_in, "p_expires_in")?;
    statement::write(EXPIRY).fetch_scalar(&[expires_in.into()])?.ok_or_else(|| {
        error::invalid(
            "out_of_range",
            "p_expires_in",
            "too short or too long",
            "More than 0, at most 366 days.",
        )
    })
}
