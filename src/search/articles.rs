//! Articles that match: by their words, or by a similar title.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;

use super::matches::{Match, Search, rank_of_similar_title};
use super::rank::{below_matches, rank};
use super::suggest::query_for_question;
use crate::fulltext::lexemes::Kind;
use crate::fulltext::query::{Phase, Query};
use crate::fulltext::similar_texts::with_all_words;
use crate::fulltext::typos::SimilarTitle;
use crate::platform::conditions::Arguments;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};

/// How many matching articles are ranked: those with the words in their title, then the newest
/// ones. The others come after them.
const MAX_RANKED: usize = 1_000;

/// Whether articles are searched for that have the last word itself, without those that have only a
/// longer one.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum ExactArticles {
    Only,
    /// If there are as many as are ranked.
    IfMany,
    WithOthers,
}

/// That an article `m` shares enough of a question: a word in its title or tags ($8), or half
/// of all letters of the telling words, of which $6 has tsqueries and $7 weights.
const ANSWERS_QUESTION: &str = "
    (select d.lexemes @@ $8 or w.shared * 2 >= w.weight and (w.words > 1 or w.of = 1)
       from helpdesk.search_documents d,
            lateral (
              select sum(w.weight) as weight, count(*) as of,
                     sum(w.weight) filter (where d.lexemes @@ w.word) as shared,
                     count(*) filter (where d.lexemes @@ w.word) as words
                from (select q.word::tsquery, q.weight
                        from unnest($6::text[], $7::int[]) q (word, weight)) w) w
      where d.ctid = m.place)";

/// $1 organization, $2 tsquery, $3 tsquery for titles, $4 with the words as they are written, $5
/// with whole words. What other conditions compare with follows.
fn matching_articles(readable: &str, filters: &str) -> String {
    let rank = rank("$2", "$4", "$5");
    format!(
        "with matching as materialized (
           select d.ctid as place, d.org_id, d.document_id from helpdesk.search_documents d
            where d.lexemes @@ $2 and d.kind = 'article'),
         titled as materialized (
           select d.org_id, d.document_id from helpdesk.search_documents d
            where (select count(*) from matching) > {MAX_RANKED}
              and d.lexemes @@ $3 and d.kind = 'article')
         select m.document_id, 'article',
                case when m.position <= {MAX_RANKED} then (
                  select {rank} from helpdesk.search_documents d where d.ctid = m.place) else 1 end
           from (select m.document_id, m.place,
                        row_number() over (
                          order by m.document_id in (
                                     select t.document_id from titled t where t.org_id = $1) desc,
                                   m.document_id desc) as position
                   from matching m
                   join helpdesk.articles a on a.org_id = $1 and a.id = m.document_id
                  where m.org_id = $1 and {readable} and {filters}) m"
    )
}

/// Titles of the newest, of which filters then leave some.
fn newest_titles(readable: &str, filters: &str) -> String {
    format!(
        "select a.id, a.title
           from (select a.* from helpdesk.articles a
                  where a.org_id = $1 and {readable}
                  order by a.updated_at desc, a.id desc limit 5000) a
          where {filters}"
    )
}

impl Search {
    /// The articles that match, or some of them.
    pub(super) fn find_articles(
        &self,
        exact: ExactArticles,
        has_tickets: bool,
    ) -> Result<Vec<Match>> {
        if let Some(articles) = self.articles.get() {
            return Ok(articles.clone());
        }
        if exact != ExactArticles::WithOthers && !self.has_only_filters() {
            let articles = self.find_articles_by_words(self.query.as_ref(), Phase::Exact)?;
            if exact == ExactArticles::Only || articles.len() >= MAX_RANKED {
                return Ok(articles);
            }
        }
        let articles = self.find_all_articles(has_tickets)?;
        Ok(self.articles.get_or_init(|| articles).clone())
    }

    /// The articles with the words; if there are none, those with longer words that begin with
    /// them; if there are none, those with the telling words of a question, which come last.
    fn find_all_articles(&self, has_tickets: bool) -> Result<Vec<Match>> {
        if self.has_only_filters() {
            let articles = self.find_articles_by_title(|_| Some(1))?;
            let to_match = |(id, rank)| Match { rank, id, kind: Kind::Article };
            return Ok(articles.into_iter().map(to_match).collect());
        }
        let query = self.query.as_ref();
        let mut articles = self.find_articles_by_words(query, Phase::All)?;
        if articles.is_empty() && query.is_some_and(Query::has_more_beginnings) {
            articles = self.find_articles_by_words(query, Phase::Beginnings)?;
        }
        if !articles.is_empty() || !self.may_be_question(has_tickets) {
            return Ok(articles);
        }
        let question = query_for_question(self.org, "", &self.text, self.reader)?;
        articles = self.find_articles_by_words(question.as_ref(), Phase::All)?;
        for article in &mut articles {
            article.rank = below_matches(article.rank);
        }
        Ok(articles)
    }

    /// Whether the text may be a question, of which an article need not have all words. Staff who
    /// find tickets with a few words look for those, and do not wait for more.
    fn may_be_question(&self, has_tickets: bool) -> bool {
        let Some(query) = &self.query else { return false };
        let looks_for_tickets = self.reader.is_staff && has_tickets && !query.is_long();
        query.is_sentence() && !looks_for_tickets
    }

    fn find_articles_by_words(&self, query: Option<&Query>, phase: Phase) -> Result<Vec<Match>> {
        let Some(query) = query else { return Ok(Vec::new()) };
        let [texts, titles] = query.for_articles(phase);
        let texts = if self.filters.is_in_titles_of_articles() { titles.clone() } else { texts };
        let mut args: Vec<DatumWithOid> = vec![
            self.org.into(),
            texts.into(),
            titles.into(),
            query.literal_for_kind(Kind::Article).into(),
            query.whole_words_for_kind(Kind::Article).into(),
        ];
        let question = query.telling_words();
        let mut conditions = String::new();
        if !question.is_empty() {
            let words: Vec<String> =
                question.iter().map(|word| word.in_articles(self.org)).collect();
            let weights: Vec<i32> = question.iter().map(|word| word.weight).collect();
            args.extend([words.into(), weights.into(), query.keywords_of_articles().into()]);
            conditions = format!("{ANSWERS_QUESTION} and ");
        }
        let mut more = Arguments::after(args.len());
        conditions.push_str(&self.filters.articles.to_sql(&mut more));
        args.extend(more.into_values());
        let sql = matching_articles(self.reader.condition(), &conditions);
        let articles =
            statement::read_assembled(&sql, Planned::Once).fetch_all(&args, Match::from_row)?;
        Ok(articles.into_iter().flatten().collect())
    }

    pub(super) fn find_articles_by_similar_title(&self) -> Result<Vec<Match>> {
        let Some(wanted) = SimilarTitle::for_query(&self.text) else { return Ok(Vec::new()) };
        if self.query.as_ref().is_some_and(Query::has_negation) {
            return Ok(Vec::new());
        }
        let is_in_titles = self.filters.is_in_titles_of_articles();
        let similar = self.find_articles_by_title(|title| {
            wanted.compare(title).filter(|found| found.missing.is_empty() || !is_in_titles)
        })?;
        let to_match =
            |(id, typos)| Match { rank: rank_of_similar_title(typos), id, kind: Kind::Article };
        let similar = with_all_words(self.org, Kind::Article, similar)?;
        Ok(similar.into_iter().map(to_match).collect())
    }

    /// The newest articles that the filters select, and what there is to say of their titles.
    fn find_articles_by_title<T>(
        &self,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<(Uuid, T)>> {
        let mut more = Arguments::after(1);
        let filters = self.filters.articles.to_sql(&mut more);
        let mut args: Vec<DatumWithOid> = vec![self.org.into()];
        args.extend(more.into_values());
        let sql = newest_titles(self.reader.condition(), &filters);
        let articles = statement::read_assembled(&sql, Planned::Once).fetch_all(&args, |row| {
            pgrx::check_for_interrupts!();
            Some((row.get(1)?, read(row.get(2)?)?))
        })?;
        Ok(articles.into_iter().flatten().collect())
    }
}
