// Memberships end and change, through both doors: what goes with them, and what everybody sees from then on.

import { asCaller } from './batch.js';
import { isAssignable, isLastAdmin } from './integrity.js';
import { readWorld } from './load.js';
import { Random } from '../support/random.js';
import { compareReads } from './reads.js';
import { call, remove, update } from './statements.js';
import { ORG_ROLES } from './world.js';
import { inEveryWorld } from './worlds.js';

const CHANGES = 12;

inEveryWorld('who is removed or demoted loses what the model says, and sees no more', async ({ world, db, callers, disagreements }) => {
  const random = new Random(world.seed);
  for (let i = 0; i < CHANGES; i++) {
    const member = random.pick(world.rows.org_members.filter((row) => !isLastAdmin(world, row)));
    const { by, statement, becomes } = random.pick(changesOf(db, world, callers, member, random));
    const what = `${by}: ${statement}`;
    await asCaller(db, by, (session) => session.query(statement));
    change(world, member, becomes);
    const expected = concerned(world);
    await readWorld(db, world);
    const actual = concerned(world);
    const report = (text, lines) => lines.length > 0 && disagreements.push(`${what}\n  ${text} ${lines.join(', ')}`);
    report('must leave', expected.filter((line) => !actual.includes(line)));
    report('leaves', actual.filter((line) => !expected.includes(line)));
  }
  await compareReads(db, callers, disagreements);
});

/** What could become of a member, who would do it, and how. */
function changesOf(db, world, callers, member, random) {
  const table = db.tables.get('org_members');
  const people = callers.filter((caller) => caller.role === 'authenticated');
  const self = people.find((caller) => caller.id === member.user_id);
  // Another admin; or the database administrator, where none has a login.
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

/** Changes a membership in the model's world, or ends it (null), with what goes with it in the organization. */
function change(world, member, becomes) {
  const { rows } = world;
  const inOrg = (row) => row.org_id === member.org_id;
  const wasAdmin = member.org_role === 'org_admin';
  rows.org_members = rows.org_members.filter((row) => row !== member);
  if (becomes) rows.org_members.push({ ...member, ...becomes });
  // Who cannot be assigned is not, except to what is closed.
  for (const ticket of rows.tickets.filter(inOrg)) {
    const isTheirs = ticket.assigned_to === member.user_id && ticket.status !== 'closed';
    if (isTheirs && !isAssignable(world, member.org_id, member.user_id)) ticket.assigned_to = null;
  }
  // Pending invites: those to the address of who is gone, and those by who is no admin any more.
  const email = rows.profiles.find((row) => row.id === member.user_id).email?.toLowerCase();
  const isAdmin = becomes !== null && { ...member, ...becomes }.org_role === 'org_admin';
  rows.org_invites = rows.org_invites.filter((row) => {
    const isVoid = (becomes === null && row.email.toLowerCase() === email) || (wasAdmin && !isAdmin && row.created_by === member.user_id);
    return !(inOrg(row) && row.used_at === null && isVoid);
  });
}

/** What a change of membership can change. */
function concerned({ rows }) {
  const lines = [
    ...rows.org_members.map((row) => `member ${row.org_id} ${row.user_id} ${row.org_role} ${row.may_be_assigned}`),
    ...rows.tickets.map((row) => `ticket ${row.id} ${row.assigned_to}`),
    ...rows.org_invites.map((row) => `invite ${row.id} ${row.used_at}`),
  ];
  return lines.sort();
}
