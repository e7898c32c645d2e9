// Writes what is generated of the client: node main.js FOLDER < CATALOG. FOLDER is the root of the
// repository, or another one with the same files below it; the catalog is what catalog.sql prints.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { writeDatabase } from './database.js';
import { readErrors, writeErrors } from './errors.js';
import { writeJson } from './json.js';
import { writeOpenapi } from './openapi.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const [folder] = process.argv.slice(2);

const catalog = JSON.parse(await text(process.stdin));
const schema = JSON.parse(await readFile(`${ROOT}clients/json-schema.json`, 'utf8'));
const errors = readErrors(await readFile(`${ROOT}docs/api.md`, 'utf8'));

const files = {
  'clients/typescript/src/database.ts': writeDatabase(catalog, schema),
  'clients/typescript/src/json.ts': await writeJson(schema),
  'clients/typescript/src/errors.ts': writeErrors(errors),
  'clients/openapi.json': writeOpenapi(catalog, schema, errors),
};
for (const [file, contents] of Object.entries(files)) {
  await mkdir(dirname(`${folder}/${file}`), { recursive: true });
  await writeFile(`${folder}/${file}`, contents);
}
