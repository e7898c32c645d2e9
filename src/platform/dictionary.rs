//! The dictionaries of a text search configuration: which lexemes Postgres makes of a word.

use std::ffi::{CStr, CString};

use pgrx::pg_sys;

use super::error::{Result, internal};

/// A token type of Postgres's parser, by which a configuration chooses dictionaries.
#[derive(Clone, Copy)]
enum TokenType {
    AsciiWord = 1,
    Word = 2,
}

/// A text search configuration that Postgres ships.
pub struct Dictionaries {
    /// None for `simple`, which leaves words as they are.
    configuration: Option<pg_sys::Oid>,
}

impl Dictionaries {
    pub fn of(language: &str) -> Result<Dictionaries> {
        if language == "simple" {
            return Ok(Dictionaries { configuration: None });
        }
        let name = CString::new(format!("pg_catalog.{language}"))
            .map_err(|problem| internal(&problem.to_string()))?;
        let argument = Some(pg_sys::Datum::from(name.as_ptr()));
        // SAFETY: regconfigin takes a NUL-terminated text, and errors if there is no such
        // configuration.
        let oid: Option<pg_sys::Oid> =
            unsafe { pgrx::direct_function_call(pg_sys::regconfigin, &[argument]) };
        Ok(Dictionaries { configuration: oid })
    }

    pub fn are_none(&self) -> bool {
        self.configuration.is_none()
    }

    /// The lexemes of a word in lower case, usually one; none of a stop word.
    pub fn lexemes(&self, word: &str) -> Vec<String> {
        let Some(configuration) = self.configuration else { return vec![word.to_owned()] };
        let token_type = if word.is_ascii() { TokenType::AsciiWord } else { TokenType::Word };
        // SAFETY: the configuration exists, as the caller's transaction sees it.
        unsafe { lexize(configuration, token_type, word) }
    }
}

/// Asks the dictionaries of a token type in their order, as Postgres does, until one knows the
/// word.
///
/// # Safety
/// The configuration must exist.
unsafe fn lexize(configuration: pg_sys::Oid, token_type: TokenType, word: &str) -> Vec<String> {
    // SAFETY: the cache has an entry for each configuration, or errors. Its map has `lenmap` lists.
    // A dictionary's lexize function takes its data, a text with its length, and a state that only
    // thesauri use; it returns NULL for an unknown word, or an array that ends with a NULL lexeme.
    unsafe {
        let configuration = &*pg_sys::lookup_ts_config_cache(configuration);
        let position = token_type as usize;
        if position >= configuration.lenmap as usize {
            return Vec::new();
        }
        let list = *configuration.map.add(position);
        for n in 0..list.len as usize {
            let dictionary = pg_sys::lookup_ts_dictionary_cache(*list.dictIds.add(n));
            let mut state = pg_sys::DictSubState::default();
            let found = pg_sys::FunctionCall4Coll(
                &raw mut (*dictionary).lexize,
                pg_sys::InvalidOid,
                pg_sys::Datum::from((*dictionary).dictData),
                pg_sys::Datum::from(word.as_ptr()),
                pg_sys::Datum::from(word.len() as i32),
                pg_sys::Datum::from(&raw mut state),
            );
            if found.is_null() {
                continue;
            }
            return take_lexemes(found.cast_mut_ptr());
        }
        Vec::new()
    }
}

/// Copies the lexemes of a dictionary's answer, and frees it.
///
/// # Safety
/// The array ends with a NULL lexeme.
unsafe fn take_lexemes(found: *mut pg_sys::TSLexeme) -> Vec<String> {
    let mut lexemes = Vec::new();
    // SAFETY: as required of the caller; each lexeme ends with NUL and was allocated by palloc.
    unsafe {
        let mut next = found;
        while !(*next).lexeme.is_null() {
            lexemes.push(CStr::from_ptr((*next).lexeme).to_string_lossy().into_owned());
            pg_sys::pfree((*next).lexeme.cast());
            next = next.add(1);
        }
        pg_sys::pfree(found.cast());
    }
    lexemes
}
