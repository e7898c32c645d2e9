// Texts and queries that nobody types, in every script, from a seed.

import { Random } from '../support/random.js';

/** First and last characters of scripts and other ranges, some of which grow when normalized. */
const RANGES = [
  'az',
  'AZ',
  '09',
  '\u00c0\u024f',
  '\u0370\u03ff',
  '\u0400\u052f',
  '\u0531\u058f',
  '\u0591\u05f4',
  '\u0600\u06ff',
  '\u0700\u074f',
  '\u0900\u097f',
  '\u0980\u09ff',
  '\u0b80\u0bff',
  '\u0d80\u0dff',
  '\u0e01\u0e5b',
  '\u0e81\u0edf',
  '\u0f00\u0fd4',
  '\u1000\u109f',
  '\u10a0\u10ff',
  '\u1100\u11ff',
  '\u1200\u137f',
  '\u1780\u17ff',
  '\u1800\u18aa',
  '\u1c90\u1cbf',
  '\u1e00\u1fff',
  '\u2000\u206f',
  '\u2070\u2138',
  '\u2460\u24ff',
  '\u3040\u30ff',
  '\u3300\u33ff',
  '\u4e00\u9fff',
  '\uac00\ud7a3',
  '\ue000\ue0ff',
  '\ufb00\ufb4f',
  '\ufdf0\ufdff',
  '\ufe70\ufefc',
  '\uff01\uffee',
  '\u{10400}\u{1044f}',
  '\u{1d400}\u{1d7ff}',
  '\u{1f300}\u{1f64f}',
  '\u{20000}\u{2a6df}',
  '\u{e0001}\u{e007f}',
].map((range) => [...range].map((character) => character.codePointAt(0)));

const SPECIAL = [
  ...'\u0001\u0002\u0003\u0009\u000a\u000d\u001f\u007f\u0085\u00a0\u00ad\u034f\u061c\u115f\u200b\u200c\u200d\u200e\u200f',
  ...'\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2069\u2800\u3000\u3164\ufe0f\ufeff\uffa0\ufffc\ufffd\ufffe\uffff',
  ...'\u0130\u0131\u0149\u017f\u01c4\u03c2\u0390\u1e9e\u1fb7\ufb03\ufdfa\u{1f1e6}\u{1f3fd}\u{10ffff}',
];

const OPERATORS = [
  ...[
    'or',
    'OR',
    '-',
    '--',
    '- ',
    '"',
    '""',
    '(',
    ')',
    ':',
    ':*',
    '*',
    '&',
    '|',
    '!',
    '<->',
    "'",
    '\\',
    '#',
    '[#',
    ']',
    '%',
    '_',
  ],
  ...[
    'status:',
    'status:open',
    '-status:',
    'status:closed,pending',
    '-status:open',
    'priority:urgent',
    'priority:low',
    'assignee:me',
  ],
  ...[
    'assignee:none',
    'assignee:',
    'assignee:ada',
    'requester:alice',
    '-requester:ada',
    'requester:"a b"',
    'stage:new',
    'workflow:support',
  ],
  ...[
    'tag:',
    'tag:"',
    'tag:office',
    'category:a',
    'in:',
    'in:comments',
    'in:title',
    'in:internal',
    '-in:tickets',
    'is:unassigned',
    '-is:assigned',
  ],
  ...[
    'is:answered',
    'number:5',
    '-number:1,2',
    'created:2020',
    'created:>2020',
    '-created:today',
    'updated:<2030',
    'created:*..2027-01-31',
  ],
  ...[
    'http://',
    'https://a/',
    'a@b.c',
    '.',
    '/',
    '@',
    '+49',
    '1-2-3',
    '1.2',
    '1/2',
    'a_b',
    'a.b.C',
    '<a>',
    '</a>',
    '<',
    '>',
    '{',
    '$1',
  ],
  ...['E-42', 'Re: [Acme #1]', 'ticket#1', '0x1F', '😀', '👩‍👩‍👧', '🇩🇪', 'ﷺ', 'ŉ', 'common', 'anc', 'ordinary', 'pri'],
];

const MARKS = [0x300, 0x36f];

function character(random, [first, last]) {
  const code = random.between(first, last);
  return code >= 0xd800 && code <= 0xdfff ? 'x' : String.fromCodePoint(code);
}

/** A few characters: a word of one script, something special, an operator, marks, or a mixture. */
function piece(random) {
  const many = (low, high, make) => Array.from({ length: random.between(low, high) }, make).join('');
  switch (random.below(8)) {
    case 0:
    case 1: {
      const range = random.pick(RANGES);
      return many(1, 12, () => character(random, range));
    }
    case 2:
      return many(1, 6, () => character(random, random.pick(RANGES)));
    case 3:
      return many(1, 4, () => random.pick(SPECIAL));
    case 4:
    case 5:
      return random.pick(OPERATORS);
    case 6:
      return character(random, random.pick(RANGES)) + many(1, 20, () => character(random, MARKS));
    default:
      return many(1, 14, () => random.pick([...'0123456789-./:,+()'])) + random.pick(['', 'A', '-B']);
  }
}

/** The first `length` characters of a text, counted as Postgres does. */
const shorten = (text, length) => [...text].slice(0, length).join('');

/** Texts of up to `length` characters: mixtures, or one piece again and again. */
export function* hostileTexts(seed, length) {
  const random = new Random(seed);
  for (;;) {
    if (random.chance(25)) {
      const unit = piece(random) + random.pick(['', '', ' ', '-', '/', '.']);
      yield shorten(unit.repeat(random.between(1, length)).slice(0, 2 * length), length);
    } else {
      let text = '';
      for (let pieces = random.between(1, random.chance(10) ? 400 : 12); pieces > 0; pieces--) {
        text += piece(random) + random.pick(['', ' ', ' ', ' ']);
      }
      yield shorten(text, length);
    }
  }
}
