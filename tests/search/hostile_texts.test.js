// Whatever somebody writes is indexed in bounded time and space, and does not err.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';
import { hostileTexts } from './hostile_text.js';

const SEED = Number(process.env.SEARCH_SEED ?? 1);
const RANDOM_TEXTS = 15;
const MAX_TEXT = 100_000;
/** Ordinary text of the same length takes a tenth of it. */
const STATEMENT_TIMEOUT = '10s';
/** Postgres stores at most 1 MB of lexemes in a tsvector. */
const MAX_LEXEMES = 1_048_576;

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ada } = await createTwoOrganizations(db);

/** `length` characters of a text, again and again. */
const fill = (text, length = MAX_TEXT) => [...text.repeat(Math.ceil(length / [...text].length))].slice(0, length).join('');

/** Different words of three characters from `first` on. */
const words = (first, count, separator) =>
  Array.from({ length: count }, (_, n) =>
    [n % 40, Math.floor(n / 40) % 40, Math.floor(n / 1600) % 40].map((at) => String.fromCodePoint(first + at)).join(''),
  ).join(separator);

const TEXTS = {
  'no space': fill('x'),
  'no space, four bytes a character': fill('\u{20000}'),
  'combining marks on one letter': `a${fill('\u0301', MAX_TEXT - 1)}`,
  'combining marks in the wrong order': `a${fill('\u0301\u0323\u031b\u0345\u0f71', MAX_TEXT - 1)}`,
  'combining marks alone': `x ${fill('\u0300', MAX_TEXT - 2)}`,
  'a ligature of eighteen letters': fill('\ufdfa'),
  'letters that grow in lower case': fill('\u0130'),
  'Chinese without spaces': fill('打印机无法连接到网络请尽快处理'),
  'Japanese without spaces': fill('プリンターの電源が入らないので交換してください'),
  'Thai without spaces': fill('เครื่องพิมพ์ไม่ทำงานตั้งแต่เมื่อวาน'),
  'Thai vowels only': fill('า'),
  'Khmer without spaces': fill('ម៉ាស៊ីនបោះពុម្ពមិនដំណើរការទេ'),
  'Burmese without spaces': fill('ပရင်တာအလုပ်မလုပ်ပါ'),
  'Lao without spaces': fill('ເຄື່ອງພິມບໍ່ເຮັດວຽກ'),
  'emoji joined to one family': fill('👩\u200d'),
  'regional indicators': fill('🇩'),
  'changes of direction': fill('\u202ea\u202db\u2066'),
  'a host of many names': fill('a.'),
  'a path of many folders': fill('/a'),
  'a link that never ends': `https://${fill('a.b/c?d=', MAX_TEXT - 8)}`,
  'addresses without spaces': fill('a@b.c,'),
  'a code of many parts': fill('1-'),
  'one long number': fill('7'),
  'phone numbers in a row': fill('+49 30 123 '),
  'an underscored name of many parts': fill('a_'),
  'opened angle brackets': fill('<'),
  'nested tags': fill('<a>'),
  'unclosed tags': fill('<a b='),
  'quotes and backslashes': fill(`'"\\`),
  'words of Deseret, all different': fill(words(0x10428, 33_000, ' ')),
  'words of Greek joined by hyphens, all different': fill(words(0x3b1, 33_000, '-')),
  'syllables of Hangul, all different': fill(words(0xac00, 33_000, ' ')),
  'decomposed Hangul': fill('\u1112\u1161\u11ab'),
  'control characters': fill('a\u0001\u001f\u007f'),
};

/**
 * Writes a text as a ticket, a comment and an article, and calls `work`. Everything is rolled back.
 */
async function write(text, work = () => {}) {
  const session = await db.connect();
  await session.query(`begin; set local statement_timeout = '${STATEMENT_TIMEOUT}'; set local role authenticated`);
  await session.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify({ sub: ada.login })]);
  try {
    const ticket = await openTicket(session, acme, fill(text, 500), { description: text });
    await session.query('select helpdesk.add_comment($1, $2)', [ticket, text]);
    await session.query('update helpdesk.ticket_comments set content = $2 where ticket_id = $1', [ticket, fill(`${text}!`)]);
    await session.query(
      `insert into helpdesk.articles (org_id, title, content, visibility, status) values ($1, $2, $3, 'public', 'published')`,
      [acme, fill(text, 500), fill(text, 500_000)],
    );
    await work(session, ticket);
  } finally {
    await session.query('rollback');
    await db.disconnect(session);
  }
}

for (const [name, text] of Object.entries(TEXTS)) {
  test(`${name}: written and indexed`, () =>
    write(text, async (session) => {
      await session.query('reset role');
      const { rows } = await session.query('select max(octet_length(lexemes::text)) as size from helpdesk.search_documents');
      assert.ok(rows[0].size < 3 * MAX_LEXEMES, `${rows[0].size} bytes`);
    }));

  test(`${name}: searched for, and articles suggested`, () =>
    write(text, async (session, ticket) => {
      await session.query('select helpdesk.suggest_articles($1)', [ticket]);
      for (const length of [2000, 40]) await session.query('select helpdesk.search($1, left($2, $3))', [acme, text, length]);
    }));
}

test(`${RANDOM_TEXTS} random texts are written and indexed (seed ${SEED})`, async () => {
  const texts = hostileTexts(SEED, MAX_TEXT - 2);
  for (let n = 0; n < RANDOM_TEXTS; n++) {
    // Begins with a letter, because a text without anything to see is refused.
    const text = `x ${texts.next().value}`;
    await write(text).catch(({ code, message }) => assert.fail(`${code} ${message}: ${JSON.stringify(text.slice(0, 80))}`));
  }
});
