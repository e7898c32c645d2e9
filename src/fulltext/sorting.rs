//! The order of titles and names in an organization: that of its language.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::language_lock::lock_language;
use super::text::sortable;
use crate::platform::collation::Collation;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;

/// The languages of text search configurations.
const TAGS: &[(&str, &str)] = &[
    ("arabic", "ar"),
    ("armenian", "hy"),
    ("basque", "eu"),
    ("catalan", "ca"),
    ("danish", "da"),
    ("dutch", "nl"),
    ("english", "en"),
    ("estonian", "et"),
    ("finnish", "fi"),
    ("french", "fr"),
    ("german", "de"),
    ("greek", "el"),
    ("hindi", "hi"),
    ("hungarian", "hu"),
    ("indonesian", "id"),
    ("irish", "ga"),
    ("italian", "it"),
    ("lithuanian", "lt"),
    ("nepali", "ne"),
    ("norwegian", "no"),
    ("portuguese", "pt"),
    ("romanian", "ro"),
    ("russian", "ru"),
    ("serbian", "sr"),
    ("spanish", "es"),
    ("swedish", "sv"),
    ("tamil", "ta"),
    ("turkish", "tr"),
    ("yiddish", "yi"),
];

/// The order of texts without a language.
const ROOT: &str = "und";

const LANGUAGE: &str = "
    select coalesce(o.sort_locale, o.search_language) from helpdesk.organizations o where o.id = $1";

/// Sorts again the articles of organization $1 after $2, up to $3.
pub(super) const SORT_ARTICLES: &str = "
    update helpdesk.articles a set title_key = k.key
      from helpdesk.organizations o, helpdesk.articles s,
           lateral (select helpdesk.sort_key(s.title, coalesce(o.sort_locale, o.search_language))) k (key)
     where o.id = $1 and s.org_id = $1 and a.org_id = $1 and a.id = s.id
       and ($2::uuid is null or s.id > $2) and ($3::uuid is null or s.id <= $3)
       and a.title_key <> k.key";

/// Bytes that compare as texts do in a language: a text search configuration or a BCP 47 tag. The
/// order of the root language for others.
#[pg_extern(immutable, parallel_safe)]
fn sort_key(p_text: Option<&str>, p_language: Option<&str>) -> Option<Vec<u8>> {
    let language = p_language?;
    let known = TAGS.iter().find(|(name, _)| *name == language);
    let tag = known.map_or(language, |(_, tag)| tag);
    let collation = Collation::of_tag(tag).or_else(|| Collation::of_tag(ROOT))?;
    Some(collation.sort_key(sortable(p_text?)))
}

/// The key of a title in the order of the organization's language, which does not change until the
/// end of the transaction.
pub fn title_key(org: Uuid, title: &str) -> Result<Vec<u8>> {
    lock_language(org)?;
    let language = statement::write(LANGUAGE).fetch_scalar::<String>(&[org.into()])?;
    let language = language.as_deref().unwrap_or(ROOT);
    Ok(sort_key(Some(title), Some(language)).unwrap_or_default())
}

/// Sorts the articles of an organization again.
pub(super) fn sort_articles(org: Uuid) -> Result<()> {
    let _derived = SystemWrite::begin(SystemWrite::Derived);
    statement::write(SORT_ARTICLES).execute(&[org.into(), None::<Uuid>.into(), None::<Uuid>.into()])
}
