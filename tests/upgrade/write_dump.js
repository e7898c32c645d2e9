// Writes a plain dump of a database with rows in every table: node tests/upgrade/write_dump.js FILE

import { writeFile } from 'node:fs/promises';
import { createHelpdeskDatabase } from '../support/database.js';
import { fillEveryTable } from '../support/full_database.js';
import { dumpOf } from '../support/postgres_tools.js';

const [file] = process.argv.slice(2);
const db = await createHelpdeskDatabase();
try {
  await fillEveryTable(db);
  await writeFile(file, await dumpOf(db));
} finally {
  await db.drop();
}
