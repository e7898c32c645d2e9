//! Single-use codes that make the person who redeems one an administrator of the installation.

use pgrx::datum::Interval;
use pgrx::prelude::*;

use super::email::require_confirmed_email;
use super::expiry::expiry;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::error::{self, Result, required};
use crate::platform::text::is_longer;
use crate::platform::{roles, statement, transaction};

const INSERT_CODE: &str = "
    insert into helpdesk.admin_invite_codes (code, expires_at, created_by)
    values (encode(sha256(convert_to($1, 'UTF8')), 'hex'), $2, $3)";

/// A code is valid only while its creator is an administrator of the installation.
const REDEEM_CODE: &str = "
    with code as (
      update helpdesk.admin_invite_codes c set used_at = now(), used_by = $2
       where c.code = encode(sha256(convert_to($1, 'UTF8')), 'hex')
         and c.used_at is null and c.expires_at > $3
         and (c.created_by is null
              or exists (select from helpdesk.profiles p where p.id = c.created_by and p.role = 'admin'))
      returning true
    )
    update helpdesk.profiles set role = 'admin' where id = $2 and exists (select from code)
    returning true";

const CODE_LENGTH: usize = 32;

/// Creates a code and returns it. Only its hash is stored, so that it cannot be shown again.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn create_admin_invite_code(
    p_expires_in: default!(Option<Interval>, "'7 days'"),
) -> Result<String> {
    let caller = Caller::current()?;
    if !roles::role_bypasses_row_security() && !caller.is_installation_admin() {
        return Err(rights::refusal(error::not_allowed(
            "not_an_installation_admin",
            "only administrators of the installation can create admin codes",
            "The role of the profile must be admin.",
        )));
    }
    let expires_at = expiry(p_expires_in)?;
    let code = random_code()?;
    let creator = caller.profile.filter(|_| caller.is_installation_admin());
    statement::write(INSERT_CODE).execute(&[
        code.as_str().into(),
        expires_at.into(),
        creator.into(),
    ])?;
    Ok(code)
}

/// 128 bits from the system's random source, as 32 hex digits.
fn random_code() -> Result<String> {
    let mut bits = [0_u8; 16];
    getrandom::fill(&mut bits)
        .map_err(|_| error::internal("the operating system returned no random numbers"))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bits)))
}

/// Makes the caller an administrator of the installation.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn redeem_admin_invite_code(p_code: Option<&str>) -> Result<()> {
    let code = required(p_code, "p_code")?.trim();
    let caller = Caller::signed_in()?;
    let me = caller.require_profile()?;
    if caller.is_installation_admin() {
        return Err(error::conflict(
            "already_an_installation_admin",
            "you are already an administrator of the installation",
            "The code can still be redeemed by somebody else.",
        ));
    }
    require_confirmed_email()?;
    let is_redeemed = !is_longer(code, CODE_LENGTH)
        && statement::write(REDEEM_CODE).exists(&[
            code.to_ascii_lowercase().into(),
            me.into(),
            transaction::clock().into(),
        ])?;
    if !is_redeemed {
        // One error for all reasons, so that codes cannot be probed.
        return Err(error::not_allowed(
            "no_such_code",
            "p_code: no such code, or it has been used or has expired",
            "Ask an administrator of the installation for another: create_admin_invite_code().",
        ));
    }
    Ok(())
}

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use super::*;

    #[pg_test]
    fn organizations_admin_codes_are_128_random_bits() {
        let codes: std::collections::BTreeSet<String> =
            (0..1000).map(|_| random_code().unwrap_or_default()).collect();
        assert_eq!(codes.len(), 1000);
        assert!(
            codes.iter().all(|code| code.len() == 32 && u128::from_str_radix(code, 16).is_ok())
        );
        // Each of the 128 bits is set in some codes and not in others.
        let bits = codes.iter().filter_map(|code| u128::from_str_radix(code, 16).ok());
        let (any, all) = bits.fold((0, u128::MAX), |(any, all), code| (any | code, all & code));
        assert_eq!((any, all), (u128::MAX, 0));
    }
}
