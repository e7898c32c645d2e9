// Pieces of what is generated.

/** A COMMENT as a doc comment; a line that begins with two spaces continues the one before. */
export function docComment(text, indent = '') {
  if (!text) return '';
  const lines = text
    .replaceAll('\n  ', ' ')
    .replaceAll('*/', '*\\/')
    .split('\n')
    .flatMap((line) => wrapped(line, 96 - indent.length));
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}

function wrapped(line, width) {
  const lines = [''];
  for (const word of line.split(' ')) {
    const last = lines.at(-1);
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

export const union = (values) => values.map((value) => `'${value}'`).join(' | ');

/** The functions of each name: one, or several that take different arguments. */
export function byName(functions) {
  const groups = new Map();
  for (const each of functions) groups.set(each.name, [...(groups.get(each.name) ?? []), each]);
  return groups.values();
}
