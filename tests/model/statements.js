// SQL statements with literal values, because the attempts of a caller are sent to the server as
// text.

import pg from 'pg';

export function literal(value) {
  if (value === null) return 'null';
  if (value === undefined) throw new Error('a value is missing');
  if (Array.isArray(value)) return `array[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object') return pg.escapeLiteral(JSON.stringify(value));
  return pg.escapeLiteral(String(value));
}

/** The given columns of a row. */
export function pick(row, columns) {
  return Object.fromEntries(columns.map((column) => [column, row[column]]));
}

export function insert(table, row) {
  return `insert into helpdesk.${table} (${Object.keys(row).join(', ')}) values (${Object.values(row).map(literal).join(', ')})`;
}

export function update(table, row, column, value) {
  return `update helpdesk.${table.name} set ${column} = ${literal(value)} where ${isRow(table, row)}`;
}

export function remove(table, row) {
  return `delete from helpdesk.${table.name} where ${isRow(table, row)}`;
}

export const updateAll = (table, column, value) => `update helpdesk.${table.name} set ${column} = ${literal(value)}`;
export const removeAll = (table) => `delete from helpdesk.${table.name}`;
export const truncate = (table) => `truncate helpdesk.${table.name} cascade`;

/** Arguments are values, or `{ sql }` for verbatim SQL. */
export function call(name, ...args) {
  return `select helpdesk.${name}(${args.map((arg) => arg?.sql ?? literal(arg)).join(', ')})`;
}

const isRow = (table, row) => table.key.map((column) => `${column} = ${literal(row[column])}`).join(' and ');
