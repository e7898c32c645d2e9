// Everything that locks rows, at once, on few rows: no deadlock. Calls are refused all the time, by
// memberships that have just ended for instance, but never because of the order of locks.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { brokenHistories, deadlocks, wrongCounts } from '../support/consistency.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { addMember, createOrganization, createTwoOrganizations, openTicket, signUp, stagesOf } from '../support/organizations.js';
import { pauseProcesses } from '../support/pauses.js';
import { Random } from '../support/random.js';

const SECONDS = 12;
const TICKETS_EACH = 12;

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ada, ben, alice, dave, gina } = await createTwoOrganizations(db);
// Ada and Ben work in a second organization, so that a call locks rows of both.
const beta = await createOrganization(db, ada, 'Beta');
for (const person of [alice, dave]) await addMember(db, beta, person, 'org_customer');
await addMember(db, beta, ben, 'org_agent');
// Agents who come and go.
const guests = [];
for (const name of ['Gwen', 'Glen']) guests.push(await signUp(db, name));
await db.sql('update helpdesk.org_members set may_be_assigned = true where user_id = $1', [dave.profile]);
await db.sql('update helpdesk.organizations set open_to_customers = true, agents_may_invite = true');

const orgs = [acme, beta];
const stages = {};
const tickets = [];
const articles = [];
for (const org of orgs) {
  stages[org] = Object.values(await stagesOf(db, org));
  for (const customer of [alice, dave]) {
    await db.as(customer, async (session) => {
      for (let i = 0; i < TICKETS_EACH; i++) tickets.push(await openTicket(session, org, `Ticket ${i}`));
    });
  }
  for (const name of ['Guides', 'News', 'Old'])
    await db.sql('insert into helpdesk.categories (org_id, name) values ($1, $2)', [org, name]);
  for (let i = 0; i < 4; i++) {
    articles.push(
      await db.value(
        `insert into helpdesk.articles (org_id, author, title, content, categories, status, visibility)
         values ($1, $2, 'Article', 'Words', '{Guides,News}', 'published', 'public') returning id`,
        [org, ada.profile],
      ),
    );
  }
}
const workflows = await db.sql('select id, org_id from helpdesk.workflows where org_id = any ($1)', [orgs]);

const call = (name, ...args) => [`select helpdesk.${name}(${args.map((_, i) => `$${i + 1}`).join(', ')})`, args];
const invites = () => db.sql('select id from helpdesk.org_invites where used_at is null');

/** Functions that people call: by name, what one call is. */
const CALLS = {
  accept_org_invite: async (r) => call('accept_org_invite', r.pick(await invites())?.id),
  add_attachment: (r) => call('add_attachment', r.pick(tickets), 'a.txt', 'text/plain', 1, r.uuid(), r.chance(30)),
  add_comment: (r) =>
    call('add_comment', r.pick(tickets), 'Words', r.chance(30), null, null, null, r.chance(50) ? changes(r) : null),
  archive_article: (r) => call('archive_article', r.pick(articles)),
  claim_next_ticket: (r) => call('claim_next_ticket', r.pick(orgs)),
  create_org_invite: (r) => call('create_org_invite', r.pick(orgs), guests[0].email, 'customer'),
  create_ticket: (r) => call('create_ticket', r.pick(orgs), 'New'),
  ensure_profile: () => call('ensure_profile'),
  import_tickets: (r) => call('import_tickets', r.pick(orgs), JSON.stringify(imported(r))),
  join_organization: (r) => call('join_organization', r.pick(orgs)),
  mark_notifications_read: () => call('mark_notifications_read'),
  publish_article: (r) => call('publish_article', r.pick(articles)),
  rate_article: (r) => call('rate_article', r.pick(articles), r.chance(50)),
  remove_member: (r) => call('remove_member', r.pick(orgs), r.pick(guests).profile),
  reorder_stages: (r) => {
    const { id, org_id } = r.pick(workflows);
    return call('reorder_stages', id, r.some(stages[org_id], 10));
  },
  resolve_ticket: (r) => call('resolve_ticket', r.pick(tickets), r.chance(50) ? 'Thanks' : null),
  revert_article: (r) => call('revert_article', r.pick(articles), 1),
  // Of somebody who does not accept it first.
  revoke_org_invite: (r) => [
    `select helpdesk.revoke_org_invite(helpdesk.create_org_invite($1, $2, 'customer'))`,
    [r.pick(orgs), `${r.uuid()}@example.com`],
  ],
  set_member_role: (r) =>
    call('set_member_role', r.pick(orgs), r.pick(guests).profile, r.pick(['org_agent', 'org_admin', 'org_customer'])),
  update_ticket: (r) => call('update_ticket', r.pick(tickets), changes(r)),
  update_tickets: (r) => call('update_tickets', r.some(tickets, 12), changes(r)),
  watch_queue: (r) => call('watch_queue', r.pick(orgs), r.chance(50) ? r.pick(workflows).id : null, r.chance(50)),
  watch_ticket: (r) => call('watch_ticket', r.pick(tickets), r.chance(50)),
};

/** Called with little else at the same time: each would end or found what the others work on. */
const NOT_CALLED = [
  'act_as',
  'create_admin_invite_code',
  'create_organization',
  'leave_organization',
  'pre_request',
  'redeem_admin_invite_code',
];

/** Functions of backends, and of administrators of the installation or the database. */
const BACKEND_CALLS = {
  appoint_admin: (r) => call('appoint_admin', r.pick(orgs), r.pick([ada, ...guests]).profile),
  cleanup_old_notifications: () => call('cleanup_old_notifications'),
  create_notification: (r) => call('create_notification', r.pick(orgs), r.pick([alice, ben]).profile, 'News'),
  forget_person: async (r) => {
    const person = await signUp(db, `Former${r.below(1e9)}`);
    await addMember(db, r.pick(orgs), person, 'org_agent');
    return call('forget_person', person.profile);
  },
  install: () => call('install'),
  migrate: () => call('migrate'),
  rebuild_search_index: (r) => call('rebuild_search_index', r.chance(50) ? r.pick(orgs) : null),
  start_search_rebuild: () => call('start_search_rebuild'),
  continue_search_rebuild: (r) => call('continue_search_rebuild', r.pick([1, 10, 1000])),
  rebuild_ticket_stats: () => call('rebuild_ticket_stats'),
  rebuild_derived_data: () => call('rebuild_derived_data'),
  refresh_ticket_stats: () => call('refresh_ticket_stats'),
};

const NOT_CALLED_BY_BACKENDS = [
  'answer_call',
  'answer_maintenance',
  'call_organization',
  'call_workers',
  'create_missing_people',
  'distribute',
  'enable_cron',
  'enable_realtime',
  'enable_storage',
  'find_missing_people',
  'prepare_worker',
  'rebuild_profiles',
  'undistribute',
];

/** Few tickets, so that most of them exist, and get comments. */
function imported(r) {
  const someone = () => ({ email: r.pick([ada, ben, alice, dave, ...guests, { email: `old${r.below(20)}@example.com` }]).email });
  const createdAt = () => `2024-01-${10 + r.below(20)}T00:00:00Z`;
  const comment = (id) => ({
    externalId: `${id}`,
    content: 'Words',
    isInternal: r.chance(30),
    author: someone(),
    createdAt: createdAt(),
  });
  return [...new Set([r.below(30), r.below(30), r.below(30)])].map((id) => ({
    ...{ externalId: `old:${id}`, title: `Old ${id}`, requester: someone(), assignee: r.chance(50) ? someone() : null },
    ...{ status: r.pick(['open', 'closed']), createdAt: '2024-01-01T00:00:00Z' },
    comments: [comment(r.below(1e6)), comment(r.below(1e6) + 1e6)],
  }));
}

/** Whose tickets and stages they are, is left to chance: some calls are refused. */
function changes(r) {
  const [key, value] = r.pick([
    ['stageId', r.pick(stages[r.pick(orgs)])],
    ['assignedTo', r.pick([null, ada.profile, ben.profile, dave.profile, ...guests.map(({ profile }) => profile)])],
    ['createdBy', r.pick([alice, dave]).profile],
    ['priority', r.pick(['low', 'urgent'])],
    ['title', `Title ${r.pick('abcdef')}`],
  ]);
  return { [key]: value };
}

/** Writes of single rows, which no function offers. */
const WRITES = {
  'status of a stage': (r) => [
    'update helpdesk.workflow_stages set status = $2 where id = $1',
    [r.pick(stages[r.pick(orgs)].slice(1)), r.pick(['open', 'pending', 'resolved', 'closed'])],
  ],
  'start stage': (r) => ['update helpdesk.workflow_stages set is_start = true where id = $1', [r.pick(stages[r.pick(orgs)])]],
  'name of a stage': (r) => [
    'update helpdesk.workflow_stages set name = $2 where id = $1',
    [r.pick(stages[r.pick(orgs)]), `Stage ${r.below(1e6)}`],
  ],
  'guest joins': (r) => [
    `insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_agent')
     on conflict (org_id, user_id) do update set org_role = 'org_agent'`,
    [r.pick(orgs), r.pick(guests).profile],
  ],
  'may be assigned': (r) => [
    'update helpdesk.org_members set may_be_assigned = not may_be_assigned where org_id = $1 and user_id = $2',
    [r.pick(orgs), dave.profile],
  ],
  'deleted comment': (r) => [
    'delete from helpdesk.ticket_comments where id = (select id from helpdesk.ticket_comments where ticket_id = $1 order by id limit 1)',
    [r.pick(tickets)],
  ],
  'deleted file': (r) => [
    'delete from helpdesk.ticket_attachments where id = (select id from helpdesk.ticket_attachments where ticket_id = $1 order by id limit 1)',
    [r.pick(tickets)],
  ],
  'edited comment': (r) => [
    `update helpdesk.ticket_comments set content = 'Edited'
      where id = (select id from helpdesk.ticket_comments where ticket_id = $1 order by id limit 1)`,
    [r.pick(tickets)],
  ],
  'new category': (r) => [
    'insert into helpdesk.categories (org_id, name, parent_id) select $1, $2, (select id from helpdesk.categories where org_id = $1 order by random() limit 1)',
    [r.pick(orgs), `Category ${r.below(1e6)}`],
  ],
  'renamed category': (r) => [
    `update helpdesk.categories set name = name || '+'
      where id = (select id from helpdesk.categories where org_id = $1 and length(name) < 30 order by random() limit 1)`,
    [r.pick(orgs)],
  ],
  'deleted category': (r) => [
    'delete from helpdesk.categories where id = (select id from helpdesk.categories where org_id = $1 order by random() limit 1)',
    [r.pick(orgs)],
  ],
  'new address': (r) => ['update auth.users set email = $2 where id = $1', [guests[1].login, `${r.uuid()}@example.com`]],
};

const volatileFunctions = async (role) =>
  (
    await db.sql(
      `select p.proname from pg_proc p
        where p.pronamespace = 'helpdesk'::regnamespace and p.provolatile = 'v' and p.prorettype <> 'trigger'::regtype
          and has_function_privilege($1, p.oid, 'execute')
        order by 1`,
      [role],
    )
  ).map(({ proname }) => proname);

test('every function that writes is called below', async () => {
  const ofPeople = await volatileFunctions('authenticated');
  const ofOthers = (await volatileFunctions('postgres')).filter((name) => !ofPeople.includes(name));
  const people = [...Object.keys(CALLS), 'appoint_admin', 'uuid_generate_v7', ...NOT_CALLED].sort();
  assert.deepEqual(ofPeople, people);
  const others = [...Object.keys(BACKEND_CALLS), ...NOT_CALLED_BY_BACKENDS].filter((name) => !people.includes(name)).sort();
  assert.deepEqual(ofOthers, others);
});

/** Runs operations until `end`, and counts SQLSTATEs by operation. A deadlock is described. */
async function work(session, seed, operations, end, { outcomes, running, described }) {
  const random = new Random(seed);
  const all = Object.entries(operations);
  while (Date.now() < end) {
    const [name, operation] = random.pick(all);
    const [text, args] = await operation(random);
    running[session.processID] = `${name}(${args.map((arg) => JSON.stringify(arg))})`;
    const outcome = await session.query(text, args).then(
      () => 'ok',
      (error) => {
        if (error.code === '40P01') {
          described.push(
            error.detail.replace(/process (\d+)/gi, (_, pid) => running[pid]),
            error.where,
          );
        }
        return error.code ?? error.message;
      },
    );
    outcomes[name] ??= {};
    outcomes[name][outcome] = (outcomes[name][outcome] ?? 0) + 1;
  }
}

test(`${SECONDS} seconds of everything by 12 sessions: no deadlock`, async () => {
  const end = Date.now() + SECONDS * 1000;
  const bulk = { update_tickets: CALLS.update_tickets, remove_member: CALLS.remove_member, 'guest joins': WRITES['guest joins'] };
  const workers = [
    ...(await Promise.all([ada, ada, ben, ben, alice, dave, guests[0], gina].map((person) => db.signIn(person)))).map(
      (session) => [session, CALLS],
    ),
    [await db.connect(), WRITES],
    [await db.connect(), { ...WRITES, ...bulk }],
    [await db.connect(), BACKEND_CALLS],
    [await db.connect(), { ...BACKEND_CALLS, ...bulk }],
  ];
  const outcomes = {};
  const described = [];
  const log = { outcomes, running: {}, described };
  const pauses = pauseProcesses(
    workers.map(([session]) => session.processID),
    () => Date.now() > end,
  );
  await Promise.all(workers.map(([session, operations], i) => work(session, i + 1, operations, end, log)));
  await pauses;
  await Promise.all(workers.map(([session]) => db.disconnect(session)));

  assert.deepEqual(described, []);
  assert.equal(await deadlocks(db), 0);
  const expected = /^(ok|2\d.*|42501|P0001)$/;
  const unexpected = Object.entries(outcomes).flatMap(([name, codes]) =>
    Object.keys(codes)
      .filter((code) => !expected.test(code))
      .map((code) => `${name}: ${code}`),
  );
  assert.deepEqual(unexpected, []);
  const never = Object.entries(outcomes).filter(([, codes]) => !codes.ok);
  assert.deepEqual(
    never.map(([name, codes]) => [name, codes]),
    [],
    'every operation succeeds sometimes',
  );
  // A new requester does not change who has answered.
  const wrong = (await wrongCounts(db, tickets)).filter(
    (row) =>
      row.public_comment_count !== row.public_comments ||
      row.public_attachment_count !== row.public_attachments ||
      row.internal_comment_count !== row.internal_comments ||
      row.internal_attachment_count !== row.internal_attachments ||
      row.last_public_comment_at?.getTime() !== row.last_at?.getTime(),
  );
  assert.deepEqual(wrong, []);
  assert.deepEqual(await brokenHistories(db, tickets), []);
  assert.deepEqual(await db.sql('select * from helpdesk.verify_ticket_stats()'), []);
});
