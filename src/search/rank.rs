//! The rank of a document that matches.

use pgrx::AnyElement;
use pgrx::prelude::*;

use crate::platform::text_search::{TsVector, are_same_tsqueries};

/// Of a word in the text, in a tag or category, and in the title: those of the weights D, B and A.
const WEIGHTS: [f32; 4] = [0.1, 0.1, 0.5, 1.0];

/// Divides the rank by 1 + the logarithm of the document's length.
const BY_LENGTH: i32 = 1;

/// What a document with all words as they are written ranks above those with the whole words in
/// other spellings, those above documents in which words are beginnings, and these above articles
/// that only share words with a question.
const BONUS: i64 = 10_000_000;

/// The rank of an article that only shares words with a question, below those with all words.
pub(super) fn below_matches(rank: i64) -> i64 {
    // At most a quarter of two bonuses and the highest rank.
    (rank - BONUS) / 4
}

/// The rank of a document `d` for a tsquery, as an SQL expression. `literal` is the tsquery of the
/// words as they are written, `whole` that of whole words.
pub(super) fn rank(tsquery: &str, literal: &str, whole: &str) -> String {
    format!("helpdesk.search_rank(d.lexemes, {tsquery}, {literal}, {whole})")
}

/// `ts_rank` of a document that matches, in millionths, plus a bonus, a second if it matches
/// `whole`, and a third if it matches `literal`. A function of ours, because those of Postgres
/// would each read the whole lexemes, which may be compressed.
#[pg_extern(
    immutable,
    parallel_safe,
    strict,
    sql = "
    create function helpdesk.search_rank(
      p_lexemes tsvector, p_query tsquery, p_literal tsquery, p_whole tsquery)
    returns bigint immutable strict parallel safe
    language c as 'MODULE_PATHNAME', '@FUNCTION_NAME@';"
)]
fn search_rank(
    p_lexemes: AnyElement,
    p_query: AnyElement,
    p_literal: AnyElement,
    p_whole: AnyElement,
) -> Option<i64> {
    let lexemes = TsVector::read(p_lexemes)?;
    let rank = lexemes.rank(WEIGHTS, p_query, BY_LENGTH)?;
    let is_whole = are_same_tsqueries(p_query, p_whole) || lexemes.matches(p_whole)?;
    let is_literal = || match are_same_tsqueries(p_whole, p_literal) {
        true => Some(is_whole),
        false => lexemes.matches(p_literal),
    };
    let bonuses = if is_whole { 2 + i64::from(is_literal()?) } else { 1 };
    Some((f64::from(rank) * 1e6).round_ties_even() as i64 + 1 + bonuses * BONUS)
}
