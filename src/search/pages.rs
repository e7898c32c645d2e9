//! Pages of a search, put together from windows of matches.
//!
//! Matching articles are ranked together. Matching tickets and comments are taken newest first, in
//! windows of a few hundred, and each window is ranked separately, so a word that occurs in every
//! ticket costs no more than one that occurs in a few hundred.

use super::articles::ExactArticles;
use super::matches::{Match, Search};
use super::position::{Position, Scan};
use super::tickets::Window;
use crate::fulltext::lexemes::Kind;
use crate::fulltext::query::{Phase, Query};
use crate::platform::error::Result;

/// If no more match, they may have the same typo as the query.
const FEW_MATCHES: usize = 3;

impl Search {
    /// The matches of one page, and where the next page continues.
    pub(super) fn page(
        &self,
        position: Option<Position>,
        per_page: usize,
    ) -> Result<(Vec<Match>, Option<Position>)> {
        let (mut position, mut tickets) = match position {
            Some(position) => (position, self.find_tickets(position)?),
            None => self.begin()?,
        };
        let mut page: Vec<Match> = Vec::new();
        loop {
            let is_short = tickets.is_short();
            let window = self.complete_window(position, tickets, per_page - page.len())?;
            let earlier = page.len();
            let rest =
                window.matches.into_iter().filter(|found| position.precedes(found.rank, found.id));
            for found in rest {
                if page.len() == per_page {
                    // Only matches of this window count: earlier windows are exhausted.
                    let last = page[earlier..].last();
                    let next = position.continued_after(last.map(|last| (last.rank, last.id)));
                    return Ok((page, Some(next)));
                }
                page.push(found);
            }
            position = match (window.next, position.phase) {
                (None, Phase::Exact) => self.start_of(Phase::Prefix)?,
                (None, _) => return Ok((page, None)),
                (before, _) => {
                    let next = position.next_window(before);
                    if page.len() == per_page {
                        return Ok((page, Some(next)));
                    }
                    next
                }
            };
            if is_short {
                // A page that is not full, instead of reading many more documents.
                return Ok((page, Some(position)));
            }
            tickets = self.find_tickets(position)?;
        }
    }

    /// The first window of tickets and comments, and its position. With few exact matches, the
    /// search has only one phase if its matches fit in one window, which ranks exact ones first;
    /// without any match, all words may be beginnings.
    fn begin(&self) -> Result<(Position, Window)> {
        let (mut position, mut tickets) = self.start(self.first_phase())?;
        if position.phase == Phase::Exact && tickets.has_at_most(FEW_MATCHES) {
            let (all_position, all) = self.start(Phase::All)?;
            if tickets.is_empty() || all.next.is_none() {
                (position, tickets) = (all_position, all);
            }
        }
        let may_be_longer = self.query.as_ref().is_some_and(Query::has_more_beginnings);
        if tickets.is_empty() && may_be_longer {
            (position, tickets) = self.start(Phase::Beginnings)?;
        }
        Ok((position, tickets))
    }

    fn start(&self, phase: Phase) -> Result<(Position, Window)> {
        let position = self.start_of(phase)?;
        Ok((position, self.find_tickets(position)?))
    }

    fn start_of(&self, phase: Phase) -> Result<Position> {
        let is_common = match &self.query {
            Some(query) if self.covers_all_tickets() => query.is_common(phase)?,
            _ => false,
        };
        Ok(Position::start(phase, if is_common { Scan::Recent } else { Scan::Index }))
    }

    /// A customer's tickets are few, so they are searched in one phase.
    fn first_phase(&self) -> Phase {
        match &self.query {
            Some(query) if self.covers_all_tickets() => query.first_phase(),
            _ => Phase::All,
        }
    }

    /// Articles with longer words than the last one come after all exact matches. So they are not
    /// looked for while tickets with the word itself fill the page, nor perhaps if it is frequent.
    fn exact_articles(&self, position: Position, window: &Window, wanted: usize) -> ExactArticles {
        let will_be_shown = |found: &&Match| {
            found.kind != Kind::Attachment && position.precedes(found.rank, found.id)
        };
        // One may have been shown already, by its number.
        let shown = window.matches.iter().filter(will_be_shown).count().saturating_sub(1);
        match position {
            Position { phase: Phase::Exact, .. } if shown > wanted => ExactArticles::Only,
            Position { phase: Phase::Exact, scan: Scan::Recent, .. } => ExactArticles::IfMany,
            _ => ExactArticles::WithOthers,
        }
    }

    /// A window of tickets and comments, ranked. The first one also has the articles, and the
    /// ticket whose number was searched for; the last one what is found despite typos.
    fn complete_window(
        &self,
        position: Position,
        mut window: Window,
        wanted: usize,
    ) -> Result<Window> {
        let is_first = position.phase != Phase::Prefix && position.before().is_none();
        let is_last = position.phase != Phase::Exact && window.next.is_none();
        if (is_first || is_last) && self.kinds.contains(&Kind::Article) {
            let has_tickets = !window.matches.is_empty();
            let exact = self.exact_articles(position, &window, wanted);
            let articles = self.find_articles(exact, has_tickets)?;
            if is_last && articles.len() <= FEW_MATCHES {
                let mut similar = self.find_articles_by_similar_title()?;
                similar.retain(|found| !articles.iter().any(|known| known.id == found.id));
                window.matches.extend(similar);
            }
            window.matches.extend(articles.into_iter().filter(|_| is_first));
        }
        let found = window.matches.iter().filter(|found| found.rank > 0).count();
        if is_first && is_last && found <= FEW_MATCHES {
            let mut similar = self.find_tickets_by_similar_title()?;
            similar.retain(|found| !window.matches.iter().any(|known| known.id == found.id));
            window.matches.extend(similar);
        }
        let numbered = self.find_ticket_by_number()?;
        self.keep_one_file_of_each_ticket(&mut window.matches, numbered.map(|ticket| ticket.id))?;
        if let Some(ticket) = numbered {
            window.matches.retain(|found| found.id != ticket.id);
            window.matches.extend(is_first.then_some(ticket));
        }
        window.matches.sort_by(|a, b| b.cmp(a));
        Ok(window)
    }
}
