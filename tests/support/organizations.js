// The cast of the tests, and helpers to create organizations, members and tickets.

/** Signs a person up: { name, email, login (auth.users.id), profile (helpdesk.profiles.id) }. */
export async function signUp(db, name, email = `${name.toLowerCase()}@example.com`) {
  const login = await db.value(
    `insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data)
     values (gen_random_uuid(), $1, now(), jsonb_build_object('full_name', $2::text)) returning id`,
    [email, name],
  );
  const profile = await db.value('select id from helpdesk.profiles where auth_id = $1', [login]);
  return { name, email, login, profile };
}

/** Creates an organization through the API, with its founder as org_admin. Returns its id. */
export async function createOrganization(db, founder, name) {
  return db.as(founder, async (session) => {
    const { rows } = await session.query('select helpdesk.create_organization($1) as id', [name]);
    return rows[0].id;
  });
}

export async function addMember(db, org, person, role) {
  await db.sql('insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, $3)', [org, person.profile, role]);
}

/**
 * The cast: Acme (Ada org_admin, Ben org_agent, Alice and Dave customers) and Globex (Gina
 * org_admin, Hank org_agent, Mallory customer). Nobody belongs to both. `domain` is that of their
 * addresses.
 */
export async function createTwoOrganizations(db, domain = 'example.com') {
  const people = {};
  for (const name of ['Ada', 'Ben', 'Alice', 'Dave', 'Gina', 'Hank', 'Mallory'])
    people[name.toLowerCase()] = await signUp(db, name, `${name.toLowerCase()}@${domain}`);
  const { ada, ben, alice, dave, gina, hank, mallory } = people;
  const acme = await createOrganization(db, ada, 'Acme');
  const globex = await createOrganization(db, gina, 'Globex');
  await addMember(db, acme, ben, 'org_agent');
  await addMember(db, acme, alice, 'org_customer');
  await addMember(db, acme, dave, 'org_customer');
  await addMember(db, globex, hank, 'org_agent');
  await addMember(db, globex, mallory, 'org_customer');
  return { ...people, acme, globex };
}

/** Opens a ticket in the session of a signed-in person. Returns its id. */
export async function openTicket(session, org, title, more = {}) {
  const { rows } = await session.query(
    `select helpdesk.create_ticket($1, $2, p_description => $3, p_priority => coalesce($4, 'low')::helpdesk.ticket_priority,
                                   p_idempotency_key => $5) as id`,
    [org, title, more.description, more.priority, more.key],
  );
  return rows[0].id;
}

/** Changes a ticket in the session of a signed-in person. Returns the ticket object. */
export async function updateTicket(session, ticket, changes, expectedVersion) {
  const { rows } = await session.query('select helpdesk.update_ticket($1, $2, $3) as ticket', [ticket, changes, expectedVersion]);
  return rows[0].ticket;
}

/** The stages of an organization by name: { New: id, Resolved: id, .. }. */
export async function stagesOf(db, org) {
  const rows = await db.sql('select name, id from helpdesk.workflow_stages where org_id = $1', [org]);
  return Object.fromEntries(rows.map(({ name, id }) => [name, id]));
}
