// What rpc() of PostgrestClient and supabase-js leaves to the caller: arguments without unknown
// keys, errors as exceptions, and lists beyond the first page.

import type { Database } from './database.js';
import type {
  Article,
  ArticleFilters,
  ListedOrganization,
  ListedTicket,
  OrganizationFilters,
  SearchFilters,
  SearchHit,
  TicketFilters,
} from './json.js';

type Schema = Database['helpdesk'];
type Relations = Schema['Tables'] & Schema['Views'];

/** The name of a function. */
export type FunctionName = keyof Schema['Functions'];

/** The arguments of a function. */
export type ArgsOf<Name extends FunctionName> = Schema['Functions'][Name]['Args'];

/** The result of a function. */
export type ResultOf<Name extends FunctionName> = Schema['Functions'][Name]['Returns'];

/** A row of a table or a view. */
export type RowOf<Name extends keyof Relations> = Relations[Name]['Row'];

/** What a client needs: a PostgrestClient, or supabase-js with the schema helpdesk. */
export interface RpcClient {
  // biome-ignore lint/suspicious/noExplicitAny: the clients declare it in different ways.
  rpc(name: any, args?: any): PromiseLike<{ data: unknown; error: ReturnedError | null }>;
}

interface ReturnedError {
  code: string;
  message: string;
  // Types of some clients say that these are never null, but PostgREST sends null.
  details: string | null;
  hint: string | null;
}

/** Nothing if there are no arguments; they can be left out if each of them can. */
type ArgsList<Args> = [Args] extends [never] ? [] : Record<never, never> extends Args ? [args?: Args] : [args: Args];

/** Filters without what the iteration itself decides. */
type Selected<Filters> = Omit<Filters, 'cursor' | 'page' | 'count'>;

/** What call() throws: the error as PostgREST returned it. See isHelpdeskError(). */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: string;
  readonly details: string | null;
  readonly hint: string | null;

  constructor(name: FunctionName, { code, message, details, hint }: ReturnedError) {
    super(`${name}: ${message}`);
    this.code = code;
    this.details = details;
    this.hint = hint;
  }
}

export class Helpdesk {
  readonly #client: RpcClient;

  constructor(client: RpcClient) {
    this.#client = client;
  }

  /** Calls a function and returns its result, or throws a CallError. */
  async call<Name extends FunctionName>(name: Name, ...[args]: ArgsList<ArgsOf<Name>>): Promise<ResultOf<Name>> {
    const { data, error } = await this.#client.rpc(name, args);
    if (error) throw new CallError(name, error);
    return data as ResultOf<Name>;
  }

  readonly tickets = {
    /** All tickets that the filters select, page by page. `perPage` says how many one call reads. */
    list: (org: string, filters: Selected<TicketFilters> = {}): AsyncGenerator<ListedTicket> =>
      pages(async (cursor) => {
        const page = await this.call('list_org_tickets', {
          p_org_id: org,
          p_filters: { ...filters, cursor, page: null, count: 'none' },
        });
        return { items: page.tickets, next: page.pagination.nextCursor };
      }),
  };

  readonly articles = {
    /** All articles that the filters select, page by page. */
    list: (org: string, filters: Selected<ArticleFilters> = {}): AsyncGenerator<Article> =>
      pages(async (cursor) => {
        const page = await this.call('list_articles', {
          p_org_id: org,
          p_filters: { ...filters, cursor, count: 'none' },
        });
        return { items: page.articles, next: page.pagination.nextCursor };
      }),
  };

  readonly organizations = {
    /** All organizations that the filters select, page by page. */
    list: (filters: Selected<OrganizationFilters> = {}): AsyncGenerator<ListedOrganization> =>
      pages(async (cursor) => {
        const page = await this.call('list_organizations', {
          p_filters: { ...filters, cursor, count: 'none' },
        });
        return { items: page.organizations, next: page.pagination.nextCursor };
      }),
  };

  /** All that a search finds, best first, page by page. */
  search(org: string, query: string, filters: Selected<SearchFilters> = {}): AsyncGenerator<SearchHit> {
    return pages(async (cursor) => {
      const page = await this.call('search', {
        p_org_id: org,
        p_query: query,
        p_filters: { ...filters, cursor },
      });
      return { items: page.results, next: page.pagination.nextCursor };
    });
  }
}

async function* pages<Item>(
  read: (cursor: string | null) => Promise<{ items: Item[]; next: string | null }>,
): AsyncGenerator<Item> {
  let cursor: string | null = null;
  do {
    const { items, next } = await read(cursor);
    yield* items;
    cursor = next;
  } while (cursor !== null);
}
