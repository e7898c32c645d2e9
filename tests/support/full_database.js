// A database in which every table has rows, with objects that the database owner added to it.

import { addMember, createTwoOrganizations, openTicket, signUp, stagesOf, updateTicket } from './organizations.js';

/**
 * Fills every table of a database with the extension. Returns what createTwoOrganizations()
 * returns.
 */
export async function fillEveryTable(db) {
  const fixture = await createTwoOrganizations(db);
  const { acme, globex, ada, ben, alice, dave, gina, mallory } = fixture;
  const stages = await stagesOf(db, acme);

  const tickets = [];
  await db.as(alice, async (session) => {
    for (const title of ['Printer on fire', 'No coffee', 'It’s “odd” — 🙂\ttab\nline']) {
      tickets.push(await openTicket(session, acme, title, { description: `About: ${title}\\N`, key: title }));
    }
  });
  await db.as(mallory, (session) => openTicket(session, globex, 'A ticket of Globex'));
  await db.as(ben, async (session) => {
    await updateTicket(session, tickets[0], { priority: 'urgent', assignedTo: ben.profile });
    await updateTicket(session, tickets[0], { stageId: stages.Closed, title: 'Printer was on fire' });
  });
  await db.as(ada, async (session) => {
    // Dave is a customer to whom tickets may be assigned.
    await session.query('update helpdesk.org_members set may_be_assigned = true where org_id = $1 and user_id = $2', [
      acme,
      dave.profile,
    ]);
    await updateTicket(session, tickets[1], { stageId: stages['Waiting on customer'], assignedTo: dave.profile });
  });
  await db.sql('update helpdesk.tickets set description = null where id = $1', [tickets[2]]);
  await talk(db, fixture, tickets);
  await limitMoves(db, fixture, stages);
  await invite(db, fixture);
  await writeArticles(db, fixture, tickets);
  // Everything up to here is folded into the counts; what follows is not.
  await db.sql('select helpdesk.refresh_ticket_stats()');
  // A deleted login, whose profile remains.
  const left = await signUp(db, 'Leaver');
  await addMember(db, globex, left, 'org_agent');
  await db.as(left, (session) => openTicket(session, globex, 'My last one'));
  await db.sql('delete from auth.users where id = $1', [left.login]);
  await db.as(ada, (session) => session.query(`update helpdesk.organizations set name = 'Acme Ltd' where id = $1`, [acme]));
  await db.as(gina, (session) =>
    session.query(`insert into helpdesk.workflows (org_id, name, is_active) values ($1, 'Unused', false)`, [globex]),
  );
  await db.sql('select helpdesk.start_search_rebuild()');
  await db.sql('select helpdesk.continue_search_rebuild(3)');
  await db.sql(ADDITIONS);
  return fixture;
}

/**
 * Public and internal comments and attachments, watchers, read notifications and notification
 * preferences.
 */
async function talk(db, { acme, ada, ben, alice }, [ticket]) {
  await db.as(ada, (session) => session.query('select helpdesk.watch_ticket($1)', [ticket]));
  for (const [author, isInternal] of [
    [alice, false],
    [ben, true],
  ]) {
    await db.as(author, async (session) => {
      await session.query('select helpdesk.add_comment($1, $2, $3, p_attachments => $4)', [
        ticket,
        `${author.name} says`,
        isInternal,
        JSON.stringify([
          { fileName: 'log.txt', fileType: 'text/plain', fileSize: 12, storagePath: `${acme}/${author.name}.txt` },
        ]),
      ]);
      await session.query(`select helpdesk.add_attachment($1, 'smoke.png', 'image/png', 1234, $2, $3)`, [
        ticket,
        `${acme}/${ticket}/${author.name}.png`,
        isInternal,
      ]);
    });
  }
  await db.as(ada, (session) => session.query('select helpdesk.mark_notifications_read()'));
  await db.as(ben, (session) =>
    session.query('select helpdesk.watch_queue(org_id, workflow_id) from helpdesk.tickets where id = $1', [ticket]),
  );
  await db.sql(`select helpdesk.create_notification($1, $2, 'Maintenance tonight', '/status')`, [acme, alice.profile]);
  await db.as(alice, (session) =>
    session.query(`insert into helpdesk.notification_preferences (type, enabled) values ('ticket_updated', false)`),
  );
}

/** A pending invite, an accepted one, and an admin code. */
async function invite(db, { acme, ada }) {
  const newcomer = await signUp(db, 'Newcomer');
  const invites = await db.as(ada, async (session) => {
    const { rows } = await session.query(
      `select helpdesk.create_org_invite($1, email, 'agent') as id from unnest($2::text[]) email`,
      [acme, [newcomer.email, 'still.pending@example.com']],
    );
    return rows.map(({ id }) => id);
  });
  await db.as(newcomer, (session) => session.query('select helpdesk.accept_org_invite($1)', [invites[0]]));
  await db.sql('select helpdesk.create_admin_invite_code()');
}

/** Categories, articles with several versions, feedback, and a link from a ticket. */
async function writeArticles(db, { acme, ben, alice }, [ticket]) {
  await db.as(ben, async (session) => {
    await session.query(`insert into helpdesk.categories (org_id, name) values ($1, 'Hardware')`, [acme]);
    await session.query(
      `insert into helpdesk.categories (org_id, name, parent_id)
       select org_id, 'Printers', id from helpdesk.categories where name = 'Hardware'`,
    );
    await session.query(
      `insert into helpdesk.articles (org_id, title, content, categories, tags, visibility, status)
       values ($1, 'Putting out a printer', 'Use sand.', '{Printers}', '{fire}', 'public', 'published'),
              ($1, 'Not yet', 'Draft.', '{}', '{}', 'internal', 'draft')`,
      [acme],
    );
    await session.query(`update helpdesk.articles set content = 'Use foam.' where title like 'Putting%'`);
    await session.query(
      `insert into helpdesk.ticket_articles (org_id, ticket_id, article_id)
       select org_id, $1, id from helpdesk.articles where title like 'Putting%'`,
      [ticket],
    );
  });
  await db.as(alice, (session) =>
    session.query(`select helpdesk.rate_article(id, true, 'Phew') from helpdesk.articles where title like 'Putting%'`),
  );
}

/** Restricts Acme's tickets to the transitions from New to In progress and from there to Closed. */
async function limitMoves(db, { acme, ada }, stages) {
  await db.as(ada, (session) =>
    session.query(
      `insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id, min_role)
       select $1, workflow_id, id, case when id = $2 then $3::uuid else $4::uuid end,
              case when id = $2 then 'org_agent' else 'org_admin' end
         from helpdesk.workflow_stages where id in ($2::uuid, $3::uuid)`,
      [acme, stages.New, stages['In progress'], stages.Closed],
    ),
  );
}

const ADDITIONS = `
  alter table helpdesk.tickets add column external_ref text;
  update helpdesk.tickets set external_ref = 'ERP-' || number;
  create index tickets_external_ref_idx on helpdesk.tickets (external_ref);
  alter table helpdesk.tickets add constraint tickets_external_ref_check check (external_ref <> '');
  create policy everyone_reads_showcase on helpdesk.tickets for select to authenticated
    using (external_ref = 'SHOWCASE');
  grant select (id, name) on helpdesk.workflows to anon;

  create table public.invoices (
    id int primary key,
    org_id uuid not null references helpdesk.organizations (id),
    urgency helpdesk.ticket_priority
  );
  insert into public.invoices select row_number() over (order by id), id, 'high' from helpdesk.organizations;
  create view public.open_tickets with (security_invoker = true) as
    select org_id, number, title, external_ref from helpdesk.tickets where status = 'open';
  grant select on public.open_tickets to authenticated;
  create publication ticket_feed for table helpdesk.tickets, public.invoices;`;

/**
 * The objects added by the database owner, which a restored database must have: [{ kind, name }].
 */
export function ownerAdditionsIn(db) {
  return db.sql(`
    select 'column' as kind, attname::text as name from pg_attribute
     where attrelid = 'helpdesk.tickets'::regclass and attname = 'external_ref'
    union all select 'constraint', conname from pg_constraint where conname = 'tickets_external_ref_check'
    union all select 'index', indexname from pg_indexes where indexname = 'tickets_external_ref_idx'
    union all select 'policy', policyname from pg_policies where policyname = 'everyone_reads_showcase'
    union all select 'published', tablename from pg_publication_tables where pubname = 'ticket_feed'
    union all select 'table', tablename from pg_tables where tablename = 'invoices'
    union all select 'view', viewname from pg_views where viewname = 'open_tickets'
    order by 1, 2`);
}
