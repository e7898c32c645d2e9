//! Conditions of a statement that is assembled, and the arguments that they compare with.

use pgrx::IntoDatum;
use pgrx::datum::DatumWithOid;

/// The arguments of a statement from a number on.
pub struct Arguments {
    first: usize,
    values: Vec<DatumWithOid<'static>>,
}

impl Arguments {
    /// For a statement that has so many arguments already.
    pub fn after(count: usize) -> Arguments {
        Arguments { first: count + 1, values: Vec::new() }
    }

    /// Adds a value. Returns how the statement names it: `$8`.
    pub fn bind<T: IntoDatum>(&mut self, value: T) -> String {
        self.values.push(value.into());
        format!("${}", self.first + self.values.len() - 1)
    }

    pub fn into_values(self) -> Vec<DatumWithOid<'static>> {
        self.values
    }
}

pub trait Condition {
    /// The condition in SQL. What it compares with becomes an argument.
    fn to_sql(&self, arguments: &mut Arguments) -> String;
}

/// What must hold of a row: every clause.
#[derive(Clone)]
pub struct Clauses<C>(Vec<Clause<C>>);

#[derive(Clone)]
pub struct Clause<C> {
    key: &'static str,
    pub is_negated: bool,
    /// Nothing fulfils a clause without alternatives.
    pub any_of: Vec<C>,
}

impl<C> Default for Clauses<C> {
    fn default() -> Clauses<C> {
        Clauses(Vec::new())
    }
}

impl<C> Clauses<C> {
    /// Adds conditions, one of which must hold. Those of the same key are alternatives to each
    /// other. If it is negated, none of them may hold.
    pub fn add(&mut self, key: &'static str, is_negated: bool, mut any_of: Vec<C>) {
        if is_negated {
            if !any_of.is_empty() {
                self.0.push(Clause { key, is_negated, any_of });
            }
            return;
        }
        match self.0.iter_mut().find(|clause| clause.key == key && !clause.is_negated) {
            Some(clause) => clause.any_of.append(&mut any_of),
            None => self.0.push(Clause { key, is_negated, any_of }),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Clause<C>> {
        self.0.iter()
    }
}

impl<C: Condition> Clauses<C> {
    pub fn to_sql(&self, arguments: &mut Arguments) -> String {
        let clauses: Vec<String> = self.iter().map(|clause| clause.to_sql(arguments)).collect();
        if clauses.is_empty() { "true".to_owned() } else { clauses.join(" and ") }
    }
}

impl<C: Condition> Clause<C> {
    pub fn to_sql(&self, arguments: &mut Arguments) -> String {
        let any_of: Vec<String> =
            self.any_of.iter().map(|condition| condition.to_sql(arguments)).collect();
        match (any_of.as_slice(), self.is_negated) {
            ([], _) => "false".to_owned(),
            (any_of, false) => format!("({})", any_of.join(" or ")),
            (any_of, true) => format!("({}) is not true", any_of.join(" or ")),
        }
    }
}
