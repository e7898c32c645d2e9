//! Articles that match: by their words, or by a similar title.

use pgrx::datum::DatumWithOid;

use super::matches::{Match, RANK_OF_SIMILAR_TITLE, Search, rank};
use super::suggest::query_for_telling_words;
use crate::fulltext::lexemes::Kind;
use crate::fulltext::query::Query;
use crate::fulltext::typos::SimilarTitle;
use crate::platform::conditions::Arguments;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};

/// How many matching articles are ranked: those with the words in their title, then the newest
/// ones. The others come after them.
const MAX_RANKED: usize = 1_000;

/// $1 organization, $2 tsquery, $3 tsquery for titles, $4 with the words as they are written. What
/// filters compare with follows.
fn matching_articles(readable: &str, filters: &str) -> String {
    let rank = rank("$2", "$4");
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
    /// The articles that match. Frequent words are first searched for without those that only begin
    /// with the last one.
    pub(super) fn find_articles(&self, are_words_frequent: bool) -> Result<Vec<Match>> {
        if let Some(articles) = self.articles.get() {
            return Ok(articles.clone());
        }
        if are_words_frequent && !self.has_only_filters() {
            let articles = self.find_articles_by_words(self.query.as_ref(), true)?;
            if articles.len() >= MAX_RANKED {
                return Ok(articles);
            }
        }
        let articles = self.find_all_articles()?;
        Ok(self.articles.get_or_init(|| articles).clone())
    }

    /// The articles with the words; if there are none, those with the telling words of a question.
    fn find_all_articles(&self) -> Result<Vec<Match>> {
        if self.has_only_filters() {
            return self.find_articles_by_title(1, |_| true);
        }
        let articles = self.find_articles_by_words(self.query.as_ref(), false)?;
        if !articles.is_empty() || !self.is_sentence() {
            return Ok(articles);
        }
        let telling = query_for_telling_words(self.org, "", &self.text, self.reader)?;
        self.find_articles_by_words(telling.as_ref(), false)
    }

    /// Whether the text may be a question, of which an article need not have all words.
    fn is_sentence(&self) -> bool {
        self.query.as_ref().is_some_and(Query::is_sentence)
    }

    fn find_articles_by_words(&self, query: Option<&Query>, are_whole: bool) -> Result<Vec<Match>> {
        let Some(query) = query else { return Ok(Vec::new()) };
        let [texts, titles] = query.for_articles(are_whole);
        let texts = if self.filters.is_in_titles_of_articles() { titles.clone() } else { texts };
        let mut args: Vec<DatumWithOid> = vec![
            self.org.into(),
            texts.into(),
            titles.into(),
            query.literal_for_kind(Kind::Article).into(),
        ];
        let mut more = Arguments::after(args.len());
        let filters = self.filters.articles.to_sql(&mut more);
        args.extend(more.into_values());
        let sql = matching_articles(self.reader.condition(), &filters);
        let articles =
            statement::read_assembled(&sql, Planned::Once).fetch_all(&args, Match::from_row)?;
        Ok(articles.into_iter().flatten().collect())
    }

    pub(super) fn find_articles_by_similar_title(&self) -> Result<Vec<Match>> {
        let Some(wanted) = SimilarTitle::for_query(&self.text) else { return Ok(Vec::new()) };
        if self.query.as_ref().is_some_and(Query::has_negation) {
            return Ok(Vec::new());
        }
        self.find_articles_by_title(RANK_OF_SIMILAR_TITLE, |title| wanted.matches(title))
    }

    /// The newest articles that the filters select, with such a title.
    fn find_articles_by_title(
        &self,
        rank: i64,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<Match>> {
        let mut more = Arguments::after(1);
        let filters = self.filters.articles.to_sql(&mut more);
        let mut args: Vec<DatumWithOid> = vec![self.org.into()];
        args.extend(more.into_values());
        let sql = newest_titles(self.reader.condition(), &filters);
        let articles = statement::read_assembled(&sql, Planned::Once).fetch_all(&args, |row| {
            pgrx::check_for_interrupts!();
            let found = Match { rank, id: row.get(1)?, kind: Kind::Article };
            is_wanted(row.get(2)?).then_some(found)
        })?;
        Ok(articles.into_iter().flatten().collect())
    }
}
