//! The order of texts in a language, by the Unicode Collation Algorithm and CLDR. The crate brings
//! its data, so the order neither depends on the server's ICU nor changes with it.

use icu_collator::CollatorBorrowed;
use icu_collator::options::CollatorOptions;
use icu_locale_core::Locale;

/// Keys are cut, so that they fit into an index whatever is in the text.
const MAX_KEY: usize = 1_000;

/// The order of a language.
pub struct Collation(CollatorBorrowed<'static>);

impl Collation {
    /// The order of a BCP 47 language tag; that of the root language where there is no other. None
    /// if it is not a tag.
    pub fn of_tag(tag: &str) -> Option<Collation> {
        let locale = Locale::try_from_str(tag).ok()?;
        let collator =
            CollatorBorrowed::try_new((&locale).into(), CollatorOptions::default()).ok()?;
        Some(Collation(collator))
    }

    /// Bytes that compare as the texts do in this order.
    pub fn sort_key(&self, text: &str) -> Vec<u8> {
        let mut key = Vec::new();
        // Writing to a vector cannot fail.
        let _ = self.0.write_sort_key_to(text, &mut key);
        key.truncate(MAX_KEY);
        key
    }
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn collation_sorts_as_a_language_does() {
        for (tag, sorted) in [
            ("und", &["10", "9", "apfel", "Apfel", "Äpfel", "Banane", "zebra", "Жук", "京都"][..]),
            ("de", &["Apfel", "Äpfel", "Apfelmus", "Zebra"]),
            ("sv", &["Apa", "Zebra", "Åska", "Äpple", "Öl"]),
            ("cs", &["auto", "cesta", "čaj", "had", "chata", "informace"]),
            ("tr", &["cam", "çay", "ılık", "izmir"]),
            ("da", &["Zebra", "Æble", "Øl", "Århus"]),
            ("es", &["nube", "ñandú", "oso"]),
            ("de-u-kn", &["Regel 9", "Regel 10"]),
        ] {
            let collation = Collation::of_tag(tag).unwrap();
            let mut texts = sorted.to_vec();
            texts.reverse();
            texts.sort_by_key(|text| collation.sort_key(text));
            assert_eq!(texts, sorted, "{tag}");
        }
    }

    #[pg_test]
    fn collation_keys_of_any_text_fit_into_an_index() {
        let collation = Collation::of_tag("ko").unwrap();
        for text in ["각", "é", "🙂", "\u{FDFA}", "京", "a\u{301}\u{302}"] {
            assert!(collation.sort_key(&text.repeat(500)).len() <= MAX_KEY);
        }
        assert!(Collation::of_tag("not a tag").is_none());
    }
}
