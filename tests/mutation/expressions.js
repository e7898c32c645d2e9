// Boolean expressions as pg_get_expr writes them: fully parenthesized.

/** The expression without one of its ANDed conditions, at any depth: [{ left_out, expression }]. */
export function weakened(expression) {
  const inner = withoutParentheses(expression);
  for (const operator of [' OR ', ' AND ']) {
    const parts = split(inner, operator);
    if (parts.length < 2) continue;
    return parts.flatMap((part, i) => {
      const others = parts.filter((_, j) => j !== i);
      const joined = (list) => `(${list.join(operator)})`;
      const weakerParts = weakened(part).map(({ left_out, expression: weaker }) => ({
        left_out,
        expression: joined(parts.map((other, j) => (j === i ? weaker : other))),
      }));
      return operator === ' AND ' ? [{ left_out: part, expression: joined(others) }, ...weakerParts] : weakerParts;
    });
  }
  return [];
}

function withoutParentheses(expression) {
  let inner = expression.trim();
  while (inner.startsWith('(') && closing(inner, 0) === inner.length - 1) inner = inner.slice(1, -1).trim();
  return inner;
}

/** The position of the parenthesis that closes the one at `start`. */
function closing(text, start) {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')' && --depth === 0) return i;
  }
  return -1;
}

/** The parts between operators outside parentheses. */
function split(text, operator) {
  const parts = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')') depth--;
    if (depth === 0 && text.startsWith(operator, i)) {
      parts.push(text.slice(start, i));
      start = i + operator.length;
    }
  }
  return [...parts, text.slice(start)];
}
