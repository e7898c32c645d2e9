//! Tickets and comments among a customer's own tickets, or among those that filters select.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;

use super::matches::{Match, Search};
use super::position::Position;
use super::rank::rank;
use super::tickets::{WINDOW_SIZE, Window};
use crate::fulltext::lexemes::Kind;
use crate::fulltext::query::Phase;
use crate::platform::conditions::Arguments;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};

/// The tickets themselves, newest first.
const TICKETS: &str = "
    select t.id, 'ticket', 1::bigint
      from unnest($2::uuid[]) as t (id)
     where $3::uuid is null or t.id < $3
     order by t.id desc limit 500";

/// What a statement needs to know of the words of a search.
struct Words {
    condition: String,
    rank: String,
    scope: String,
}

/// The documents of the tickets $2 that are older than $3, of the kinds $4, internal ones too if
/// $5.
fn documents_of_tickets(words: &Words) -> String {
    let Words { condition, rank, scope } = words;
    format!(
        "select d.document_id, d.kind, {rank}
           from (select d.* from helpdesk.search_documents d
                  where d.ticket_id = any ($2) and d.org_id = $1 and ($5 or not d.is_internal)
                    and d.kind = any ($4) and ($3::uuid is null or d.document_id < $3)
                 offset 0) d
          where {condition} and {scope}
          order by d.document_id desc limit 500"
    )
}

/// The documents of all tickets, for lexemes that are rare: the tickets of the matches are looked
/// up one by one. $2 is empty.
fn documents_with_words(words: &Words, filters: &str) -> String {
    let Words { condition, rank, scope } = words;
    format!(
        "select d.document_id, d.kind, {rank}
           from (select d.ctid
                   from (select d.ctid, d.* from helpdesk.search_documents d
                          where {condition} offset 0) d
                  where d.org_id = $1 and d.kind = any ($4) and {scope}
                    and ($3::uuid is null or d.document_id < $3)
                    and (select {filters} from helpdesk.tickets t
                          where t.org_id = $1 and t.id = d.ticket_id)
                  order by d.document_id desc limit 500) m
           join helpdesk.search_documents d on d.ctid = m.ctid"
    )
}

impl Search {
    /// Whether filters exclude tickets or comments of the kinds that are searched.
    pub(super) fn is_filtered(&self) -> bool {
        let filters = &self.filters.text;
        !filters.tickets.is_empty() || !filters.scope.is_by_kind()
    }

    /// The window of tickets and comments at a position, for customers or with filters.
    pub(super) fn find_filtered(&self, position: Position, kinds: Vec<String>) -> Result<Window> {
        let is_staff = self.reader.is_staff;
        let is_by_index = is_staff && !self.selects_tickets;
        let tickets = match (is_staff, is_by_index) {
            (false, _) => self.own_tickets()?,
            (true, true) => Vec::new(),
            (true, false) => self.selected_tickets()?,
        };
        let mut args: Vec<DatumWithOid> =
            vec![self.org.into(), tickets.into(), position.before().into()];
        let is_list = self.query.is_none() && kinds.iter().any(|kind| kind == "ticket");
        let rows = if is_list {
            statement::read(TICKETS).planned(Planned::Once).fetch_all(&args, Match::from_row)?
        } else {
            args.extend([kinds.into(), is_staff.into()]);
            let mut more = Arguments::after(args.len());
            let words = self.words(position.phase, &mut more);
            let sql = match is_by_index {
                false => documents_of_tickets(&words),
                true => documents_with_words(&words, &self.filters.text.tickets.to_sql(&mut more)),
            };
            args.extend(more.into_values());
            statement::read_assembled(&sql, Planned::Once).fetch_all(&args, Match::from_row)?
        };
        let matches: Vec<Match> = rows.into_iter().flatten().collect();
        let is_full = matches.len() == WINDOW_SIZE;
        let next = if is_full { matches.iter().map(|found| found.id).min() } else { None };
        Ok(Window { matches, next })
    }

    fn words(&self, phase: Phase, arguments: &mut Arguments) -> Words {
        let scope = &self.filters.text.scope;
        let Some(query) = &self.query else {
            let scope = scope.to_sql(None, arguments);
            return Words { condition: "true".to_owned(), rank: "1::bigint".to_owned(), scope };
        };
        let words = arguments.bind(query.for_phase(phase));
        let ranked = arguments.bind(query.ranking_for_kind(Kind::Ticket, phase));
        let whole = arguments.bind(query.whole_words_for_kind(Kind::Ticket));
        let literal = arguments.bind(query.literal_for_kind(Kind::Ticket));
        Words {
            condition: format!("d.lexemes @@ {words}"),
            rank: rank(&ranked, &literal, &whole),
            scope: scope.to_sql(Some((query, phase)), arguments),
        }
    }

    fn selected_tickets(&self) -> Result<Vec<Uuid>> {
        let mut more = Arguments::after(1);
        let sql = self.filters.text.tickets.newest_tickets(&mut more);
        self.ids(&sql, vec![self.org.into()], more)
    }

    /// Those that a customer opened or is assigned to.
    pub(super) fn own_tickets(&self) -> Result<Vec<Uuid>> {
        let mut more = Arguments::after(2);
        let filters = self.filters.text.tickets.to_sql(&mut more);
        let sql = format!(
            "select t.id from helpdesk.tickets t
              where t.org_id = $1 and (t.created_by = $2 or t.assigned_to = $2) and {filters}
              order by t.updated_at desc limit 2000"
        );
        self.ids(&sql, vec![self.org.into(), self.me.into()], more)
    }

    /// Without the arguments, the planner takes a customer for an agent with many tickets.
    fn ids(&self, sql: &str, mut args: Vec<DatumWithOid>, more: Arguments) -> Result<Vec<Uuid>> {
        args.extend(more.into_values());
        let ids = statement::read_assembled(sql, Planned::EachTime)
            .fetch_all(&args, |row| row.get::<Uuid>(1))?;
        Ok(ids.into_iter().flatten().collect())
    }

    /// Whether the tickets that filters select are searched one by one, because the words alone
    /// would find too many, or there are none.
    pub(super) fn must_select_tickets(&self) -> Result<bool> {
        if !self.reader.is_staff || self.ticket_kinds().next().is_none() {
            return Ok(false);
        }
        match &self.query {
            None => Ok(self.has_only_filters()),
            Some(_) if !self.is_filtered() => Ok(false),
            Some(query) => query.is_common(Phase::All),
        }
    }
}
