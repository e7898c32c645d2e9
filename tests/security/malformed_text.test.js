// Invalid bytes, other encodings, edge values and arguments of 10 MB are refused properly or stored
// unchanged.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { callOf, functionsFor, keysOf, sensibleArguments } from '../support/api_catalog.js';
import { attempt, inRolledBackTransaction, sqlstateOf } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { allRowsOf, createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme } = await createTwoTenants(db);
const before = await allRowsOf(db, acme);
const functions = await functionsFor(db);
const argumentsOf = (...types) =>
  functions.flatMap((fn) =>
    fn.args.filter(({ type }) => types.includes(type)).map((arg) => ({ fn, arg, good: sensibleArguments(fn, acme) })),
  );

const NO_TEXT = {
  'a NUL': [0x61, 0x00, 0x62],
  'a NUL at the end': [0x61, 0x00],
  'a byte that is invalid in UTF-8': [0xff],
  'a truncated sequence': [0x61, 0xe2, 0x82],
  'a lone continuation byte': [0x80],
  'an invalid continuation byte': [0xc3, 0x28],
  'an overlong quote': [0xc0, 0xa7],
  'an overlong NUL': [0xc0, 0x80],
  'half a surrogate pair': [0xed, 0xa0, 0x80],
  'a code point beyond the last': [0xf4, 0x90, 0x80, 0x80],
};

for (const [name, bytes] of Object.entries(NO_TEXT)) {
  test(`${name} is refused in every text and JSON argument`, async () => {
    const session = await db.connect();
    await inRolledBackTransaction(session, acme.admin, async ({ attemptAndUndo }) => {
      for (const { fn, arg, good } of argumentsOf('text', 'jsonb')) {
        // A Buffer is sent in binary format; jsonb begins with a version byte.
        const json = [Buffer.from([1]), Buffer.from('{"title": "'), Buffer.from(bytes), Buffer.from('"}')];
        const [text, values] = callOf(fn, { ...good, [arg.name]: 'to be replaced' });
        const sent = arg.type === 'jsonb' ? Buffer.concat(json) : Buffer.from(bytes);
        const outcome = await attemptAndUndo(
          text,
          values.map((value) => (value === 'to be replaced' ? sent : value)),
        );
        assert.match(sqlstateOf(outcome), /^(22021|22P02)$/, `${fn.name}.${arg.name}`);
      }
    });
    await db.disconnect(session);
  });
}

test('escaped NULs and unpaired surrogates in JSON are refused', async () => {
  const session = await db.connect();
  await inRolledBackTransaction(session, acme.admin, async ({ attemptAndUndo }) => {
    for (const { fn, arg, good } of argumentsOf('jsonb')) {
      for (const escaped of ['\\u0000', 'a\\u0000b', '\\ud800', '\\udc00x', '\\ud800\\ud800', '\\uD83D']) {
        for (const json of [`{"title": "${escaped}"}`, `{"${escaped}": 1}`, `{"search": "${escaped}"}`, `"${escaped}"`]) {
          const outcome = await attemptAndUndo(...callOf(fn, { ...good, [arg.name]: json }));
          assert.match(sqlstateOf(outcome), /^(22P05|22P02)$/, `${fn.name}.${arg.name}: ${json}`);
        }
      }
    }
  });
  await db.disconnect(session);
});

/** White space, control characters and other invisible characters. */
const INVISIBLE = [
  ...Array.from({ length: 0x20 }, (_, i) => String.fromCharCode(i + 1)),
  ...'\u007f\u0080\u0085\u009f\u00a0\u00ad\u061c\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009',
  ...'\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\u{e0001}',
];

test('invisible characters are refused or stored: functions accept nothing that constraints refuse', async () => {
  const session = await db.connect();
  await inRolledBackTransaction(session, acme.admin, async ({ attemptAndUndo }) => {
    for (const { fn, arg, good } of argumentsOf('text')) {
      for (const [i, character] of INVISIBLE.entries()) {
        for (const text of i % 4 === 0 ? [character, `a${character}@b`] : [character]) {
          const code = sqlstateOf(await attemptAndUndo(...callOf(fn, { ...good, [arg.name]: text })));
          assert.match(code, /^(ok|22023|42501|23000|23505)$/, `${fn.name}.${arg.name} ${JSON.stringify(text)}`);
        }
      }
    }
  });
  await db.disconnect(session);
});

test('blank text is refused by the tables too, independent of the locale', async () => {
  const WHITE = [' ', '\t\n', '\u0085', '\u00a0', '\u1680', '\u2007', '\u2028', '\u202f', '\u3000', ' \u00a0 '];
  const WITHOUT_GLYPH = ['\u00ad', '\u200b', '\ufeff', '\u2800', '\u3164', '\u202e', '\u{e0001}', ' \u200d '];
  const SEEN = ['x', 'x\u200b', ' x\u00a0', '\u0e01\u0e33'];
  const { ticket, workflow, article } = acme.ids;
  const inserts = {
    'tickets.title': ['insert into helpdesk.tickets (org_id, title) values ($1, $2)', [acme.org]],
    'ticket_comments.content': [
      'insert into helpdesk.ticket_comments (org_id, content, ticket_id) values ($1, $2, $3)',
      [acme.org],
      [ticket],
    ],
    ...Object.fromEntries(
      ['file_name', 'file_type', 'storage_path'].map((column) => [
        `ticket_attachments.${column}`,
        [
          `insert into helpdesk.ticket_attachments (org_id, ticket_id, file_size, ${column}, ${['file_name', 'file_type', 'storage_path'].filter((other) => other !== column).join(', ')})
           values ($1, $3, 1, $2, 'a', 'b')`,
          [acme.org],
          [ticket],
        ],
      ]),
    ),
    'organizations.name': ['update helpdesk.organizations set name = $2 where id = $1', [acme.org]],
    'profiles.name': ['update helpdesk.profiles set name = $2 where id = $1', [acme.admin.profile]],
    'workflows.name': ['insert into helpdesk.workflows (org_id, name) values ($1, $2)', [acme.org]],
    'workflow_stages.name': [
      'insert into helpdesk.workflow_stages (org_id, name, workflow_id) values ($1, $2, $3)',
      [acme.org],
      [workflow],
    ],
    'categories.name': ['insert into helpdesk.categories (org_id, name) values ($1, $2)', [acme.org]],
    'articles.title': [`insert into helpdesk.articles (org_id, title, content) values ($1, $2, 'x')`, [acme.org]],
    'articles.content': [`insert into helpdesk.articles (org_id, content, title) values ($1, $2, 'x')`, [acme.org]],
    'article_feedback.comment': [
      'insert into helpdesk.article_feedback (org_id, comment, article_id, helpful) values ($1, $2, $3, true)',
      [acme.org],
      [article],
    ],
  };
  const session = await db.connect();
  await inRolledBackTransaction(session, acme.admin, async ({ attemptAndUndo }) => {
    for (const [column, [text, before, after = []]] of Object.entries(inserts)) {
      // An empty file type becomes application/octet-stream.
      const blank = [...(column.endsWith('file_type') ? [] : ['']), ...WHITE, ...WITHOUT_GLYPH];
      for (const value of blank)
        assert.match(
          sqlstateOf(await attemptAndUndo(text, [...before, value, ...after])),
          /^(22023|23514)$/,
          `${column} ${JSON.stringify(value)}`,
        );
      // Storage paths have additional rules.
      if (!column.endsWith('storage_path')) {
        for (const value of SEEN)
          assert.equal(
            sqlstateOf(await attemptAndUndo(text, [...before, value, ...after])),
            'ok',
            `${column} ${JSON.stringify(value)}`,
          );
      }
    }
  });
  await db.disconnect(session);
});

/** Client encodings with bytes in which a quote or a backslash is part of a character. */
const ENCODED = [
  ['SJIS', [0x83, 0x5c, 0x27, 0x20, 0x6f, 0x72]],
  ['SJIS', [0x95, 0x5c, 0x5c, 0x27]],
  ['BIG5', [0xa5, 0x5c, 0x27, 0x20, 0x6f, 0x72]],
  ['GBK', [0xbf, 0x5c, 0x27, 0x20, 0x6f, 0x72]],
  ['GBK', [0xbf, 0x27]],
  ['GB18030', [0x81, 0x30, 0x81, 0x30]],
  ['EUC_KR', [0xb0, 0xa1, 0x27]],
  ['UHC', [0x81, 0x41, 0x27]],
  ['JOHAB', [0x84, 0x5c, 0x27]],
  ['LATIN1', [0xe9, 0x27, 0x22, 0x5c]],
  ['WIN1252', [0x91, 0x92, 0x27]],
  ['SQL_ASCII', [0xc3, 0xa9, 0x27]],
];

test('text in other client encodings is stored as the same characters or refused', async () => {
  let stored = 0;
  for (const [encoding, bytes] of ENCODED) {
    const session = await db.connect();
    await inRolledBackTransaction(session, acme.admin, async ({ asSuperuser }) => {
      await session.query(`set local client_encoding = '${encoding}'`);
      const text = Buffer.concat([Buffer.from('x'), Buffer.from(bytes)]);
      const outcome = await attempt(session, 'select helpdesk.add_comment($1, $2::text) as id', [acme.ids.ticket, text]);
      if (outcome.error) return assert.match(outcome.error.code, /^(22021|22P05)$/, `${encoding} ${bytes}`);
      const { rows } = await asSuperuser(() =>
        session.query(
          encoding === 'SQL_ASCII'
            ? 'select content = $2::text as is_same from helpdesk.ticket_comments where id = $1'
            : `select content = convert_from($2::bytea, '${encoding}') as is_same from helpdesk.ticket_comments where id = $1`,
          [outcome.rows[0].id, text],
        ),
      );
      assert.deepEqual(rows, [{ is_same: true }], `${encoding} ${bytes}`);
      stored++;
    });
    await db.disconnect(session);
  }
  assert.ok(stored > 3, `${stored} stored`);
});

const EDGES = [
  ...[
    '9223372036854775807',
    '9223372036854775808',
    '-9223372036854775808',
    '1e308',
    '1e309',
    '-0',
    '0.1',
    '1e-400',
    'true',
    '{}',
    '[]',
    '[[]]',
  ],
  ...[
    '9999-12-31T23:59:59.999999999Z',
    '+262143-01-01T00:00:00Z',
    '-262143-01-01T00:00:00Z',
    '294277-01-01T00:00:00Z',
    '-4713-01-01T00:00:00Z',
  ],
  ...[
    '2016-12-31T23:59:60Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00+99:99',
    '2026-01-01T00:00:00-23:59',
    '0000-00-00T00:00:00Z',
  ],
  ...[
    '{"sort":"-updatedAt","priority":null,"time":9223372036854775807,"id":"ID"}',
    '{"sort":"-updatedAt","priority":null,"time":-9223372036854775808,"id":"ID"}',
    '{"sort":"-updatedAt","priority":null,"time":9223371331200000000,"id":"ID"}',
    '{"sort":"-updatedAt","priority":null,"time":0,"id":""}',
    '{"sort":"-updatedAt","priority":"urgent","time":0,"id":"ID"}',
    '{"sort":"-priority","priority":"urgent","time":0,"id":"ID"}',
    '{"sort":"-priority","priority":null,"time":0,"id":"ID"}',
    '{"sort":"-updatedAt","priority":null,"time":0,"id":"ID","more":"ID"}',
    '{"sort":"-updatedAt","priority":null,"time":00000000000000000000000000000,"id":"ID"}',
  ],
  ...[
    '{"sort":"-updatedAt","time":9223372036854775807,"title":"","id":"ID"}',
    '{"sort":"-updatedAt","time":-9223372036854775808,"title":"x","id":"ID"}',
    '{"scan":"index","phase":"all","before":"ID","after":[9223372036854775807,"ID"]}',
    '{"scan":"recent","phase":"prefix","before":null,"after":[-9223372036854775808,"ID"]}',
    '{"scan":"index","phase":"exact","before":"ID","after":[0]}',
    '...',
  ],
  ...[
    'infinity',
    '-infinity',
    'epoch',
    'now',
    '#9223372036854775807',
    '#',
    '##',
    '#-1',
    '00000000-0000-0000-0000-000000000000',
    '{ID}',
    'urn:uuid:ID',
  ],
];

test('edge values are refused properly or accepted, in every JSON key', async () => {
  const session = await db.connect();
  await inRolledBackTransaction(session, acme.admin, async ({ attemptAndUndo }) => {
    for (const { fn, arg, good } of argumentsOf('jsonb')) {
      await session.query('savepoint keys');
      const keys = await keysOf(session, fn, arg.name, good).finally(() => session.query('rollback to keys'));
      for (const [i, key] of keys.entries()) {
        // Every key gets a third of the values.
        for (const edge of EDGES.filter((_, j) => (i + j) % 3 === 0).map((text) => text.replaceAll('ID', acme.ids.ticket))) {
          // As a string, and as a number, array or object where it is one.
          for (const json of [JSON.stringify(edge), edge].filter(isJson)) {
            const code = sqlstateOf(await attemptAndUndo(...callOf(fn, { ...good, [arg.name]: `{"${key}": ${json}}` })));
            assert.match(code, /^(ok|22023|42501|23000|23505)$/, `${fn.name} ${key}: ${json}`);
          }
        }
      }
    }
  });
  await db.disconnect(session);
});

function isJson(text) {
  try {
    JSON.parse(text);
    return text !== '1e309'; // Valid in Postgres, as a number of 310 digits.
  } catch {
    return false;
  }
}

const MEGABYTE = 1_000_000;
const huge = 'x'.repeat(10 * MEGABYTE);

/** The call succeeds or is refused properly, with an error that does not repeat its input. */
async function assertHandled(attemptAndUndo, fn, args, what) {
  const { error } = await attemptAndUndo(...callOf(fn, args));
  if (!error) return;
  assert.match(error.code, /^(22023|42501|23000|23505|54000|54001|22P02)$/, what);
  const length = [error.message, error.detail, error.hint].join('').length;
  assert.ok(length < 2000, `${what}: an error of ${length} characters`);
}

test('10 MB in any text argument is refused or handled', async () => {
  const session = await db.connect();
  await inRolledBackTransaction(session, acme.admin, async ({ attemptAndUndo }) => {
    for (const { fn, arg, good } of argumentsOf('text')) {
      await assertHandled(attemptAndUndo, fn, { ...good, [arg.name]: huge }, `${fn.name}.${arg.name}`);
    }
  });
});

test('10 MB in any JSON argument is refused or handled: value, key, many keys, list, nesting', async () => {
  const session = await db.connect();
  const list = JSON.stringify(new Array(5_000).fill(acme.ids.stage));
  const many = JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key number ${i}`, 'x'])));
  await inRolledBackTransaction(session, acme.admin, async ({ attemptAndUndo }) => {
    for (const { fn, arg, good } of argumentsOf('jsonb')) {
      await session.query('savepoint keys');
      const keys = await keysOf(session, fn, arg.name, good).finally(() => session.query('rollback to keys'));
      for (const json of [
        ...keys.map((key) => `{"${key}": "${huge.slice(0, MEGABYTE / 10)}"}`),
        `{"${keys[0]}": "${huge}"}`,
        `{"${huge}": 1}`,
        many,
        list,
        ...keys.slice(0, 3).map((key) => `{"${key}": ${list}}`),
        `{"${keys[0]}": ${'['.repeat(5000)}${']'.repeat(5000)}}`,
        `{"${keys[0]}": ${'9'.repeat(100_000)}}`,
      ]) {
        await assertHandled(attemptAndUndo, fn, { ...good, [arg.name]: json }, `${fn.name}.${arg.name}: ${json.slice(0, 40)}`);
      }
    }
  });
});

test('10 MB of ids or oddly shaped arrays in any list are refused or handled', async () => {
  const session = await db.connect();
  const id = acme.ids.ticket;
  await inRolledBackTransaction(session, acme.admin, async ({ attemptAndUndo }) => {
    for (const { fn, arg, good } of argumentsOf('uuid[]')) {
      for (const list of [new Array(250_000).fill(id), [], [null], [[id], [id]], '[5:6]={NULL,NULL}', `[-1:0]={${id},${id}}`]) {
        const code = sqlstateOf(await attemptAndUndo(...callOf(fn, { ...good, [arg.name]: list })));
        assert.match(code, /^(ok|22004|22023)$/, `${fn.name}.${arg.name}: ${String(list).slice(0, 40)}`);
      }
    }
  });
});

test('claims of 10 MB are handled', async () => {
  const session = await db.connect();
  for (const claims of [{ sub: acme.customer.login, x: huge }, { sub: huge }]) {
    await inRolledBackTransaction(session, { role: 'authenticated', claims }, async ({ attempt }) => {
      const { rows } = await attempt('select helpdesk.my_profile_id() as me');
      assert.equal(rows[0].me, claims.x ? acme.customer.profile : null);
    });
  }
});

test('none of the attempts above wrote anything', async () => {
  assert.deepEqual(await allRowsOf(db, acme), before);
});
