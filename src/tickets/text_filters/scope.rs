//! Where the words of a query must occur: `in:title`, `in:comments`, `is:ticket`.

use crate::fulltext::query::{Phase, Query};
use crate::platform::conditions::{Arguments, Clauses};

/// What `in:` names.
#[derive(Clone, Copy, PartialEq)]
pub enum Part {
    Titles,
    Tickets,
    Comments,
    InternalComments,
    Articles,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Document {
    Ticket,
    Comment,
    InternalComment,
    Article,
}

/// How much of a document is searched.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    Nothing,
    Title,
    Everything,
}

impl Part {
    /// What `key:value` names, with the key of its alternatives.
    pub(super) fn named(key: &str, value: &str) -> Option<(&'static str, Part)> {
        let part = match value.to_lowercase().trim_end_matches('s') {
            "ticket" => Part::Tickets,
            "comment" => Part::Comments,
            "article" => Part::Articles,
            "title" if key == "in" => Part::Titles,
            "internal" if key == "in" => Part::InternalComments,
            _ => return None,
        };
        match key {
            "in" => Some(("in", part)),
            "is" => Some(("is part", part)),
            _ => None,
        }
    }

    fn reach(self, document: Document) -> Reach {
        match (self, document) {
            (Part::Titles, Document::Ticket | Document::Article) => Reach::Title,
            (Part::Tickets, Document::Ticket)
            | (Part::Comments, Document::Comment | Document::InternalComment)
            | (Part::InternalComments, Document::InternalComment)
            | (Part::Articles, Document::Article) => Reach::Everything,
            _ => Reach::Nothing,
        }
    }
}

#[derive(Clone, Default)]
pub struct Scope(pub(super) Clauses<Part>);

impl Scope {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it chooses between tickets and comments only, or titles of tickets.
    pub fn is_by_kind(&self) -> bool {
        let [ticket, comment, internal] = self.reaches();
        comment == internal && (ticket != Reach::Title || comment == Reach::Nothing)
    }

    fn reaches(&self) -> [Reach; 3] {
        [Document::Ticket, Document::Comment, Document::InternalComment]
            .map(|document| self.reach(document))
    }

    pub fn reach(&self, document: Document) -> Reach {
        let reach_of_each = self.0.iter().map(|clause| {
            let reach = clause.any_of.iter().map(|part| part.reach(document)).max();
            match (reach.unwrap_or(Reach::Nothing), clause.is_negated) {
                (reach, false) => reach,
                (Reach::Nothing, true) => Reach::Everything,
                (_, true) => Reach::Nothing,
            }
        });
        reach_of_each.min().unwrap_or(Reach::Everything)
    }

    /// The query, for the titles of tickets too if only these are searched.
    pub fn narrow(&self, query: Query) -> Query {
        match self.reaches() {
            [Reach::Title, Reach::Nothing, Reach::Nothing] => query.in_titles(),
            [Reach::Title, ..] => query.in_titles_or_texts(),
            _ => query,
        }
    }

    /// The condition on the document `d` of a ticket or comment that has the words of a query.
    pub fn to_sql(&self, query: Option<(&Query, Phase)>, arguments: &mut Arguments) -> String {
        let [ticket, comment, internal] = self.reaches();
        if [ticket, comment, internal] == [Reach::Everything; 3] {
            return "true".to_owned();
        }
        let is_mixed = ticket == Reach::Title && comment.max(internal) > Reach::Nothing;
        let (in_title, in_text) = match query {
            Some((query, phase)) if is_mixed => (
                format!(" and d.lexemes @@ {}", arguments.bind(query.titles_for_phase(phase))),
                format!(" and d.lexemes @@ {}", arguments.bind(query.texts_for_phase(phase))),
            ),
            _ => (String::new(), String::new()),
        };
        // With their files, which have no title.
        let tickets =
            if ticket == Reach::Title { "d.kind = 'ticket'" } else { "d.kind <> 'comment'" };
        let documents = [
            (ticket, format!("{tickets}{in_title}")),
            (comment, format!("d.kind = 'comment' and not d.is_internal{in_text}")),
            (internal, format!("d.kind = 'comment' and d.is_internal{in_text}")),
        ];
        let any_of: Vec<String> = documents
            .into_iter()
            .filter(|(reach, _)| *reach != Reach::Nothing)
            .map(|(_, condition)| condition)
            .collect();
        if any_of.is_empty() { "false".to_owned() } else { format!("({})", any_of.join(" or ")) }
    }
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn ticket_text_filters_know_where_words_must_occur() {
        let reaches = |pairs: &[(&str, &str, bool)]| {
            let mut scope = Scope::default();
            for (key, value, is_negated) in pairs {
                if let Some((key, part)) = Part::named(key, value) {
                    scope.0.add(key, *is_negated, vec![part]);
                }
            }
            let documents =
                [Document::Ticket, Document::Comment, Document::InternalComment, Document::Article];
            documents.map(|document| match scope.reach(document) {
                Reach::Nothing => '-',
                Reach::Title => 't',
                Reach::Everything => '+',
            })
        };
        assert_eq!(reaches(&[]), ['+', '+', '+', '+']);
        assert_eq!(reaches(&[("in", "title", false)]), ['t', '-', '-', 't']);
        assert_eq!(reaches(&[("in", "Comments", false)]), ['-', '+', '+', '-']);
        assert_eq!(reaches(&[("in", "internal", false)]), ['-', '-', '+', '-']);
        assert_eq!(reaches(&[("in", "internal", true)]), ['+', '+', '-', '+']);
        let title_or_comment = [("in", "title", false), ("in", "comment", false)];
        assert_eq!(reaches(&title_or_comment), ['t', '+', '+', 't']);
        let title_of_ticket = [("in", "title", false), ("is", "ticket", false)];
        assert_eq!(reaches(&title_of_ticket), ['t', '-', '-', '-']);
        let no_comment_but_internal = [("is", "comment", true), ("in", "internal", false)];
        assert_eq!(reaches(&no_comment_but_internal), ['-', '-', '-', '-']);
    }
}
