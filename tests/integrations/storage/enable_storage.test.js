// Files in Supabase Storage can be read by readers of the attachment and uploaded by those who see
// the ticket. A stand-in for the storage.objects table is accessed with a person's rights, as
// Supabase's service does.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../../support/database.js';
import { expectError } from '../../support/errors.js';
import { addMember, createTwoOrganizations, openTicket, signUp } from '../../support/organizations.js';

const STORAGE = `
  create schema storage;
  grant usage on schema storage to anon, authenticated, service_role;
  create table storage.buckets (id text primary key, name text not null);
  create table storage.objects (
    id uuid primary key default gen_random_uuid(),
    bucket_id text references storage.buckets,
    name text,
    owner uuid,
    created_at timestamptz default now(),
    metadata jsonb,
    unique (bucket_id, name)
  );
  alter table storage.objects enable row level security;
  grant all on storage.objects, storage.buckets to anon, authenticated, service_role;
  insert into storage.buckets values ('ticket-files', 'ticket-files'), ('avatars', 'avatars'), ('it''s "odd"', 'odd');
  create policy "avatars are public" on storage.objects for select to anon, authenticated using (bucket_id = 'avatars');`;

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, ada, ben, alice, dave, gina, hank, mallory } = await createTwoOrganizations(db);
const erin = await signUp(db, 'Erin');
await addMember(db, acme, erin, 'org_customer');
// Dave is a customer to whom tickets may be assigned.
await db.sql('update helpdesk.org_members set may_be_assigned = true where user_id = $1', [dave.profile]);
const people = { ada, ben, alice, dave, erin, gina, hank, mallory };

const ticket = await db.as(alice, (session) => openTicket(session, acme, 'With files'));
await db.sql('update helpdesk.tickets set assigned_to = $2 where id = $1', [ticket, dave.profile]);
const path = (name, where = ticket) => `${acme}/${where}/${name}`;

const policies = () =>
  db.sql(`select policyname, cmd, roles::text[], qual, with_check from pg_policies
           where schemaname = 'storage' order by policyname`);
const put = (session, bucket, name) =>
  session.query('insert into storage.objects (bucket_id, name) values ($1, $2)', [bucket, name]);
const attach = (person, name, isInternal) =>
  db.as(person, (session) =>
    session.query(`select helpdesk.add_attachment($1, $2, 'image/png', 1, $3, $4)`, [ticket, name, path(name), isInternal]),
  );

/** The names of the people who can read a file. */
async function readersOf(name, bucket = 'ticket-files') {
  const readers = [];
  for (const [person, who] of Object.entries(people)) {
    const found = await db.as(who, (session) =>
      session.query('select from storage.objects where bucket_id = $1 and name = $2', [bucket, name]),
    );
    if (found.rowCount) readers.push(person);
  }
  return readers;
}

test('without storage.objects, enable_storage() fails', async () => {
  const error = await expectError('55000', db.sql(`select helpdesk.enable_storage('ticket-files')`));
  assert.match(error.message, /storage\.objects/);
});

test('enable_storage() adds two policies, once', async () => {
  await db.sql(STORAGE);
  const before = await policies();
  await db.sql(`select helpdesk.enable_storage('ticket-files')`);
  const once = await policies();
  assert.deepEqual(once.map(({ cmd }) => cmd).sort(), ['INSERT', 'SELECT', 'SELECT']);
  assert.deepEqual(
    once.filter(({ policyname }) => policyname === before[0].policyname),
    before,
  );
  await db.sql(`select helpdesk.enable_storage('ticket-files')`);
  assert.deepEqual(await policies(), once);
});

test('a file can be read by readers of its attachment and by nobody else', async () => {
  for (const [name, author, isInternal] of [
    ['public.png', alice, false],
    ['by-agent.png', ben, false],
    ['internal.png', ben, true],
  ]) {
    await put(await db.connect(), 'ticket-files', path(name));
    await attach(author, name, isInternal);
  }
  assert.deepEqual(await readersOf(path('public.png')), ['ada', 'ben', 'alice', 'dave']);
  assert.deepEqual(await readersOf(path('by-agent.png')), ['ada', 'ben', 'alice', 'dave']);
  assert.deepEqual(await readersOf(path('internal.png')), ['ada', 'ben']);
});

test('readable files are exactly those of the attachments that a person sees', async () => {
  for (const who of Object.values(people)) {
    await db.as(who, async (session) => {
      const rows = await session.query('select storage_path as name from helpdesk.ticket_attachments order by 1');
      const files = await session.query(`select name from storage.objects where bucket_id = 'ticket-files' order by 1`);
      assert.deepEqual(files.rows, rows.rows, who.name);
    });
  }
});

test('nobody can read a file without an attachment', async () => {
  await put(await db.connect(), 'ticket-files', path('loose.png'));
  assert.deepEqual(await readersOf(path('loose.png')), []);
});

/** Uploads a file that Ben attaches; then `person` attaches the same file to a ticket of theirs. */
async function claimFile(name, isInternal, person, theirTicket) {
  await put(await db.connect(), 'ticket-files', path(name));
  await attach(ben, name, isInternal);
  await db.as(person, (session) =>
    session
      .query(`select helpdesk.add_attachment($1, 'x.png', 'image/png', 1, $2)`, [theirTicket, path(name)])
      // Being refused is fine too.
      .catch((error) => assert.ok(['22023', '23505', '42501'].includes(error.code), error)),
  );
}

test('attaching a file of another ticket does not give access to it', async () => {
  const erinsTicket = await db.as(erin, (session) => openTicket(session, acme, 'Nosy'));
  await claimFile('of-another-ticket.png', false, erin, erinsTicket);
  assert.deepEqual(await readersOf(path('of-another-ticket.png')), ['ada', 'ben', 'alice', 'dave']);
});

test('attaching a file of another organization does not give access to it', async () => {
  const mallorysTicket = await db.as(mallory, (session) => openTicket(session, globex, 'Nosy as well'));
  await claimFile('of-another-organization.png', false, mallory, mallorysTicket);
  assert.deepEqual(await readersOf(path('of-another-organization.png')), ['ada', 'ben', 'alice', 'dave']);
});

test('attaching an internal file again as public does not give access to it', async () => {
  await claimFile('really-internal.png', true, alice, ticket);
  assert.deepEqual(await readersOf(path('really-internal.png')), ['ada', 'ben']);
});

test('only people who see a ticket can upload files for it', async () => {
  for (const [name, who] of Object.entries(people)) {
    await db.as(who, async (session) => {
      const upload = put(session, 'ticket-files', path(`from-${name}.png`));
      if (['ada', 'ben', 'alice', 'dave'].includes(name)) await upload;
      else await expectError('42501', upload);
    });
  }
});

test('nobody can upload to other paths', async () => {
  const places = [
    'file.png',
    `${acme}/file.png`,
    `${acme}/${ticket}`,
    `${acme}/${ticket}/`,
    `/${acme}/${ticket}/file.png`,
    `${globex}/${ticket}/file.png`,
    `${ticket}/${acme}/file.png`,
    `x/${acme}/${ticket}/file.png`,
    path('file.png', acme),
    '',
    null,
  ];
  await db.as(ben, async (session) => {
    for (const place of places) await expectError('42501', put(session, 'ticket-files', place));
  });
});

test('nobody can leave the folder of the ticket', async () => {
  await db.as(alice, async (session) => {
    for (const name of ['../x.png', 'a/../../x.png', './x.png', '..', 'a\\..\\x.png']) {
      await expectError('42501', put(session, 'ticket-files', path(name)));
    }
  });
});

test('the policies allow nobody to change or delete files', async () => {
  await db.as(ben, async (session) => {
    for (const statement of ['update storage.objects set metadata = null', `delete from storage.objects`]) {
      assert.equal((await session.query(statement)).rowCount, 0);
    }
  });
});

test('other buckets are not affected', async () => {
  await put(await db.connect(), 'avatars', 'ada.png');
  await put(await db.connect(), 'avatars', path('public.png'));
  assert.deepEqual(await readersOf('ada.png', 'avatars'), Object.keys(people));
  await db.as(alice, (session) => expectError('42501', put(session, 'avatars', path('mine.png'))));
});

test('a bucket with quotes in its id works', async () => {
  await db.sql('select helpdesk.enable_storage($1)', [`it's "odd"`]);
  await db.as(alice, (session) => put(session, `it's "odd"`, path('public.png')));
  assert.deepEqual(await readersOf(path('public.png'), `it's "odd"`), ['ada', 'ben', 'alice', 'dave']);
});

test('an invalid bucket is refused, and so are callers who are not superusers', async () => {
  await expectError('22004', db.sql('select helpdesk.enable_storage(null)'));
  for (const bucket of ['', ' ', 'x'.repeat(41)])
    await expectError('22023', db.sql('select helpdesk.enable_storage($1)', [bucket]));
  await db.as(ada, (session) => expectError('42501', session.query(`select helpdesk.enable_storage('avatars')`)));
});
