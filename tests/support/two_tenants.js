// Two organizations with one object of every kind, so that every attack has something to steal.
// Every text of Acme contains "acmesecret" and every text of Globex "globexsecret", except a public
// article and its category.

import { addMember, createOrganization, openTicket, signUp, stagesOf, updateTicket } from './organizations.js';

/**
 * Returns { acme, globex, stan }; Stan is a member of neither. An organization is { org, word,
 * admin, agent, customer, other, ids, open }: `word` is its secret, `other` another customer, `ids`
 * one id of every kind ({ organization, profile, ticket, workflow, stage, comment, .. }), `open`
 * the ids that everybody may read ({ article, category }).
 */
export async function createTwoTenants(db) {
  const acme = await createTenant(db, 'acmesecret', ['Ada', 'Ben', 'Alice', 'Dave']);
  const globex = await createTenant(db, 'globexsecret', ['Gina', 'Hank', 'Mallory', 'Oscar']);
  const stan = await signUp(db, 'Stan');
  await db.sql('analyze');
  return { acme, globex, stan };
}

async function createTenant(db, word, names) {
  const people = [];
  for (const name of names) people.push(await signUp(db, `${name}-${word}`));
  const [admin, agent, customer, other] = people;
  const org = await createOrganization(db, admin, `Org ${word}`);
  await addMember(db, org, agent, 'org_agent');
  await addMember(db, org, customer, 'org_customer');
  await addMember(db, org, other, 'org_customer');
  await db.sql(`update helpdesk.workflows set name = $2, description = $2 where org_id = $1`, [org, `Flow ${word}`]);
  await db.sql(`update helpdesk.workflow_stages set description = $2 where org_id = $1`, [org, `Stage ${word}`]);
  const stages = await stagesOf(db, org);

  const tickets = [];
  await db.as(customer, async (session) => {
    for (const n of [1, 2]) {
      tickets.push(
        await openTicket(session, org, `Ticket ${n} ${word}`, { description: `About ${word}`, key: `Key ${n} ${word}` }),
      );
    }
    await talk(session, org, tickets[0], word, false);
    await session.query(`insert into helpdesk.notification_preferences (type, enabled) values ('ticket_closed', true)`);
    await session.query(`update helpdesk.profiles set preferences = jsonb_build_object('theme', $1::text)`, [word]);
  });
  await db.as(agent, async (session) => {
    await updateTicket(session, tickets[0], { priority: 'urgent', assignedTo: agent.profile, stageId: stages['In progress'] });
    await talk(session, org, tickets[0], word, true);
  });
  const invite = await db.as(admin, async (session) => {
    await session.query('select helpdesk.watch_ticket($1)', [tickets[0]]);
    await limitedWorkflow(session, org, word);
    const { rows } = await session.query('select helpdesk.create_org_invite($1, $2) as id', [org, `guest-${word}@example.com`]);
    return rows[0].id;
  });
  const { articles, open } = await db.as(agent, (session) => knowledge(session, org, word, tickets[0]));
  await db.as(customer, (session) =>
    session.query('select helpdesk.rate_article($1, true, $2)', [articles.article, `Feedback ${word}`]),
  );
  await db.sql('select helpdesk.start_search_rebuild($1)', [org]);
  const ids = {
    ...articles,
    'article version': await db.value('select id from helpdesk.article_versions where org_id = $1 and article_id = $2', [
      org,
      articles['draft article'],
    ]),
    organization: org,
    profile: customer.profile,
    invite,
    ticket: tickets[0],
    stage: stages['In progress'],
    workflow: await db.value('select workflow_id from helpdesk.tickets where id = $1', [tickets[0]]),
    comment: await db.value('select id from helpdesk.ticket_comments where org_id = $1 and not is_internal', [org]),
    'internal comment': await db.value('select id from helpdesk.ticket_comments where org_id = $1 and is_internal', [org]),
    attachment: await db.value('select id from helpdesk.ticket_attachments where org_id = $1 and not is_internal', [org]),
    notification: await db.value('select id from helpdesk.notifications where org_id = $1 and user_id = $2 limit 1', [
      org,
      customer.profile,
    ]),
    revision: await db.value('select latest_history_id from helpdesk.tickets where id = $1', [tickets[0]]),
  };
  return { org, word, admin, agent, customer, other, ids, open };
}

/**
 * A category with articles for members and for staff, all containing the word. Its parent category,
 * with an article that everybody may read, does not contain it. (That article has no digit in its
 * text: see createSecretFinder().)
 */
async function knowledge(session, org, word, ticket) {
  const one = async (text, values) => Object.values((await session.query(text, values)).rows[0])[0];
  const category = (name, parent) =>
    one(`insert into helpdesk.categories (org_id, name, description, parent_id) values ($1, $2, $3, $4) returning id`, [
      org,
      name,
      `About ${name}`,
      parent,
    ]);
  const article = (title, category, visibility, status) =>
    one(
      `insert into helpdesk.articles (org_id, title, content, categories, tags, visibility, status)
       values ($1, $2, 'Content of ' || $2::text, array[$3::text], array[$3::text], $4, $5) returning id`,
      [org, title, category, visibility, status],
    );
  const open = { category: await category('Printing', null) };
  open.article = await article('How to print', 'Printing', 'public', 'published');
  const name = `Category ${word}`;
  const articles = {
    category: await category(name, open.category),
    article: await article(`Members ${word}`, name, 'members', 'published'),
    'internal article': await article(`Internal ${word}`, name, 'internal', 'published'),
    'draft article': await article(`Draft ${word}`, name, 'public', 'draft'),
    'archived article': await article(`Archived ${word}`, name, 'public', 'archived'),
  };
  await session.query('insert into helpdesk.ticket_articles (org_id, ticket_id, article_id) values ($1, $2, $3)', [
    org,
    ticket,
    articles.article,
  ]);
  return { articles, open };
}

/** A comment with an attachment. */
async function talk(session, org, ticket, word, isInternal) {
  const kind = isInternal ? 'internal' : 'public';
  const file = `${kind}-${word}.txt`;
  await session.query('select helpdesk.add_comment($1, $2, $3, p_attachments => $4)', [
    ticket,
    `Said ${kind} ${word}`,
    isInternal,
    JSON.stringify([{ fileName: file, fileType: 'text/plain', fileSize: 1, storagePath: `${org}/${ticket}/${file}` }]),
  ]);
}

/** A second workflow with a single allowed transition. */
async function limitedWorkflow(session, org, word) {
  const {
    rows: [workflow],
  } = await session.query('insert into helpdesk.workflows (org_id, name) values ($1, $2) returning id', [org, `Limited ${word}`]);
  const {
    rows: [from, to],
  } = await session.query(
    `insert into helpdesk.workflow_stages (org_id, workflow_id, name)
     values ($1, $2, 'From ' || $3::text), ($1, $2, 'To ' || $3::text) returning id`,
    [org, workflow.id, word],
  );
  await session.query(
    'insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id) values ($1, $2, $3, $4)',
    [org, workflow.id, from.id, to.id],
  );
}

/**
 * A row that an admin may insert, for every table with INSERT rights: { tickets: { org_id, .. }, ..
 * }.
 */
export async function insertableRows(db, { org: org_id, agent, customer, ids, open }) {
  const { workflow: workflow_id, ticket: ticket_id } = ids;
  const [move] = await db.sql('select * from helpdesk.workflow_transitions where org_id = $1', [org_id]);
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  return {
    article_feedback: { org_id, article_id: open.article, helpful: true, comment: 'x' },
    articles: { org_id, title: 'x', content: 'x', categories: [], tags: ['x'], visibility: 'public', status: 'draft' },
    categories: { org_id, name: 'x', description: 'x', parent_id: ids.category },
    notification_preferences: { type: 'ticket_updated', enabled: true },
    org_invites: { org_id, email: 'new@example.com', role: 'customer', expires_at: inAnHour },
    organizations: { name: 'Another' },
    ticket_articles: { org_id, ticket_id, article_id: ids['draft article'] },
    ticket_attachments: {
      org_id,
      ticket_id,
      file_name: 'x',
      file_type: 'x',
      file_size: 1,
      storage_path: 'x',
      is_internal: false,
    },
    ticket_comments: { org_id, ticket_id, content: 'x', is_internal: false },
    tickets: { org_id, workflow_id, title: 'x', assigned_to: agent.profile, created_by: customer.profile },
    workflow_stages: { org_id, workflow_id, name: 'x', position: 9, status: 'open', is_start: false },
    workflow_transitions: { ...move, from_stage_id: move.to_stage_id, to_stage_id: move.from_stage_id },
    workflows: { org_id, name: 'x', is_active: true },
  };
}

/** The statement that inserts a row: [text, values]. */
export function insertStatement(table, row) {
  const columns = Object.keys(row);
  const places = columns.map((_, i) => `$${i + 1}`);
  return [`insert into helpdesk.${table} (${columns.join(', ')}) values (${places.join(', ')})`, Object.values(row)];
}

/** All rows of an organization and the profiles of its members, as text. */
export async function allRowsOf(db, { org }) {
  const tables = await db.sql(
    `select c.oid::regclass::text as name from pg_class c
      where c.relnamespace = 'helpdesk'::regnamespace and c.relkind = 'r'
        and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id') order by 1`,
  );
  const ofTables = tables.map(({ name }) => `select '${name}' as of, t::text as line from ${name} t where org_id = $1`);
  const rows = await db.sql(
    `${ofTables.join(' union all ')}
     union all select 'organizations', o::text from helpdesk.organizations o where id = $1
     union all select 'profiles', p::text from helpdesk.profiles p join helpdesk.org_members m on m.user_id = p.id where m.org_id = $1
     order by 1, 2`,
    [org],
  );
  return rows.map(({ of, line }) => `${of}: ${line}`);
}

/**
 * Returns a function that finds an organization's secrets in a text: its word and its ids. The
 * public article and its category are not secret; next to that article, and only there, neither are
 * its organization and author.
 */
export async function createSecretFinder(db, tenant) {
  const ids = new Set((await allRowsOf(db, tenant)).join('\n').match(UUID));
  const { article, category } = tenant.open;
  ids.delete(article);
  ids.delete(category);
  const author = await db.value('select author from helpdesk.articles where id = $1', [article]);
  const published = new RegExp(`(${tenant.org}.{0,30})?${article}([^0-9]{0,200}${author}|.{0,30}${tenant.org})?`, 'g');
  /** The secrets in `output`, except those in `known`, which the reader has sent. */
  return (output, known = []) => {
    const shown = typeof output === 'string' ? output : (JSON.stringify(output) ?? '');
    const found = (shown.replace(published, '').match(UUID) ?? []).filter((id) => ids.has(id) && !known.includes(id));
    return shown.toLowerCase().includes(tenant.word) ? [...found, tenant.word] : found;
  };
}

export const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
