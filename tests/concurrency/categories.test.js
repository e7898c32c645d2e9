// Categories moved, renamed and deleted by several sessions at once.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ada, ben } = await createTwoOrganizations(db);

async function categories(...names) {
  const ids = {};
  for (const name of names) {
    ids[name] = await db.value('insert into helpdesk.categories (org_id, name) values ($1, $2) returning id', [acme, name]);
  }
  return ids;
}

const move = (session, id, parent) => session.query('update helpdesk.categories set parent_id = $2 where id = $1', [id, parent]);

const ROOTLESS = `
  with recursive reached as (
    select id from helpdesk.categories where parent_id is null
    union select c.id from helpdesk.categories c join reached r on c.parent_id = r.id)
  select count(*)::int from helpdesk.categories where id not in (select id from reached)`;

for (const isolation of ['read committed', 'repeatable read', 'serializable']) {
  test(`two categories moved below each other, ${isolation}: one move is refused, no cycle`, async () => {
    const [left, right] = Object.values(await categories(`a ${isolation}`, `b ${isolation}`));
    const [first, second] = [await db.signIn(ada), await db.signIn(ben)];
    await first.query(`begin isolation level ${isolation}`);
    await second.query(`begin isolation level ${isolation}`);
    await second.query('select from helpdesk.categories');
    await move(first, left, right);
    const refused = assert.rejects(move(second, right, left), ({ code }) => ['22023', '40001', '40P01'].includes(code));
    await db.waitUntilBlocked(second);
    await first.query('commit');
    await refused;
    await second.query('rollback');
    assert.equal(await db.value(ROOTLESS), 0);
  });
}

test('a category is deleted while another session adds one below it: no deadlock', async () => {
  const { Parent: parent } = await categories('Parent');
  const [first, second] = [await db.signIn(ada), await db.signIn(ben)];
  await first.query('begin');
  await first.query('insert into helpdesk.categories (org_id, name, parent_id) values ($1, $2, $3)', [acme, 'Child', parent]);
  const deleted = second.query('delete from helpdesk.categories where id = $1', [parent]);
  await db.waitUntilBlocked(second);
  await first.query('commit');
  await deleted;
  assert.equal(await db.value(`select parent_id from helpdesk.categories where name = 'Child'`), null);
});

test('a category and the one above it are deleted one after the other: no deadlock', async () => {
  const ids = await categories('Top', 'Middle', 'Bottom');
  await db.sql('update helpdesk.categories set parent_id = $2 where id = $1', [ids.Middle, ids.Top]);
  await db.sql('update helpdesk.categories set parent_id = $2 where id = $1', [ids.Bottom, ids.Middle]);
  const [first, second] = [await db.signIn(ada), await db.signIn(ben)];
  await first.query('begin');
  await first.query('delete from helpdesk.categories where id = $1', [ids.Middle]);
  const deleted = second.query('delete from helpdesk.categories where id = $1', [ids.Top]);
  await db.waitUntilBlocked(second);
  await first.query('commit');
  await deleted;
  assert.equal(await db.value('select parent_id from helpdesk.categories where id = $1', [ids.Bottom]), null);
});

test('eight sessions moving categories at random never create a cycle', async () => {
  const names = Array.from({ length: 8 }, (_, n) => `node ${n}`);
  const ids = Object.values(await categories(...names));
  const sessions = await Promise.all(names.map((_, n) => db.signIn(n % 2 ? ada : ben)));
  const outcomes = {};
  await Promise.all(
    sessions.map(async (session, n) => {
      for (let i = 0; i < 40; i++) {
        const [child, parent] = [ids[(n * 7 + i * 3) % 8], ids[(n + i * 5) % 8]];
        const outcome = await move(session, child, i % 6 === 5 ? null : parent).then(
          () => 'moved',
          ({ code }) => code,
        );
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
    }),
  );
  assert.ok(outcomes.moved > 0 && outcomes['22023'] > 0, JSON.stringify(outcomes));
  assert.deepEqual(
    Object.keys(outcomes).filter((code) => !['moved', '22023', '40P01'].includes(code)),
    [],
  );
  assert.equal(await db.value(ROOTLESS), 0);
});

const article = (session, categories) =>
  session.query(
    `insert into helpdesk.articles (org_id, title, content, categories) values ($1, 'Which?', 'x', $2) returning id`,
    [acme, categories],
  );
const namesOf = (id) => db.value('select categories from helpdesk.articles where id = $1', [id]);

test('an article written during the rename or deletion of its category keeps no stale name', async () => {
  const [writer, admin] = [await db.signIn(ben), await db.signIn(ada)];
  for (const [change, expected] of [
    [`update helpdesk.categories set name = 'Later' where name = 'Early'`, ['Later']],
    [`delete from helpdesk.categories where name = 'Early'`, []],
  ]) {
    await categories('Early');
    // The article comes first.
    await writer.query('begin');
    const { rows } = await article(writer, ['Early']);
    const waiting = admin.query(change);
    await db.waitUntilBlocked(admin);
    await writer.query('commit');
    await waiting;
    assert.deepEqual(await namesOf(rows[0].id), expected);
    await db.sql(`delete from helpdesk.categories where name = 'Later'`);
    // The category comes first.
    await categories('Early');
    await admin.query('begin');
    await admin.query(change);
    const refused = expectError('22023', article(writer, ['Early']));
    await db.waitUntilBlocked(writer);
    await admin.query('commit');
    await refused;
    await db.sql(`delete from helpdesk.categories where name = 'Later'`);
  }
});

for (const isolation of ['read committed', 'repeatable read']) {
  test(`two categories of one name renamed or deleted at once, ${isolation}: no stale name in articles`, async () => {
    const [first, second] = [await db.signIn(ada), await db.signIn(ben)];
    const rename = (id, name) => [`update helpdesk.categories set name = $2 where id = $1`, [id, name]];
    const remove = (id) => ['delete from helpdesk.categories where id = $1', [id]];
    const same = await categories('Above', 'Twin');
    for (const [one, other] of [
      [(id) => rename(id, 'Renamed'), (id) => rename(id, 'Another')],
      [remove, remove],
      [(id) => rename(id, 'Renamed'), remove],
      [remove, (id) => rename(id, 'Another')],
    ]) {
      const [a, b] = await db.sql(
        `insert into helpdesk.categories (org_id, name, parent_id)
         values ($1, 'Same', $2), ($1, 'Same', $3) returning id`,
        [acme, same.Above, same.Twin],
      );
      const { rows } = await article(first, ['Same']);
      await first.query(`begin isolation level ${isolation}`);
      await second.query(`begin isolation level ${isolation}`);
      await second.query('select from helpdesk.categories');
      await first.query(...one(a.id));
      const done = second.query(...other(b.id)).then(
        () => 'done',
        ({ code }) => code,
      );
      await db.waitUntilBlocked(second);
      await first.query('commit');
      assert.equal(await done, isolation === 'read committed' ? 'done' : '40001');
      await second.query(isolation === 'read committed' ? 'commit' : 'rollback');
      const names = await db.sql('select distinct name from helpdesk.categories');
      for (const name of await namesOf(rows[0].id))
        assert.ok(
          names.some((row) => row.name === name),
          name,
        );
      await db.sql('delete from helpdesk.categories where id = any ($1)', [[a.id, b.id]]);
    }
    await db.sql('delete from helpdesk.categories where id = any ($1)', [Object.values(same)]);
  });
}

test('concurrent feedback of many readers is counted exactly', async () => {
  const id = await db.value(
    `insert into helpdesk.articles (org_id, title, content, author, visibility, status)
     values ($1, 'Rated', 'x', $2, 'public', 'published') returning id`,
    [acme, ada.profile],
  );
  await db.sql(
    `insert into auth.users (id, email) select gen_random_uuid(), 'reader' || n || '@example.com' from generate_series(1, 40) n`,
  );
  const readers = await db.sql(`select auth_id as login from helpdesk.profiles where email like 'reader%'`);
  const sessions = await Promise.all(Array.from({ length: 8 }, () => db.connect('authenticator')));
  await Promise.all(
    sessions.map(async (session, n) => {
      await session.query('set role authenticated');
      for (const { login } of readers.slice(n * 5, n * 5 + 5)) {
        await session.query(`select set_config('request.jwt.claims', $1, false)`, [JSON.stringify({ sub: login })]);
        await session.query('select helpdesk.rate_article($1, true)', [id]);
        if (n % 2) await session.query('select helpdesk.rate_article($1, false)', [id]);
      }
    }),
  );
  assert.deepEqual(await db.sql('select helpful_count, unhelpful_count, version from helpdesk.articles where id = $1', [id]), [
    { helpful_count: 20, unhelpful_count: 20, version: 1 },
  ]);
});
