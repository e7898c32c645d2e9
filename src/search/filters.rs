//! Filters inside the text of a search: those on tickets, on articles, and on both.

use pgrx::Uuid;

use super::article_filters::{ArticleFilter, ArticleNames};
use crate::fulltext::filters::{Pair, take_filters};
use crate::fulltext::lexemes::Kind;
use crate::knowledge::access::Reader;
use crate::platform::conditions::Clauses;
use crate::platform::error::Result;
use crate::tickets::text_filters::scope::{Document, Reach};
use crate::tickets::text_filters::{Asker, TextFilters, add_alternatives};

#[derive(Default)]
pub(super) struct SearchFilters {
    pub(super) text: TextFilters,
    pub(super) articles: Clauses<ArticleFilter>,
}

impl SearchFilters {
    /// The filters of a query, and its words.
    pub(super) fn read(org: Uuid, query: &str, reader: Reader) -> Result<(SearchFilters, String)> {
        let asker = Asker::in_org(org)?;
        let names = ArticleNames::new(&asker, reader);
        let mut filters = SearchFilters::default();
        let words = take_filters(query, |pair| filters.take(pair, &asker, &names))?;
        Ok((filters, words))
    }

    /// Takes a pair if a value means something to tickets or to articles. The others then have no
    /// such value. Beside a known value, an unknown one selects nothing.
    fn take(&mut self, pair: &Pair, asker: &Asker, names: &ArticleNames) -> Result<bool> {
        if self.text.take_scope(pair) {
            return Ok(true);
        }
        let (mut of_tickets, mut of_articles) = (Vec::new(), Vec::new());
        for value in &pair.values {
            let ticket = asker.ticket_filter(&pair.key, value)?;
            let article = names.article_filter(&pair.key, value)?;
            let Some(key) =
                ticket.as_ref().map(|(key, _)| *key).or(article.as_ref().map(|(key, _)| *key))
            else {
                continue;
            };
            of_tickets.push(ticket.unwrap_or((key, Vec::new())));
            of_articles.push(article.unwrap_or((key, Vec::new())));
        }
        let is_known = !of_tickets.is_empty();
        add_alternatives(&mut self.text.tickets, pair.is_unwanted, of_tickets);
        add_alternatives(&mut self.articles, pair.is_unwanted, of_articles);
        Ok(is_known)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.articles.is_empty()
    }

    /// Whether documents of a kind may be found.
    pub(super) fn admit(&self, kind: Kind) -> bool {
        let reach = |document| self.text.scope.reach(document);
        let reach = match kind {
            Kind::Ticket | Kind::Attachment => reach(Document::Ticket),
            Kind::Comment => reach(Document::Comment).max(reach(Document::InternalComment)),
            Kind::Article => reach(Document::Article),
            Kind::Person => Reach::Nothing,
        };
        reach != Reach::Nothing
    }

    /// Whether only titles of articles are searched.
    pub(super) fn is_in_titles_of_articles(&self) -> bool {
        self.text.scope.reach(Document::Article) == Reach::Title
    }
}
