// help(): what there is, with examples that run.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { ben } = await createTwoOrganizations(db);

const SYNTAX_OR_NAME = /^42(601|703|883|P01|704|725)$/;
const help = (session, topic) => session.query('select * from helpdesk.help($1)', [topic]).then(({ rows }) => rows);

test('the topics lead to every function, table and view, each with a sentence and an example', async () => {
  const session = await db.connect();
  const topics = await help(session, null);
  const entries = [];
  for (const topic of topics) entries.push(...(await help(session, topic.name)));
  const named = new Set(entries.map(({ name }) => name));
  const existing = await db.sql(
    `select proname as name from pg_proc where pronamespace = 'helpdesk'::regnamespace and prorettype <> 'trigger'::regtype
     union select relname from pg_class where relnamespace = 'helpdesk'::regnamespace and relkind in ('r', 'v')`,
  );
  assert.deepEqual(
    existing.map(({ name }) => name).filter((name) => !named.has(name)),
    [],
  );
  for (const { name, summary, example } of [...topics, ...entries]) {
    assert.match(summary ?? '', /^\S.*\S$/, name);
    assert.ok(!summary.includes('\n'), name);
    assert.match(example, /^(select|call) .*;$/, name);
  }
});

test('every example is a statement that the server understands', async () => {
  const session = await db.connect();
  const topics = await help(session, null);
  const values = {
    helpful: 'true',
    version: '1',
    file_size: '1',
    reporting_since: '2026-01-01',
    user_ids: '{}',
    stage_ids: '{}',
    ticket_ids: '{}',
    role: 'agent',
  };
  const wrong = [];
  for (const topic of topics) {
    for (const { name, example } of [topic, ...(await help(session, topic.name))]) {
      const text = example.replaceAll(/:'(\w+)'/g, (_, variable) => (variable in values ? `'${values[variable]}'` : 'null'));
      await session.query('begin');
      await session.query(`set local statement_timeout = '20s'`);
      await session.query(text).catch(({ code, message }) => {
        if (SYNTAX_OR_NAME.test(code)) wrong.push(`${name}: ${code} ${message}: ${text}`);
      });
      await session.query('rollback');
    }
  }
  assert.deepEqual(wrong, []);
});

test('the name of a function tells all about it, a word what has it, and nonsense is an error that lists the topics', async () => {
  const session = await db.connect();
  const [create] = await help(session, 'helpdesk.CREATE_TICKET');
  assert.equal(create.name, 'create_ticket');
  assert.match(create.summary, /\nErrors: /);
  assert.match(create.example, /^select helpdesk\.create_ticket\(:'org_id', 'The printer/);
  assert.ok((await help(session, 'watch')).some(({ name }) => name === 'watch_queue'));
  for (const topic of ['xyzzy', 'x'.repeat(100_000)]) {
    await assert.rejects(help(session, topic), ({ code, detail, hint }) => {
      assert.deepEqual([code, detail], ['22023', 'unknown_topic']);
      assert.match(hint, /tickets, workflows\.$/);
      return true;
    });
  }
});

test('it lists what the caller may use', async () => {
  const names = async (session, topic) => (await help(session, topic)).map(({ name }) => name);
  const superuser = await db.connect();
  assert.ok((await names(superuser, 'install')).includes('migrate'));
  const agent = await db.signIn(ben);
  assert.ok((await names(agent, 'tickets')).includes('create_ticket'));
  assert.deepEqual(await names(agent, 'install'), ['help']);
  const anonymous = await db.connect('authenticator');
  await anonymous.query('set role anon');
  assert.ok((await names(anonymous, 'search')).includes('search_articles'));
  assert.ok(!(await names(anonymous, 'tickets').catch(() => [])).includes('create_ticket'));
});
