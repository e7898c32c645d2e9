// What to know of an error: the word that helpdesk gives it.

import { type ErrorWord, SQLSTATES } from './errors.js';

/** An error of helpdesk as PostgREST returns it: `details` is its word. */
export interface HelpdeskError<Word extends ErrorWord = ErrorWord> {
  /** The SQLSTATE. */
  code: (typeof SQLSTATES)[Word];
  /** For programs: it never changes its meaning. */
  details: Word;
  /** For developers. */
  message: string;
  /** What is allowed, for developers. */
  hint: string | null;
}

/**
 * The word of an error: of one that supabase-js or PostgREST returns, or of one that is thrown.
 * Undefined for errors that PostgREST or Postgres raises itself, and for everything else.
 */
export function errorWord(error: unknown): ErrorWord | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, details } = error as { code?: unknown; details?: unknown };
  return isWord(details) && SQLSTATES[details] === code ? details : undefined;
}

/** Whether an error is one of helpdesk's, or one with one of these words. */
export function isHelpdeskError<Word extends ErrorWord = ErrorWord>(
  error: unknown,
  ...words: Word[]
): error is HelpdeskError<Word> {
  const word = errorWord(error);
  return word !== undefined && (words.length === 0 || (words as ErrorWord[]).includes(word));
}

function isWord(details: unknown): details is ErrorWord {
  return typeof details === 'string' && Object.hasOwn(SQLSTATES, details);
}
