// How this page calls the API, with the types that are generated from the database: `helpdesk`
// calls functions, `tables` reads and writes tables. Errors are thrown, see errors.ts.

import { type Database, Helpdesk, type RowOf } from '@helpdesk/client';
import { PostgrestClient, PostgrestError, type PostgrestSingleResponse } from '@supabase/postgrest-js';

/** The address of PostgREST. The server of this page passes /api on to it. */
const API = new URL('/api', location.href).href;

export type Client = ReturnType<typeof connect>;

/** A client that is signed in with an access token, or nobody's. */
export function connect(token?: string) {
  const tables = new PostgrestClient<Database>(API, {
    schema: 'helpdesk',
    headers: token ? { Authorization: `Bearer ${token}` } : {},
  });
  return { tables, helpdesk: new Helpdesk(tables), token };
}

/** Sends a request to a table, such as tables.from('workflows').select(), and returns its rows. */
export async function rows<Rows>(request: PromiseLike<PostgrestSingleResponse<Rows>>): Promise<Rows> {
  const { data, error } = await request;
  if (error) throw new PostgrestError(error);
  return data;
}

/** For `satisfies`, because order() and is() of postgrest-js take any text as a column. */
export type ColumnOf<Table extends keyof Database['helpdesk']['Tables']> = keyof RowOf<Table>;
