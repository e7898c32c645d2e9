// Checks what documents refer to: node tests/docs/names.js links|functions|files FILE..
// links: the files and headings that they link to; functions: the SQL functions and arguments that
// they name (PGHOST and PGPORT name the server); files: paths and make targets. Prints what does
// not exist, and fails if there is any.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHelpdeskDatabase } from '../support/database.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file) => readFile(ROOT + file, 'utf8');
const withoutCode = (text) => text.replace(/^```.*?^```$/gms, '');

const CHECKS = { links: brokenLinks, functions: unknownFunctions, files: missingFiles };

async function brokenLinks(file, text) {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  const problems = [];
  for (const link of links.filter((target) => !/^[a-z]+:/.test(target))) {
    const [path, anchor] = link.split('#');
    const target = path === '' ? file : normalize(`${dirname(file)}/${path}`);
    if (!existsSync(ROOT + target)) problems.push(`there is no ${target}`);
    else if (anchor && !anchorsOf(await read(target)).has(anchor)) problems.push(`${target} has no heading #${anchor}`);
  }
  return problems;
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(text) {
  const anchors = new Set();
  for (const [, heading] of withoutCode(text).matchAll(/^#+ (.*)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

let catalog;

/** All SQL functions, with the arguments of ours; and our tables, since embeds look like calls. */
async function readCatalog() {
  const db = await createHelpdeskDatabase();
  try {
    const rows = await db.sql(
      `select proname as name, array_agg(distinct argument) filter (where argument is not null) as arguments
         from pg_proc left join lateral unnest(proargnames) argument on pronamespace = 'helpdesk'::regnamespace
        group by proname
       union all
       select relname, null from pg_class where relnamespace = 'helpdesk'::regnamespace and relkind in ('r', 'v')`,
    );
    return new Map(rows.map(({ name, arguments: names }) => [name, names]));
  } finally {
    await db.drop();
  }
}

async function unknownFunctions(_file, text) {
  catalog ??= await readCatalog();
  const problems = [];
  for (const [, name, list] of withoutCode(text).matchAll(/`(?:helpdesk\.)?([a-z0-9_]+)\(([^`)]*)\)/g)) {
    const known = catalog.get(name);
    if (!catalog.has(name)) {
      if (name.includes('_')) problems.push(`there is no function ${name}()`);
      continue;
    }
    for (const [argument] of list.matchAll(/\bp_[a-z_]+/g)) {
      if (!known?.includes(argument)) problems.push(`${name}() has no argument ${argument}`);
    }
  }
  return problems;
}

async function missingFiles(_file, text) {
  const problems = [];
  for (const [, path] of text.matchAll(/`((?:src|sql|tests|scripts|bench|docs|demo|\.github)\/[^`\s*<{]*)`/g)) {
    if (!existsSync(ROOT + path)) problems.push(`there is no ${path}`);
  }
  const makefile = await read('Makefile');
  for (const [, target] of text.matchAll(/(?:^|`|[A-Z]+=\S+ )make ([a-z-]+)/gm)) {
    if (!new RegExp(`^${target}:`, 'm').test(makefile)) problems.push(`Makefile has no target ${target}`);
  }
  return problems;
}

const [kind, ...files] = process.argv.slice(2);
let failed = false;
for (const file of files) {
  for (const problem of new Set(await CHECKS[kind](file, await read(file)))) {
    failed = true;
    console.log(`${file}: ${problem}`);
  }
}
process.exitCode = failed ? 1 : 0;
