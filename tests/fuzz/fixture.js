// The fuzzed database: the callers belong to Acme and must never see anything of Globex.

import { guardOrganization, idsOf, leakDetector, markOrganization } from '../support/canaries.js';
import { createTwoOrganizations, openTicket, signUp, stagesOf, updateTicket } from '../support/organizations.js';

const TICKETS = 8;
const WORDS = { globex: 'canaryglobex', acme: 'canaryacme', internal: 'canaryinternal', dave: 'canarydave' };

/**
 * Fills a database with the extension. Returns { globex, callers: { name: { person, role, leaks }
 * }, isMarked }.
 */
export async function createFuzzedOrganizations(db) {
  const people = await createTwoOrganizations(db);
  const { acme, globex, ada, ben, alice, dave, gina, hank, mallory } = people;
  const stan = await signUp(db, 'Stan');
  await fill(db, { org: acme, admin: ada, agent: ben, customer: alice, other: dave });
  await fill(db, { org: globex, admin: gina, agent: hank, customer: mallory, other: mallory });
  // Some events are folded into the counts, some are not.
  await db.sql('select helpdesk.refresh_ticket_stats()');
  await db.sql(`update helpdesk.tickets set priority = 'urgent' where number = 1`);

  const known = await knownIds(db, globex);
  const globexIds = await idsOf(db, globex, known);
  const acmeIds = await idsOf(db, acme, [...known, ...(await knownIds(db, acme))]);
  await markOrganization(db, acme, WORDS.acme, { thoroughly: false });
  await markOrganization(db, globex, WORDS.globex, { thoroughly: true });
  await guardOrganization(db, globex, WORDS.globex);
  await offerKnownIds(db, [acme, globex]);
  await offerWritableColumns(db);

  const ofGlobex = (...words) => leakDetector({ words: [WORDS.globex, ...words], ids: globexIds, thoroughly: true });
  const ofAnybody = leakDetector({ words: Object.values(WORDS), ids: new Set([...globexIds, ...acmeIds]), thoroughly: true });
  return {
    globex,
    isMarked: ofGlobex(),
    callers: {
      'a customer': { person: alice, role: 'authenticated', leaks: ofGlobex(WORDS.internal, WORDS.dave) },
      'an agent': { person: ben, role: 'authenticated', leaks: ofGlobex() },
      'a stranger': { person: stan, role: 'authenticated', leaks: ofAnybody },
      'somebody without a token': { person: null, role: 'anon', leaks: ofAnybody },
    },
  };
}

/** Rows in every table of an organization, written by its members. */
async function fill(db, { org, admin, agent, customer, other }) {
  const stages = await stagesOf(db, org);
  const tickets = [];
  await db.as(customer, async (session) => {
    for (let i = 0; i < TICKETS; i++) {
      tickets.push(await openTicket(session, org, `Ticket ${i}`, { description: `About ${i}`, key: `key ${i}` }));
    }
  });
  await db.as(other, async (session) => {
    for (let i = 0; i < TICKETS; i++) {
      const ticket = await openTicket(session, org, `${WORDS.dave} ${i}`, { description: WORDS.dave });
      await session.query('select helpdesk.add_comment($1, $2)', [ticket, `${WORDS.dave} says`]);
    }
  });
  await db.as(agent, async (session) => {
    await session.query(`insert into helpdesk.notification_preferences (type, enabled) values ('ticket_closed', false)`);
    for (const [i, ticket] of tickets.entries()) {
      await updateTicket(session, ticket, { assignedTo: agent.profile, stageId: Object.values(stages)[i % 5], priority: 'high' });
      await session.query('select helpdesk.watch_ticket($1)', [ticket]);
      for (const isInternal of [false, true]) {
        const text = isInternal ? WORDS.internal : 'Hello';
        await session.query('select helpdesk.add_comment($1, $2, $3, p_attachments => $4)', [
          ticket,
          text,
          isInternal,
          JSON.stringify([
            { fileName: text, fileType: 'text/plain', fileSize: 1, storagePath: `${org}/${ticket}/comment/${text}` },
          ]),
        ]);
        await session.query(`select helpdesk.add_attachment($1, $2, 'text/plain', 1, $3, $4)`, [
          ticket,
          text,
          `${org}/${ticket}/${text}`,
          isInternal,
        ]);
      }
    }
  });
  await writeArticles(db, org, { agent, customer, ticket: tickets[0] });
  await db.sql('select helpdesk.start_search_rebuild($1)', [org]);
  await db.as(admin, (session) =>
    session.query(
      `with workflow as (insert into helpdesk.workflows (org_id, name) values ($1, 'Strict') returning id),
            stages as (insert into helpdesk.workflow_stages (org_id, workflow_id, name, is_start)
                       select $1, workflow.id, name, name = 'A' from workflow, unnest('{A,B}'::text[]) name returning workflow_id, id, name)
       insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id)
       select $1, a.workflow_id, a.id, b.id from stages a join stages b on a.name = 'A' and b.name = 'B'`,
      [org],
    ),
  );
  await db.as(admin, (session) =>
    session.query(`insert into helpdesk.org_invites (org_id, email) values ($1, 'invited@example.com')`, [org]),
  );
}

/** A knowledge base without public articles, because everybody may read those. */
async function writeArticles(db, org, { agent, customer, ticket }) {
  await db.as(agent, async (session) => {
    await session.query(`insert into helpdesk.categories (org_id, name) values ($1, 'Category')`, [org]);
    await session.query(
      `insert into helpdesk.articles (org_id, title, content, categories, visibility, status)
       values ($1, 'For members', 'Hello', '{Category}', 'members', 'published'), ($1, $2, $2, '{}', 'internal', 'published'),
              ($1, $2, $2, '{}', 'public', 'draft')`,
      [org, WORDS.internal],
    );
    await session.query(
      `insert into helpdesk.ticket_articles (org_id, ticket_id, article_id)
       select org_id, $2, id from helpdesk.articles where org_id = $1 and title = 'For members'`,
      [org, ticket],
    );
  });
  await db.as(customer, (session) =>
    session.query(
      `select helpdesk.rate_article(id, true, 'Thanks') from helpdesk.articles where org_id = $1 and title = 'For members'`,
      [org],
    ),
  );
}

/** Ids that an outsider might know: of an organization, of one ticket and of what belongs to it. */
async function knownIds(db, org) {
  return Object.values((await db.sql(`${KNOWN} where t.org_id = $1 order by t.number limit 1`, [org]))[0]);
}

const KNOWN = `
  select t.org_id, t.id as ticket_id, t.workflow_id, t.current_stage_id as stage_id, t.created_by as profile_id,
         (select min(c.id::text)::uuid from helpdesk.ticket_comments c where c.ticket_id = t.id) as comment_id,
         (select min(a.id::text)::uuid from helpdesk.ticket_attachments a where a.ticket_id = t.id) as attachment_id,
         (select min(n.id::text)::uuid from helpdesk.notifications n where n.ticket_id = t.id) as notification_id
    from helpdesk.tickets t`;

/** Views with those ids and other useful arguments, so that the statements can use them. */
async function offerKnownIds(db, orgs) {
  for (const org of orgs) {
    const [known] = await db.sql(`${KNOWN} where t.org_id = $1 order by t.number limit 1`, [org]);
    const ids = Object.entries(known).map(([name, id]) => `'${id}'::uuid as ${name}`);
    const name = `known_${orgs.indexOf(org)}`;
    await db.sql(`
      create view fuzz.${name} as
        select distinct ${ids}, '{${known.ticket_id}}'::uuid[] as ticket_ids, 1 as version, '{}'::jsonb as filters,
               jsonb_build_object('title', 'Fuzzed', 'assignedTo', '${known.profile_id}', 'stageId', '${known.stage_id}') as changes,
               '${org}/${known.ticket_id}/file' as path, 'Fuzzed'::text as title
          from generate_series(1, 1);
      grant select on fuzz.${name} to public;`);
  }
}

/**
 * Views of the writable columns of each table, because sqlsmith writes whole rows, which nobody
 * may.
 */
async function offerWritableColumns(db) {
  const writable = await db.sql(`
    select c.relname as table, lower(g.privilege_type) as verb, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g
     where c.relnamespace = 'helpdesk'::regnamespace and g.grantee = 'authenticated'::regrole
       and g.privilege_type in ('INSERT', 'UPDATE')
     group by 1, 2 order by 1, 2`);
  for (const { table, verb, columns } of writable) {
    await db.sql(`
      create view fuzz.${table}_${verb} with (security_invoker = true) as select ${columns} from helpdesk.${table};
      grant select, ${verb} on fuzz.${table}_${verb} to authenticated;`);
  }
}
