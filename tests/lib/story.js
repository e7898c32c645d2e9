// A database that has been in use for a while, with things in it that its owner added.

import { join, openTicket, signUp, stagesOf, twoOrganizations, updateTicket } from './people.js';

/** Fills a database with the extension. Returns what twoOrganizations returns. */
export async function tellStory(db) {
  const story = await twoOrganizations(db);
  const { acme, rival, ada, grace, alice, bob, rita, sam } = story;
  const stages = await stagesOf(db, acme);

  const tickets = [];
  await db.as(alice, async (session) => {
    for (const title of ['Printer on fire', 'No coffee', 'It’s “odd” — 🙂\ttab\nline']) {
      tickets.push(await openTicket(session, acme, title, { description: `About: ${title}\\N`, key: title }));
    }
  });
  await db.as(sam, (session) => openTicket(session, rival, 'In another world'));
  await db.as(grace, async (session) => {
    await updateTicket(session, tickets[0], { priority: 'urgent', assignedTo: grace.profile });
    await updateTicket(session, tickets[0], { stageId: stages.Closed, title: 'Printer was on fire' });
    await updateTicket(session, tickets[1], { stageId: stages['Waiting on customer'], assignedTo: bob.profile });
  });
  await db.sql('update helpdesk.tickets set description = null where id = $1', [tickets[2]]);
  for (const [author, isInternal] of [[alice, false], [grace, true]]) {
    await db.sql(
      `insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal, created_by)
       values ($1, $2, $3, $4, $5)`,
      [acme, tickets[0], `${author.name} says`, isInternal, author.profile],
    );
  }
  await db.sql(
    `insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, uploaded_by)
     values ($1, $2, 'smoke.png', 'image/png', 1234, 'acme/smoke.png', $3)`,
    [acme, tickets[0], alice.profile],
  );
  // Somebody left: the login is gone, the profile is not.
  const left = await signUp(db, 'Leaver');
  await join(db, rival, left, 'org_agent');
  await db.as(left, (session) => openTicket(session, rival, 'My last one'));
  await db.sql('delete from auth.users where id = $1', [left.login]);
  await db.as(ada, (session) => session.query(`update helpdesk.organizations set name = 'Acme Ltd' where id = $1`, [acme]));
  await db.as(rita, (session) =>
    session.query(`insert into helpdesk.workflows (org_id, name, is_active) values ($1, 'Unused', false)`, [rival]),
  );
  await db.sql(ADDITIONS);
  return story;
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
  create publication story_feed for table helpdesk.tickets, public.invoices;`;

/** Things the story added that a restored database must have, by kind. */
export function additionsIn(db) {
  return db.sql(`
    select 'column' as kind, attname::text as name from pg_attribute
     where attrelid = 'helpdesk.tickets'::regclass and attname = 'external_ref'
    union all select 'constraint', conname from pg_constraint where conname = 'tickets_external_ref_check'
    union all select 'index', indexname from pg_indexes where indexname = 'tickets_external_ref_idx'
    union all select 'policy', policyname from pg_policies where policyname = 'everyone_reads_showcase'
    union all select 'published', tablename from pg_publication_tables where pubname = 'story_feed'
    union all select 'table', tablename from pg_tables where tablename = 'invoices'
    union all select 'view', viewname from pg_views where viewname = 'open_tickets'
    order by 1, 2`);
}
