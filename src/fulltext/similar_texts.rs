//! Texts that have the words of a query, some of them in the title with typos.

use std::collections::BTreeMap;

use pgrx::Uuid;

use super::lexemes::Kind;
use super::query::Query;
use super::typos::Similarity;
use crate::platform::error::Result;
use crate::platform::statement;

/// How many sets of words that titles lack are looked for, and in how many texts each.
const MAX_SETS: usize = 8;
const MAX_TEXTS: usize = 500;

/// Titles and their typos, by how many and which words they lack.
type TitlesByMissing = BTreeMap<(usize, Vec<String>), Vec<(Uuid, usize)>>;

const WITH_WORDS: &str = "
    select d.document_id from helpdesk.search_documents d
     where d.org_id = $1 and d.document_id = any ($2) and d.kind = $3 and d.lexemes @@ $4";

/// Those of an organization's texts whose titles have all words, or that have the others elsewhere,
/// with their typos. A word that is not in the title counts as one.
pub fn with_all_words(
    org: Uuid,
    kind: Kind,
    titles: Vec<(Uuid, Similarity)>,
) -> Result<Vec<(Uuid, usize)>> {
    let mut by_missing = TitlesByMissing::new();
    for (id, Similarity { typos, missing }) in titles {
        by_missing.entry((missing.len(), missing)).or_default().push((id, typos));
    }
    let mut found = by_missing.remove(&(0, Vec::new())).unwrap_or_default();
    for ((count, missing), mut titles) in by_missing.into_iter().take(MAX_SETS) {
        let Some(query) = Query::parse(org, &missing.join(" "))? else { continue };
        titles.sort_by_key(|(_, typos)| *typos);
        titles.truncate(MAX_TEXTS);
        let ids: Vec<Uuid> = titles.iter().map(|(id, _)| *id).collect();
        let args = [org.into(), ids.into(), kind.label().into(), query.for_kind(kind).into()];
        let complete = statement::read(WITH_WORDS).fetch_all(&args, |row| row.get::<Uuid>(1))?;
        titles.retain(|(id, _)| complete.contains(&Some(*id)));
        found.extend(titles.into_iter().map(|(id, typos)| (id, typos + count)));
    }
    Ok(found)
}
