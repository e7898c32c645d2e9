// CREATE EXTENSION on a table auth.users that somebody made for their own sign-up service.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createEmptyDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';

/** A database whose auth.users has these columns. It is dropped after the tests. */
async function databaseWith(columns) {
  const db = await createEmptyDatabase();
  after(() => db.drop());
  await db.sql(`create schema auth; create table auth.users (${columns})`);
  return db;
}

test('columns that helpdesk needs are added; people who signed up before get a profile', async () => {
  const db = await databaseWith('id uuid primary key default gen_random_uuid(), email varchar(320) unique');
  await db.sql(`insert into auth.users (email) values ('early@example.com')`);
  await db.createExtension();
  await db.sql(`insert into auth.users (email, raw_user_meta_data) values ('late@example.com', '{"name": "Late"}')`);
  await db.sql(`update auth.users set email_confirmed_at = now() where email = 'late@example.com'`);
  const profiles = await db.sql('select name, email, email_is_confirmed from helpdesk.profiles order by email');
  assert.deepEqual(profiles, [
    { name: 'early@example.com', email: 'early@example.com', email_is_confirmed: false },
    { name: 'Late', email: 'late@example.com', email_is_confirmed: true },
  ]);
  await db.sql('delete from auth.users');
  assert.equal(await db.value('select count(auth_id)::int from helpdesk.profiles'), 0);
});

const UNSUITABLE = [
  ['id uuid primary key', /lacks the columns email text/, /ADD COLUMN/],
  ['name text', /lacks the columns id uuid, email text/, /ADD COLUMN/],
  ['id bigint primary key, email text', /columns of auth\.users have types .*: id \(uuid\)/, /TYPE/],
  ['id uuid primary key, email text, email_confirmed_at boolean', /email_confirmed_at \(timestamp with time zone\)/, /TYPE/],
  ['id uuid primary key, email text, raw_user_meta_data json', /raw_user_meta_data \(jsonb\)/, /TYPE/],
  ['id uuid, email text', /auth\.users\.id is not unique/, /PRIMARY KEY/],
];

for (const [columns, message, hint] of UNSUITABLE) {
  test(`a table auth.users (${columns}) is refused with a hint`, async () => {
    const db = await databaseWith(columns);
    const error = await expectError('55000', db.createExtension());
    assert.match(error.message, message);
    assert.match(error.hint, hint);
    assert.equal(error.detail, 'missing_prerequisite');
  });
}
