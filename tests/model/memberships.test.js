// Memberships that end or change, by function and table: what else changes, and what everybody sees
// afterwards.

import { Random } from '../support/random.js';
import { asCaller } from './batch.js';
import { isAssignable, isLastAdmin } from './integrity.js';
import { readWorld } from './load.js';
import { compareReads } from './reads.js';
import { call, remove, update } from './statements.js';
import { ORG_ROLES } from './world.js';
import { inEveryWorld } from './worlds.js';

const CHANGES = 12;

inEveryWorld('a removed or demoted member loses what the model predicts', async ({ world, db, callers, disagreements }) => {
  const random = new Random(world.seed);
  for (let i = 0; i < CHANGES; i++) {
    const member = random.pick(world.rows.org_members.filter((row) => !isLastAdmin(world, row)));
    const { by, statement, becomes } = random.pick(changesOf(db, world, callers, member, random));
    const what = `${by}: ${statement}`;
    await asCaller(db, by, (session) => session.query(statement));
    change(world, member, becomes);
    const expected = affectedState(world);
    await readWorld(db, world);
    const actual = affectedState(world);
    const report = (text, lines) => lines.length > 0 && disagreements.push(`${what}\n  ${text} ${lines.join(', ')}`);
    report(
      'must leave',
      expected.filter((line) => !actual.includes(line)),
    );
    report(
      'leaves',
      actual.filter((line) => !expected.includes(line)),
    );
  }
  await compareReads(db, callers, disagreements);
});

/** The possible changes of a membership: the caller, the statement and the result. */
function changesOf(db, world, callers, member, random) {
  const table = db.tables.get('org_members');
  const people = callers.filter((caller) => caller.role === 'authenticated');
  const self = people.find((caller) => caller.id === member.user_id);
  // Another admin, or the DBA if no other admin has a login.
  const by =
    people.find((caller) => caller.isAdmin(member.org_id) && caller.id !== member.user_id) ??
    callers.find((caller) => caller.isSuperuser);
  const { org_id: org, user_id: person, may_be_assigned } = member;
  const role = random.pick(ORG_ROLES);
  return [
    { by, statement: call('remove_member', org, person), becomes: null },
    { by, statement: remove(table, member), becomes: null },
    { by, statement: call('set_member_role', org, person, role), becomes: { org_role: role } },
    { by, statement: update(table, member, 'org_role', role), becomes: { org_role: role } },
    {
      by,
      statement: update(table, member, 'may_be_assigned', !may_be_assigned),
      becomes: { may_be_assigned: !may_be_assigned },
    },
    ...(self ? [{ by: self, statement: call('leave_organization', org), becomes: null }] : []),
  ];
}

/**
 * Changes a membership in the world, or ends it (null), with the consequences in the organization.
 */
function change(world, member, becomes) {
  const { rows } = world;
  const inOrg = (row) => row.org_id === member.org_id;
  rows.org_members = rows.org_members.filter((row) => row !== member);
  if (becomes) rows.org_members.push({ ...member, ...becomes });
  // A member who may not be assigned loses their tickets, except closed ones.
  for (const ticket of rows.tickets.filter(inOrg)) {
    const isTheirs = ticket.assigned_to === member.user_id && ticket.status !== 'closed';
    if (isTheirs && !isAssignable(world, member.org_id, member.user_id)) ticket.assigned_to = null;
  }
  // Pending invites are void if sent to the address of a former member, or by somebody who was
  // demoted.
  const email = rows.profiles.find((row) => row.id === member.user_id).email?.toLowerCase();
  const rank = (role) => ORG_ROLES.indexOf(role ?? 'org_customer');
  const isDemoted = rank(member.org_role) < rank(becomes ? { ...member, ...becomes }.org_role : null);
  rows.org_invites = rows.org_invites.filter((row) => {
    const isVoid = (becomes === null && row.email.toLowerCase() === email) || (isDemoted && row.created_by === member.user_id);
    return !(inOrg(row) && row.used_at === null && isVoid);
  });
}

/** The state that a change of membership can affect. */
function affectedState({ rows }) {
  const lines = [
    ...rows.org_members.map((row) => `member ${row.org_id} ${row.user_id} ${row.org_role} ${row.may_be_assigned}`),
    ...rows.tickets.map((row) => `ticket ${row.id} ${row.assigned_to}`),
    ...rows.org_invites.map((row) => `invite ${row.id} ${row.used_at}`),
  ];
  return lines.sort();
}
