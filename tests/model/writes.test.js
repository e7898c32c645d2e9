// Writes through the tables: every kind of row, every column, every verb.

import assert from 'node:assert/strict';
import { Random } from '../support/random.js';
import { asCaller, attemptWrites } from './batch.js';
import { refusesDelete, refusesInsert, refusesUpdate } from './integrity.js';
import { isForPeople, mayDelete, mayInsert, mayMove, mayRead, mayUpdate, tableNames, updatesOf, withDefaults } from './model.js';
import { given, newRows } from './new_rows.js';
import { newValue } from './new_values.js';
import { sampleRows } from './sample_rows.js';
import { insert, remove, removeAll, truncate, update, updateAll } from './statements.js';
import { inEveryWorld } from './worlds.js';

const VERBS = { insert: inserts, update: updates, delete: deletes };

for (const [verb, attemptsOf] of Object.entries(VERBS)) {
  inEveryWorld(
    `${verb} through the tables has the outcome that the model predicts`,
    async ({ world, db, callers, disagreements }) => {
      const before = await everything(db);
      const outcomes = new Set();
      for (const [i, me] of callers.entries()) {
        const random = new Random(world.seed * 1000 + i);
        const attempts = [...db.tables.values()].flatMap((table) =>
          attemptsOf({ me, world, table, random }).map((attempt) => ({ ...attempt, table: table.name })),
        );
        const answers = await asCaller(db, me, (session) =>
          attemptWrites(
            session,
            attempts.map(({ statement }) => statement),
          ),
        );
        for (const [n, { statement, expected, table }] of attempts.entries()) {
          const { outcome, error } = answers[n];
          if (me.role === 'authenticated') outcomes.add(`${table}: ${outcome}`);
          if ([expected].flat().includes(outcome)) continue;
          disagreements.push(`${me}: ${statement}\n  must be ${expected}, is ${outcome}${error ? `: ${error}` : ''}`);
        }
        // Successful statements are undone, so only a statement reported as denied can have changed
        // something.
        if (disagreements.length === 0) assert.deepEqual(await everything(db), before, `${me} changed what they were denied`);
      }
      // For every table, the sample must contain callers who may and callers who may not.
      const both = tableNames
        .filter((table) => isForPeople(table, verb))
        .flatMap((table) => [`${table}: done`, `${table}: denied`]);
      assert.deepEqual(
        both.filter((outcome) => !outcomes.has(outcome)),
        [],
        'never tried',
      );
    },
  );
}

function outcome(may, refusal) {
  return may ? (refusal ?? 'done') : 'denied';
}

/** Each new row with its required columns, and one of them with each other column in turn. */
function inserts({ me, world, table, random }) {
  const samples = newRows(me, table.name, random);
  const attempt = (row) => ({
    statement: insert(table.name, row),
    expected: outcome(mayInsert(table.name, me, row), refusesInsert(world, table.name, withDefaults(me, row))),
  });
  // Prefer a row that they may insert: then the additional column decides.
  const one = samples.find((sample) => attempt(given(sample)).expected === 'done') ?? samples[0];
  const columns = table.columns.map(({ name }) => name).filter((name) => !one.base.includes(name));
  return [...samples.map((sample) => given(sample)), ...columns.map((column) => given(one, column))].map(attempt);
}

function updates({ me, world, table, random }) {
  const name = table.name;
  const refuses = (row, column, value) => refusesUpdate(world, name, row, column.name, value);
  const one = (row, column) => {
    const value = newValue(world, name, row, column, random);
    let may = mayRead(name, me, row) && mayUpdate(name, me, row, column.name);
    if (name === 'tickets' && column.name === 'current_stage_id') may &&= mayMove(me, row, value);
    if (name === 'notification_preferences' && column.name === 'user_id') may &&= me.bypassesRowSecurity || me.is(value);
    return { statement: update(table, row, column.name, value), expected: outcome(may, refuses(row, column, value)) };
  };
  const all = (column) => {
    const rows = world.rows[name].filter((row) => mayUpdate(name, me, row, column.name));
    if (rows.length > 0 && EACH_ITS_OWN.includes(`${name}.${column.name}`)) return [];
    const value = newValue(world, name, rows[0] ?? world.rows[name][0], column, random);
    const refusals = rows.map((row) => refuses(row, column, value));
    return [{ statement: updateAll(table, column.name, value), expected: outcomeOfAll(rows, refusals) }];
  };
  if (me.bypassesRowSecurity)
    return sampleRows(me, name, random).flatMap((row) => table.columns.map((column) => one(row, column)));
  // Columns that nobody may change are updated without WHERE, where SELECT policies do not apply.
  const changeable = table.columns.filter((column) => updatesOf(name).includes(column.name));
  return [
    ...sampleRows(me, name, random).flatMap((row) => changeable.map((column) => one(row, column))),
    ...table.columns.flatMap(all),
  ];
}

/** Columns in which rows cannot all have the same value. */
const EACH_ITS_OWN = [
  'org_members.org_role',
  'workflow_stages.is_start',
  'workflow_stages.name',
  'workflow_stages.position',
  'tickets.workflow_id',
  'tickets.current_stage_id',
  'tickets.assigned_to',
  'notification_preferences.type',
  'notification_preferences.user_id',
  'categories.name',
  'categories.parent_id',
];

function deletes({ me, world, table, random }) {
  const name = table.name;
  const one = (row) => ({
    statement: remove(table, row),
    expected: outcome(mayRead(name, me, row) && mayDelete(name, me, row), refusesDelete(world, name, row)),
  });
  const all = () => {
    const rows = world.rows[name].filter((row) => mayDelete(name, me, row));
    // It would include all admins.
    const refusals = rows.map((row) => (name === 'org_members' ? '23000' : refusesDelete(world, name, row)));
    return { statement: removeAll(table), expected: outcomeOfAll(rows, refusals) };
  };
  return [
    ...sampleRows(me, name, random).map(one),
    ...(me.bypassesRowSecurity ? [] : [all()]),
    // Superusers may truncate, except history.
    ...(me.isSuperuser && name !== 'ticket_history' ? [] : [{ statement: truncate(table), expected: 'denied' }]),
  ];
}

/**
 * Without WHERE, SELECT policies do not apply: exactly these rows are written, unless one is
 * refused.
 */
function outcomeOfAll(rows, refusals) {
  const reasons = refusals.filter(Boolean);
  if (reasons.length > 0) return reasons;
  return rows.length === 0 ? 'denied' : rows.length === 1 ? 'done' : `${rows.length} rows`;
}

/** A digest of every table, to detect changes. */
function everything(db) {
  const digests = [...db.tables.keys()].map(
    (name) => `select '${name}' as table, md5(string_agg(t::text, ' ' order by t::text)) as rows from helpdesk.${name} t`,
  );
  return db.sql(`${digests.join(' union all ')} order by 1`);
}
