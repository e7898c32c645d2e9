//! What a query means: words, phrases, and how they are combined.

use super::lexemes::{Kind, quote_lexeme};

/// Fewer words, or pairs of characters, are not taken for a sentence.
const MIN_SENTENCE: usize = 2;
const MIN_PAIRS: usize = 3;

/// From this many letters on, a word that is complete may be the beginning of others.
const MIN_BEGINNING: usize = 5;

#[derive(Clone, Debug)]
pub(super) enum Expression {
    Word(Spellings),
    /// Words one after the other: each with its distance from the one before it.
    Phrase(Vec<(usize, Spellings)>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    /// A word or phrase that is also the name or address of people.
    OrPeople(Box<Expression>, People),
}

/// The lexemes of people.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    pub whole: Vec<String>,
    /// Of those whose names only begin with what was typed.
    pub beginning: Vec<String>,
}

/// Lexemes that stand for one word of a query.
#[derive(Clone, Debug, Default)]
pub(super) struct Spellings {
    /// Of the word as it was typed.
    pub literal: Vec<String>,
    /// Of other spellings of the word, such as that without accents.
    pub others: Vec<String>,
    /// Whether words match that start with one of these lexemes.
    pub is_beginning: bool,
    /// Whether the word is still being typed: the same, but complete words come first.
    pub is_typed: bool,
    /// Further lexemes of words that start with what was typed.
    pub stems: Vec<String>,
}

/// Which documents a tsquery is to match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// All that match.
    Complete,
    /// The same, and those with words that begin with the words of the query.
    Beginnings,
    /// Those with the word that is being typed itself.
    WholeWords,
    /// Those with the words as they are written.
    Literal,
}

impl Expression {
    /// None without a part.
    pub(super) fn all(mut parts: Vec<Expression>) -> Option<Expression> {
        if parts.len() < 2 { parts.pop() } else { Some(Expression::All(parts)) }
    }

    pub(super) fn any(mut parts: Vec<Expression>) -> Option<Expression> {
        if parts.len() < 2 { parts.pop() } else { Some(Expression::Any(parts)) }
    }

    /// As a tsquery, with `prefix` before each lexeme, and only for lexemes of a weight unless that
    /// is empty.
    pub(super) fn to_tsquery(&self, prefix: &str, form: Form, weight: &str) -> String {
        let joined = |parts: &[Expression], operator: &str| {
            let parts: Vec<String> =
                parts.iter().map(|part| part.to_tsquery(prefix, form, weight)).collect();
            format!("({})", parts.join(operator))
        };
        match self {
            Expression::Word(word) => word.to_tsquery(prefix, form, weight),
            Expression::Phrase(words) => {
                let mut phrase = String::from("(");
                for (n, (distance, word)) in words.iter().enumerate() {
                    if n > 0 {
                        phrase.push_str(&format!(" <{distance}> "));
                    }
                    phrase.push_str(&word.to_tsquery(prefix, form, weight));
                }
                phrase.push(')');
                phrase
            }
            Expression::All(parts) => joined(parts, " & "),
            Expression::Any(parts) => joined(parts, " | "),
            Expression::Not(part) => format!("!{}", part.to_tsquery(prefix, form, weight)),
            Expression::OrPeople(part, people) => {
                let mut alternatives = vec![part.to_tsquery(prefix, form, weight)];
                // Only tickets have people, and not in their titles.
                if prefix.starts_with(Kind::Ticket.prefix()) && weight.is_empty() {
                    let lexemes = people.lexemes(form);
                    alternatives
                        .extend(lexemes.map(|lexeme| quote_lexeme(&format!("{prefix}{lexeme}"))));
                }
                format!("({})", alternatives.join(" | "))
            }
        }
    }

    /// The words and phrases, to which people can be added.
    pub(super) fn leaves(&mut self) -> Vec<&mut Expression> {
        match self {
            Expression::Word(_) | Expression::Phrase(_) | Expression::OrPeople(..) => vec![self],
            Expression::All(parts) | Expression::Any(parts) => {
                parts.iter_mut().flat_map(Expression::leaves).collect()
            }
            Expression::Not(part) => part.leaves(),
        }
    }

    pub(super) fn add_people(&mut self, people: People) {
        let part = std::mem::replace(self, Expression::All(Vec::new()));
        *self = Expression::OrPeople(Box::new(part), people);
    }

    /// Whether a document without any of the words may match.
    pub(super) fn matches_without_words(&self) -> bool {
        match self {
            Expression::Word(_) | Expression::Phrase(_) => false,
            Expression::All(parts) => parts.iter().all(Expression::matches_without_words),
            Expression::Any(parts) => parts.iter().any(Expression::matches_without_words),
            Expression::Not(_) => true,
            Expression::OrPeople(part, _) => part.matches_without_words(),
        }
    }

    /// Whether it is several words, one of which may be joined by punctuation. `word_count` is that
    /// of the text, with stop words.
    pub(super) fn is_sentence(&self, word_count: usize) -> bool {
        match self {
            Expression::All(_) if word_count < MIN_SENTENCE => false,
            Expression::All(parts) => !parts.iter().any(Expression::has_negation),
            // The text of a script without spaces.
            Expression::Phrase(words) => words.len() >= MIN_PAIRS,
            Expression::OrPeople(part, _) => part.is_sentence(word_count),
            _ => false,
        }
    }

    pub(super) fn has_negation(&self) -> bool {
        match self {
            Expression::Word(_) | Expression::Phrase(_) => false,
            Expression::All(parts) | Expression::Any(parts) => {
                parts.iter().any(Expression::has_negation)
            }
            Expression::Not(_) => true,
            Expression::OrPeople(part, _) => part.has_negation(),
        }
    }

    /// The words that matching documents may have.
    pub(super) fn wanted_words(&self) -> Vec<&Spellings> {
        match self {
            Expression::Word(word) => vec![word],
            Expression::Phrase(words) => words.iter().map(|(_, word)| word).collect(),
            Expression::All(parts) | Expression::Any(parts) => {
                parts.iter().flat_map(Expression::wanted_words).collect()
            }
            Expression::Not(_) => Vec::new(),
            Expression::OrPeople(part, _) => part.wanted_words(),
        }
    }

    /// Whether documents with longer words match that do not otherwise.
    pub(super) fn has_more_beginnings(&self) -> bool {
        let is_complete = |word: &Spellings| !word.is_beginning && !word.is_typed;
        self.wanted_words().iter().any(|word| is_complete(word) && word.may_be_beginning())
    }

    pub(super) fn is_being_typed(&self) -> bool {
        self.wanted_words().iter().any(|word| word.is_typed)
    }

    /// The parts that a document must all match.
    pub(super) fn conjuncts(&self) -> Vec<&Expression> {
        match self {
            Expression::All(parts) => parts.iter().flat_map(Expression::conjuncts).collect(),
            part => vec![part],
        }
    }

    /// What the index finds without reading documents, and what all matches meet: phrases as their
    /// words.
    pub(super) fn without_phrases(&self) -> Expression {
        let simplify = |parts: &[Expression]| parts.iter().map(Self::without_phrases).collect();
        match self {
            Expression::Phrase(words) => Expression::All(
                words.iter().map(|(_, word)| Expression::Word(word.clone())).collect(),
            ),
            Expression::All(parts) => Expression::All(simplify(parts)),
            Expression::Any(parts) => Expression::Any(simplify(parts)),
            Expression::Not(part) if part.has_phrase() => Expression::anything(),
            Expression::OrPeople(part, people) => {
                Expression::OrPeople(Box::new(part.without_phrases()), people.clone())
            }
            Expression::Word(_) | Expression::Not(_) => self.clone(),
        }
    }

    /// The same with some of the words of documents, instead of all words with a beginning.
    pub(super) fn with_words_of(&self, words: &[String], form: Form) -> Expression {
        let replace = |parts: &[Expression]| {
            parts.iter().map(|part| part.with_words_of(words, form)).collect()
        };
        match self {
            Expression::Word(word) if word.is_beginning_in(form) => {
                Expression::Word(word.with_words_of(words))
            }
            Expression::All(parts) => Expression::All(replace(parts)),
            Expression::Any(parts) => Expression::Any(replace(parts)),
            Expression::Not(part) if !part.beginnings(form).is_empty() => Expression::anything(),
            Expression::OrPeople(part, people) => {
                Expression::OrPeople(Box::new(part.with_words_of(words, form)), people.clone())
            }
            Expression::Word(_) | Expression::Phrase(_) | Expression::Not(_) => self.clone(),
        }
    }

    /// Matches every document, because no document has this lexeme.
    fn anything() -> Expression {
        let nothing = Spellings { literal: vec![String::from("#")], ..Spellings::default() };
        Expression::Not(Box::new(Expression::Word(nothing)))
    }

    pub(super) fn has_phrase(&self) -> bool {
        match self {
            Expression::Word(_) => false,
            Expression::Phrase(_) => true,
            Expression::All(parts) | Expression::Any(parts) => parts.iter().any(Self::has_phrase),
            Expression::OrPeople(part, _) | Expression::Not(part) => part.has_phrase(),
        }
    }

    /// The beginnings with which words match.
    pub(super) fn beginnings(&self, form: Form) -> Vec<&str> {
        match self {
            Expression::Word(word) => word.beginnings(form).collect(),
            Expression::Phrase(words) => {
                words.iter().flat_map(|(_, word)| word.beginnings(form)).collect()
            }
            Expression::All(parts) | Expression::Any(parts) => {
                parts.iter().flat_map(|part| part.beginnings(form)).collect()
            }
            Expression::OrPeople(part, _) | Expression::Not(part) => part.beginnings(form),
        }
    }
}

impl People {
    fn lexemes(&self, form: Form) -> impl Iterator<Item = &String> {
        let (whole, beginning) = match form {
            Form::Complete | Form::Beginnings => (&self.whole[..], &self.beginning[..]),
            Form::WholeWords => (&self.whole[..], &[][..]),
            Form::Literal => (&[][..], &[][..]),
        };
        whole.iter().chain(beginning)
    }
}

impl Spellings {
    fn is_beginning_in(&self, form: Form) -> bool {
        match form {
            Form::Complete => self.is_beginning || self.is_typed,
            Form::Beginnings => self.is_beginning || self.is_typed || self.may_be_beginning(),
            Form::WholeWords | Form::Literal => self.is_beginning,
        }
    }

    fn may_be_beginning(&self) -> bool {
        self.literal.iter().all(|lexeme| {
            lexeme.chars().count() >= MIN_BEGINNING && lexeme.chars().all(char::is_alphabetic)
        })
    }

    fn beginnings(&self, form: Form) -> impl Iterator<Item = &str> {
        let lexemes = self.literal.iter().chain(&self.others).map(String::as_str);
        lexemes.filter(move |_| self.is_beginning_in(form))
    }

    /// The lexemes themselves, and those of `words` that begin with one.
    fn with_words_of(&self, words: &[String]) -> Spellings {
        let lexemes = || self.literal.iter().chain(&self.others);
        let begins = |word: &&String| lexemes().any(|lexeme| word.starts_with(lexeme.as_str()));
        let words = words.iter().filter(begins).chain(&self.stems);
        let mut literal: Vec<String> = lexemes().chain(words).cloned().collect();
        literal.sort();
        literal.dedup();
        Spellings { literal, ..Spellings::default() }
    }

    pub(super) fn to_tsquery(&self, prefix: &str, form: Form, weight: &str) -> String {
        let is_beginning = self.is_beginning_in(form);
        let others = if form == Form::Literal { &[][..] } else { &self.others };
        let has_stems = matches!(form, Form::Complete | Form::Beginnings);
        let stems = if has_stems { &self.stems[..] } else { &[] };
        let quoted = |lexeme: &String, star: &str| {
            let colon = if star.is_empty() && weight.is_empty() { "" } else { ":" };
            quote_lexeme(&format!("{prefix}{lexeme}")) + colon + star + weight
        };
        let star = if is_beginning { "*" } else { "" };
        let lexemes: Vec<String> = self
            .literal
            .iter()
            .chain(others)
            .map(|lexeme| quoted(lexeme, star))
            .chain(stems.iter().map(|stem| quoted(stem, "")))
            .collect();
        match lexemes.as_slice() {
            [lexeme] => lexeme.clone(),
            _ => format!("({})", lexemes.join(" | ")),
        }
    }
}
