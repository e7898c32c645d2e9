//! Adds to the words of a query the people who have them in their names or addresses.

use pgrx::Uuid;

use super::expression::{Form, People};
use super::lexemes::{Kind, organization_marker, person_lexeme};
use super::query::Query;
use crate::platform::datum::TsQuery;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};

/// How many lexemes of people a query gets, because the cost of ranking grows with their square.
const MAX_PEOPLE: usize = 48;

/// The people with any of the words ($2), the best first: who has most of them. $3 and $4: for each
/// word, what finds it whole and what also finds its beginning. Reads at most 2,000 people.
const FIND_PEOPLE: &str = "
    with words as materialized (
      select w.n, w.whole::tsquery, w.beginning::tsquery
        from unnest($3::text[], $4::text[]) with ordinality as w (whole, beginning, n))
    select d.document_id,
           array(select w.n::integer from words w where d.lexemes @@ w.whole),
           array(select w.n::integer from words w
                  where d.lexemes @@ w.beginning and not d.lexemes @@ w.whole)
      from (select d.document_id, d.lexemes
              from (select d.org_id, d.document_id, d.kind, d.lexemes
                      from helpdesk.search_documents d where d.lexemes @@ $2 offset 0) d
             where d.org_id = $1 and d.kind = 'person' limit 2000) d
     order by (select count(*) from words w where d.lexemes @@ w.beginning) desc,
              d.document_id desc
     limit 48";

/// The people with all words, members of the staff first. Reads at most 2,000 people.
const FIND_NAMED: &str = "
    select d.document_id
      from (select d.document_id
              from (select d.org_id, d.document_id, d.kind
                      from helpdesk.search_documents d where d.lexemes @@ $2 offset 0) d
             where d.org_id = $1 and d.kind = 'person' limit 2000) d
      left join helpdesk.org_members m on m.org_id = $1 and m.user_id = d.document_id
     order by (m.org_role <> 'org_customer' or m.may_be_assigned) desc nulls last,
              d.document_id desc
     limit 50";

impl Query {
    /// The people who have the words in their name or address.
    pub fn find_people(&self) -> Result<Vec<Uuid>> {
        let marker = organization_marker(self.org, Kind::Person.prefix());
        let words = TsQuery(self.expression.to_tsquery(&marker, Form::WholeWords, ""));
        let people = statement::read(FIND_NAMED)
            .planned(Planned::Once)
            .fetch_all(&[self.org.into(), words.into()], |row| row.get::<Uuid>(1))?;
        Ok(people.into_iter().flatten().collect())
    }

    /// The query also matches tickets whose requester or assignee has the words in their name or
    /// address. Only for staff.
    pub fn add_people(&mut self) -> Result<()> {
        let marker = organization_marker(self.org, Kind::Person.prefix());
        let mut leaves = self.expression.leaves();
        let texts = |form: Form| -> Vec<String> {
            leaves.iter().map(|leaf| leaf.to_tsquery(&marker, form, "")).collect()
        };
        let (whole, beginning) = (texts(Form::WholeWords), texts(Form::Complete));
        let any = TsQuery(beginning.join(" | "));
        let args = [self.org.into(), any.into(), whole.into(), beginning.into()];
        let found =
            statement::read(FIND_PEOPLE).planned(Planned::Once).fetch_all(&args, |row| {
                Some((row.get::<Uuid>(1)?, row.get::<Vec<i32>>(2)?, row.get::<Vec<i32>>(3)?))
            })?;
        let mut people: Vec<People> = leaves.iter().map(|_| People::default()).collect();
        let mut left = MAX_PEOPLE;
        for (person, whole, beginning) in found.into_iter().flatten() {
            let lexeme = person_lexeme(person);
            let matches = whole.iter().map(|&n| (n, true));
            for (n, is_whole) in matches.chain(beginning.iter().map(|&n| (n, false))).take(left) {
                left -= 1;
                if let Some(people) = people.get_mut((n as usize).wrapping_sub(1)) {
                    let list = if is_whole { &mut people.whole } else { &mut people.beginning };
                    list.push(lexeme.clone());
                }
            }
        }
        for (leaf, people) in leaves.iter_mut().zip(people) {
            if !people.whole.is_empty() || !people.beginning.is_empty() {
                leaf.add_people(people);
            }
        }
        Ok(())
    }
}
