// Reads the cases: texts, and the queries that must or must not find them. README.md describes the
// format.

import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const FOLDER = new URL('cases/', import.meta.url);

const FIELDS = [
  'title',
  'article',
  'tags',
  'category',
  'status',
  'priority',
  'requester',
  'assignee',
  'comment',
  'internal comment',
  'attachment',
  'internal attachment',
];
const FIELD = new RegExp(`^(${FIELDS.join('|')}): (.+)$`);
const QUERY = /^(staff|suggest|first)?([+-]) (.+?)(?: ## (.+))?$/;
const TEXT = /^([A-Z]\w+): (.+)$/;

/** The kinds, one for each file: [{ kind, searchLanguage, cases }]. */
export function readKinds() {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.txt'));
  return files.sort().map((file) => {
    const lines = readFileSync(new URL(file, FOLDER), 'utf8').split('\n');
    return { kind: basename(file, '.txt'), ...parse(lines, file) };
  });
}

function parse(lines, file) {
  let searchLanguage = 'simple';
  const cases = [];
  lines.forEach((line, index) => {
    const where = `${file}:${index + 1}`;
    let match;
    if (line === '' || line.startsWith('# ')) return;
    if (line.startsWith('@')) searchLanguage = line.slice(1);
    else if ((match = QUERY.exec(line))) cases.at(-1).queries.push(toQuery(match, where));
    else if ((match = FIELD.exec(line))) cases.at(-1).fields[match[1]] = unescaped(match[2]);
    else if ((match = TEXT.exec(line))) {
      cases.push({ where, language: match[1], text: unescaped(match[2]), fields: {}, queries: [] });
    } else throw new Error(`${where}: not a text, field or query: ${line}`);
  });
  return { searchLanguage, cases };
}

function toQuery([, marker, sign, query, reason], where) {
  return { where, marker, isWanted: sign === '+', query: unescaped(query), reason };
}

/** \n, \t, \\ and \u{..} are the characters that they stand for in JavaScript. */
function unescaped(text) {
  return text.replace(/\\(?:u\{([0-9a-f]+)\}|(.))/g, (_, code, letter) => {
    if (code) return String.fromCodePoint(parseInt(code, 16));
    const character = { n: '\n', t: '\t', '\\': '\\' }[letter];
    if (!character) throw new Error(`unknown escape \\${letter} in ${text}`);
    return character;
  });
}

/** The queries with what must come first: [{ where, group, query, titles }]. */
export function readRanking() {
  let group;
  return readFileSync(new URL('ranking.txt', import.meta.url), 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (line.startsWith('@')) group = line.slice(1);
      if (line === '' || line.startsWith('# ') || line.startsWith('@')) return [];
      const [query, first] = line.split(' => ');
      if (!first) throw new Error(`ranking.txt:${index + 1}: no " => ": ${line}`);
      return [{ where: `ranking.txt:${index + 1}`, group, query, titles: first.split(' | ') }];
    });
}
