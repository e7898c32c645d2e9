// Reads a Markdown document as a list of code blocks with what is said about them in HTML comments.
//
// <!-- data: demo -->        at the top of a document: its database holds what `make demo` loads
// <!-- as: ben@acme.example --> the JavaScript and shell blocks below run with this person's token
// <!-- not run: REASON -->   above a block: it cannot run in a test, and why
// The first ```text or ```json block below a block that runs is what that block prints.

import { readFile } from 'node:fs/promises';

const RUNNABLE = new Set(['sql', 'js', 'sh']);
const OUTPUT = new Set(['text', 'json']);
const COMMENT = /^<!-- (data|as|not run|not compared): (.*) -->$/;

/**
 * One document: { data, blocks, others }. A block is { file, line, language, code, as, notRun,
 * output }, its output { language, text }.
 */
export async function readDocument(file, path) {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const document = { file, data: undefined, blocks: [], others: [] };
  let as;
  let said = {};
  let last; // The block that an output block would belong to.
  for (let i = 0; i < lines.length; i++) {
    const comment = COMMENT.exec(lines[i]);
    const fence = /^```(\S*)\s*$/.exec(lines[i]);
    if (comment) {
      const [, key, value] = comment;
      if (key === 'data') document.data = value;
      else if (key === 'as') as = value;
      else said[key] = value;
    } else if (fence) {
      const start = i + 1;
      const end = lines.indexOf('```', start);
      if (end < 0) throw new Error(`${file}:${start}: this code block does not end`);
      const block = { file, line: start, language: fence[1], code: lines.slice(start, end).join('\n'), as };
      i = end;
      if (RUNNABLE.has(block.language)) {
        document.blocks.push({ ...block, notRun: said['not run'] });
        last = said['not run'] ? undefined : document.blocks.at(-1);
      } else if (OUTPUT.has(block.language) && last && !said['not compared']) {
        last.output = { language: block.language, text: block.code };
        last = undefined;
      } else {
        document.others.push({ ...block, reason: said['not run'] ?? said['not compared'] });
      }
      said = {};
    } else if (lines[i].trim() !== '') {
      said = {};
    }
  }
  return document;
}
