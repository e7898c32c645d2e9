//! A login, and what its metadata says about the person: their name and their picture.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;

use crate::platform::datum::JsonbText;
use crate::platform::error::Result;
use crate::platform::statement::Row;
use crate::platform::text::is_blank;
use crate::platform::trigger::TriggerRow;

const MAX_NAME: usize = 200;
const MAX_AVATAR_URL: usize = 2_000;

/// Where sign-up services and OAuth providers put the name; the first that is not blank counts.
const NAME_KEYS: [&str; 5] =
    ["full_name", "name", "display_name", "preferred_username", "user_name"];

/// GitHub uses the first, Google both.
const AVATAR_KEYS: [&str; 2] = ["avatar_url", "picture"];

/// A row of auth.users.
pub(super) struct Login {
    pub(super) id: Uuid,
    pub(super) email: Option<String>,
    pub(super) is_confirmed: bool,
    meta: serde_json::Value,
}

impl Login {
    pub(super) fn from_trigger(row: &TriggerRow) -> Result<Login> {
        Ok(Login {
            id: row.required("id")?,
            email: row.get("email")?,
            is_confirmed: row.get::<TimestampWithTimeZone>("email_confirmed_at")?.is_some(),
            meta: parse_meta(row.get("raw_user_meta_data").unwrap_or_default()),
        })
    }

    /// From the columns id, email, whether it is confirmed, and metadata.
    pub(super) fn from_row(row: &Row) -> Option<Login> {
        Some(Login {
            id: row.get(1)?,
            email: row.get(2),
            is_confirmed: row.get(3) == Some(true),
            meta: parse_meta(row.get(4)),
        })
    }

    /// The login as the profile knows it, when a change has been missed: the address, and a name
    /// that is the address.
    pub(super) fn as_known_by_profile(&self, email: Option<String>, is_confirmed: bool) -> Login {
        Login { id: self.id, email, is_confirmed, meta: serde_json::Value::Null }
    }

    /// Whether a profile that follows the login changes with it, apart from the picture.
    pub(super) fn differs_from(&self, before: &Login) -> bool {
        self.email != before.email
            || self.is_confirmed != before.is_confirmed
            || self.display_name() != before.display_name()
    }

    /// The address, if its owner has confirmed it.
    pub(super) fn confirmed_email(&self) -> Option<&str> {
        self.email.as_deref().filter(|email| self.is_confirmed && !email.is_empty())
    }

    /// The name in the metadata, else the e-mail address, else "User".
    pub(super) fn display_name(&self) -> String {
        let email = || self.email.as_deref().and_then(to_name);
        self.name().or_else(email).unwrap_or_else(|| "User".to_owned())
    }

    /// The name in the metadata.
    pub(super) fn name(&self) -> Option<String> {
        self.texts(&NAME_KEYS).find_map(to_name)
    }

    /// The picture in the metadata. People write the metadata themselves, so only web addresses
    /// count: an application may put them into a page.
    pub(super) fn avatar_url(&self) -> Option<&str> {
        self.texts(&AVATAR_KEYS).map(str::trim).find(|url| {
            (url.starts_with("https://") || url.starts_with("http://"))
                && url.chars().count() <= MAX_AVATAR_URL
                && !url.contains(|c: char| c.is_whitespace() || c.is_control())
        })
    }

    fn texts<'a>(&'a self, keys: &'a [&str]) -> impl Iterator<Item = &'a str> {
        keys.iter().filter_map(|key| self.meta.get(key)?.as_str())
    }
}

/// A text as a name; None if nothing of it can be seen.
fn to_name(text: &str) -> Option<String> {
    let name: String = text.trim().chars().take(MAX_NAME).collect();
    (!is_blank(&name)).then_some(name)
}

/// Null if there is none, or if it is too long or nested too deeply.
fn parse_meta(meta: Option<JsonbText>) -> serde_json::Value {
    meta.and_then(|meta| serde_json::from_str(meta.text("raw_user_meta_data").ok()?).ok())
        .unwrap_or_default()
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;
    use crate::platform::uuid::new_id;

    fn login(meta: &str, email: Option<&str>) -> Login {
        Login {
            id: new_id(),
            email: email.map(str::to_owned),
            is_confirmed: false,
            meta: parse_meta(Some(JsonbText::new(meta.to_owned()))),
        }
    }

    #[pg_test]
    fn identity_name_is_the_first_that_is_not_blank() {
        let name = |meta: &str, email| login(meta, email).display_name();
        assert_eq!(name(r#"{"full_name": " Ada L ", "name": "x"}"#, None), "Ada L");
        assert_eq!(
            name(r#"{"full_name": " ", "name": 7, "user_name": "ada"}"#, Some("a@x")),
            "ada"
        );
        assert_eq!(name(r#"{"preferred_username": "octocat"}"#, Some("a@x")), "octocat");
        assert_eq!(name("{\"name\": \"\u{200B}\u{3164}\"}", Some("a@x")), "a@x");
        assert_eq!(name("{}", Some("\u{2800}")), "User");
        assert_eq!(name("[]", Some("a@x")), "a@x");
        assert_eq!(name("null", Some("a@x")), "a@x");
        assert_eq!(name("{}", None), "User");
        assert_eq!(
            name(&format!(r#"{{"name": "{}"}}"#, "\u{1F642}".repeat(300)), None).chars().count(),
            MAX_NAME
        );
    }

    #[pg_test]
    fn identity_avatar_is_a_web_address() {
        let avatar = |url: &str| {
            let meta = serde_json::json!({ "avatar_url": url }).to_string();
            login(&meta, None).avatar_url().map(str::to_owned)
        };
        assert_eq!(avatar(" https://x.example/a.png "), Some("https://x.example/a.png".to_owned()));
        for refused in
            ["javascript:alert(1)", "data:image/png;base64,x", "/a.png", "", "https://a b"]
        {
            assert_eq!(avatar(refused), None, "{refused}");
        }
        assert_eq!(avatar(&format!("https://{}", "x".repeat(MAX_AVATAR_URL))), None);
        let google = login(r#"{"avatar_url": 7, "picture": "https://g.example/p"}"#, None);
        assert_eq!(google.avatar_url(), Some("https://g.example/p"));
    }
}
