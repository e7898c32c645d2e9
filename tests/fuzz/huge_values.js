// Values that are far larger than any limit, or as large as limits allow, in the table fuzz.huge. A
// statement reads them there, so that the server and not the network handles them.

/** SQL expressions of each type, by what is large about them. `n` is the size beyond limits. */
const valuesOf = (n) => ({
  text: {
    'one long word': `repeat('x', ${5 * n})`,
    'only spaces': `repeat(' ', ${5 * n})`,
    'only combining marks': `repeat(U&'\\0301', ${n})`,
    'marks in the wrong order': `'a' || repeat(U&'\\0301\\0323\\0E48', ${n})`,
    digits: `repeat('9', ${n})`,
    'different words': `(select string_agg('w' || i, ' ') from generate_series(1, ${n}) i)`,
    'quotes and operators': `repeat('"-a or:b" ', ${n})`,
    brackets: `repeat('{[("', ${n})`,
    slashes: `repeat('a/', ${n})`,
    'the longest title': `repeat(U&'\\0301', 500)`,
    'the longest comment': `(select left(string_agg('w' || i, '-'), 100000) from generate_series(1, 30000) i)`,
    'the longest comment of marks': `'a' || repeat(U&'\\0301\\0323', 49999)`,
    'the longest comment without spaces': `repeat(U&'\\4EAC\\90FD', 50000)`,
    'the longest article': `(select left(string_agg('w' || i, ' '), 500000) from generate_series(1, 90000) i)`,
  },
  'text[]': {
    'different elements': `(select array_agg('t' || i) from generate_series(1, ${n}) i)`,
    'equal elements': `array_fill('t'::text, array[${n}])`,
    nulls: `array_fill(null::text, array[${n}])`,
    'empty elements': `array_fill(''::text, array[${n}])`,
    'two dimensions': `array_fill('t'::text, array[${n} / 100, 100])`,
    'one long element': `array[repeat('x', ${5 * n})]`,
    'less than 4 MiB': `(select array_agg('t' || i % 40) from generate_series(1, 300000) i)`,
  },
  'uuid[]': {
    'different elements': `(select array_agg(helpdesk.uuid_generate_v7()) from generate_series(1, ${n}))`,
    'equal elements': `array_fill(helpdesk.uuid_generate_v7(), array[${n}])`,
    nulls: `array_fill(null::uuid, array[${n}])`,
    'as many as are allowed': `(select array_agg(helpdesk.uuid_generate_v7()) from generate_series(1, 10000))`,
  },
  jsonb: {
    'a deep list': `(repeat('[', 5000) || repeat(']', 5000))::jsonb`,
    'a deep object': `(repeat('{"a":', 3000) || '1' || repeat('}', 3000))::jsonb`,
    'a long list': `(select jsonb_agg(i) from generate_series(1, ${n}) i)`,
    'a list of objects': `(select jsonb_agg('{}'::jsonb) from generate_series(1, ${n}) i)`,
    'many keys': `(select jsonb_object_agg('k' || i, i) from generate_series(1, ${n / 5}) i)`,
    'a long key': `jsonb_build_object(repeat('k', ${5 * n}), 1)`,
    'a long string': `to_jsonb(repeat('x', ${5 * n}))`,
    'a string with an object': `to_jsonb('{"search": "' || repeat('x', ${5 * n}) || '"}')`,
    'huge numbers': `(select jsonb_agg(1e131071) from generate_series(1, 25000))`,
    'a huge number': `jsonb_build_object('fileSize', 1e131071)`,
    'less than 1 MiB of digits': `(select jsonb_agg(1) from generate_series(1, 340000))`,
    'less than 1 MiB of keys': `(select jsonb_object_agg('k' || i, i) from generate_series(1, 50000) i)`,
    'less than 1 MiB in a key': `jsonb_build_object(repeat('k', 1000000), 1)`,
  },
});

/** Values for a key of an object, as JSON. */
const KEY_VALUES = {
  'a long string': (n) => `to_jsonb(repeat('x', ${5 * n}))`,
  'spaces and combining marks': () => `to_jsonb(repeat(U&' \\0301', 300000))`,
  'a string of 900,000 characters': () => `to_jsonb(repeat('x', 900000))`,
  'the text of an array': () => `to_jsonb('{' || repeat('a,', 400000) || 'a}')`,
  'a long list': (n) => `(select jsonb_agg('x' || i) from generate_series(1, ${n}) i)`,
  'a list of less than 1 MiB': () => `(select jsonb_agg(0) from generate_series(1, 340000))`,
  'a huge number': () => `to_jsonb(1e131071)`,
  'a deep list': () => `(repeat('[', 5000) || repeat(']', 5000))::jsonb`,
};

/** The smallest and largest values of types without a length. */
const EXTREMES = {
  integer: ['2147483647', '-2147483648'],
  bigint: ['9223372036854775807', '-9223372036854775808'],
  date: ['infinity', '-infinity', '5874897-12-31', '4713-01-01 BC'],
  interval: ['178000000 years', '-178000000 years'],
  'timestamp with time zone': ['infinity', '-infinity', '294276-12-31', '4713-01-01 BC'],
  boolean: [],
};

/** Stores the values. Returns what huge.valuesFor() and huge.keyValues() need. */
export async function storeHugeValues(db, n) {
  const values = valuesOf(n);
  await db.sql(`
    set statement_timeout = 0;
    create schema fuzz;
    grant usage on schema fuzz to public;
    create table fuzz.huge (name text primary key, "text" text, "text[]" text[], "uuid[]" uuid[], "jsonb" jsonb);
    grant select on fuzz.huge to public`);
  const store = (name, type, expression) => db.sql(`insert into fuzz.huge (name, "${type}") select $1, ${expression}`, [name]);
  for (const [type, expressions] of Object.entries(values)) {
    for (const [what, expression] of Object.entries(expressions)) await store(`${type}: ${what}`, type, expression);
  }
  for (const [what, expression] of Object.entries(KEY_VALUES)) await store(`key: ${what}`, 'jsonb', expression(n));

  const read = (name, type) => `(select h."${type}" from fuzz.huge h where h.name = '${name}')`;
  return {
    /** Pairs of a description and an SQL expression. */
    valuesFor(type) {
      const stored = type === 'character varying' ? 'text' : type;
      if (stored in values) return Object.keys(values[stored]).map((what) => [what, read(`${stored}: ${what}`, stored)]);
      return (EXTREMES[type] ?? []).map((value) => [value, `'${value}'::${type}`]);
    },
    /** The same for a key of a jsonb argument, which is an object or a list of objects. */
    keyValues(key, isList) {
      return Object.keys(KEY_VALUES).map((what) => {
        const object = `jsonb_build_object('${key}', ${read(`key: ${what}`, 'jsonb')})`;
        return [`${key}: ${what}`, isList ? `jsonb_build_array(${object})` : object];
      });
    },
  };
}
