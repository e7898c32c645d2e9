// What a session has done before it is measured: the calls of staff and customers of a large and of
// a small organization, as in a connection of a pool.

import { callsByName } from '../calls.js';
import { query } from './psql.js';

/** Functions whose calls take long at any number of tickets. */
const SLOW = /^(search|suggest_articles|list_org_tickets\/search)/;
const WRITES = /^(create|add|update|watch|mark|claim)_/;

const quote = (text) => `'${text.replaceAll("'", "''")}'`;

/** Creates bench.warm_up(times), which makes each call that many times. */
export function createWarmUp(values) {
  const calls = callsByName(values).filter(({ name }) => !SLOW.test(name) && !WRITES.test(name));
  const rows = calls.flatMap(({ callers }) => callers).map(({ claims, call }, n) => `(${n}, ${quote(claims)}, ${quote(call)})`);
  query(`
    create table if not exists bench.calls (n int, claims text, call text);
    truncate bench.calls;
    insert into bench.calls values ${rows.join(',\n')};
    grant select on bench.calls to authenticated;
    create or replace function bench.warm_up(times int) returns void language plpgsql as $$
    declare
      one record;
      claims text := current_setting('request.jwt.claims');
    begin
      for one in select c.claims, c.call from bench.calls c, generate_series(1, times) order by c.n loop
        perform set_config('request.jwt.claims', one.claims, true);
        execute one.call;
      end loop;
      perform set_config('request.jwt.claims', claims, true);
    end $$`);
}
