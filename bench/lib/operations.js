// All operations of the bench: { name, what, as, clients, writes, isMany, <side>: script, .. }.

import lists from '../operations/lists.js';
import many from '../operations/many.js';
import reporting from '../operations/reporting.js';
import search from '../operations/search.js';
import tables from '../operations/tables.js';
import tickets from '../operations/tickets.js';
import { sessionOf } from './parameters.js';

export const OPERATIONS = [...tickets, ...lists, ...tables, ...search, ...reporting, ...many];

/** helpdesk, the plpgsql baseline, and SQL written by an expert for the same tables. */
export const SIDES = ['helpdesk', 'baseline', 'handwritten'];

/** The settings of the session in which a side runs. */
export function sessionFor(operation, side) {
  const { role, ...claims } = operation.as === 'system' ? {} : sessionOf(operation.as ?? 'agent');
  if (side !== 'handwritten') return { ...(role && { role }), ...claims };
  // It runs as the owner of the tables and checks rights itself. Our triggers do not fire for its
  // writes, foreign keys do.
  return {
    ...claims,
    ...(operation.writes && { session_replication_role: 'replica' }),
    ...(operation.handwrittenRole && { role: operation.handwrittenRole }),
  };
}
