// People of two organizations at work while something goes wrong, and what must be true afterwards:
// every write that was acknowledged is there, once; none that was refused is; nobody has seen
// another organization.

import pg from 'pg';
import { brokenHistories, wrongCounts } from './consistency.js';
import { createTwoOrganizations } from './organizations.js';
import { Random } from './random.js';

/** A call that takes longer is cancelled, and counts as refused. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** What it writes. Other rows of the database have other texts. */
const WORD = /^[A-Z][a-z]+\d+x$/;

/** SQLSTATEs with which a session ends. A commit in flight may have succeeded. */
const LOST_CONNECTION = /^(57P0[1-5]|08...)$/;

/** Where each kind of write leaves its words. */
const WORDS = {
  ticket: 'select title from helpdesk.tickets',
  comment: 'select content from helpdesk.ticket_comments',
  file: 'select storage_path from helpdesk.ticket_attachments',
  // Later changes overwrite the description, but not its revision.
  change: 'select description from helpdesk.ticket_history',
};

export class Workload {
  /** Words by kind of write. */
  acknowledged = { ticket: new Set(), comment: new Set(), file: new Set(), change: new Set() };
  refused = { ticket: new Set(), comment: new Set(), file: new Set(), change: new Set() };
  /** SQLSTATEs of refused calls, with how many. */
  errors = {};
  /** Why sessions were lost, with how many. */
  losses = {};
  leaks = [];
  #db;
  #tickets = { acme: [], globex: [] };
  #attempts = 0;
  #cast;

  static async create(db) {
    return new Workload(db, await createTwoOrganizations(db));
  }

  constructor(db, cast) {
    this.#db = db;
    this.#cast = cast;
  }

  /** All people but the admins, with their organization. */
  get people() {
    const { alice, dave, ben, mallory, hank } = this.#cast;
    return [
      { ...alice, org: 'acme', isStaff: false },
      { ...dave, org: 'acme', isStaff: false },
      { ...ben, org: 'acme', isStaff: true },
      { ...mallory, org: 'globex', isStaff: false },
      { ...hank, org: 'globex', isStaff: true },
    ];
  }

  get total() {
    return Object.values(this.acknowledged).reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Works in one session per person until `isOver()`, and connects again whenever the session is
   * lost. `connect(person)` returns { call(name, args), owners(), end() }.
   */
  async run(seed, isOver, connect = (person) => this.signIn(person)) {
    await Promise.all(this.people.map((person, i) => this.#work(person, new Random(seed + i), isOver, connect)));
  }

  /** A session of a person, as PostgREST would have it. */
  async signIn({ login }) {
    const client = new pg.Client({ database: this.#db.name, user: 'authenticator', statement_timeout: STATEMENT_TIMEOUT_MS });
    client.on('error', () => {}); // The failing call reports it too.
    await client.connect();
    await client.query('set role authenticated');
    await client.query(`select set_config('request.jwt.claims', $1, false)`, [
      JSON.stringify({ role: 'authenticated', sub: login }),
    ]);
    return sqlSession(
      (text, values) => client.query(text, values),
      () => client.end(),
    );
  }

  async #work(person, random, isOver, connect) {
    let session;
    while (!isOver()) {
      try {
        session ??= await connect(person);
      } catch {
        await new Promise((next) => setTimeout(next, 20)); // The server is down.
        continue;
      }
      if (!(await this.#operate(session, person, random))) {
        session.end().catch(() => {});
        session = undefined;
      }
    }
    await session?.end().catch(() => {});
  }

  /** One operation; false if the session is lost. */
  async #operate(session, person, random) {
    if (random.chance(25)) return this.#attempt(() => this.#look(session, person));
    const word = `${person.name}${++this.#attempts}x`;
    const [kind, name, args] = this.#write(person, random, word);
    const outcome = await this.#attempt(async () => {
      const id = await session.call(name, args);
      this.acknowledged[kind].add(word);
      if (kind === 'ticket') this.#tickets[person.org].push({ id, owner: person.name });
    });
    if (outcome === 'refused') this.refused[kind].add(word);
    return outcome !== 'lost';
  }

  #write(person, random, word) {
    const org = this.#cast[person.org];
    const mine = this.#tickets[person.org].filter(({ owner }) => person.isStaff || owner === person.name);
    const ticket = random.pick(mine)?.id;
    const chance = random.below(100);
    if (!ticket || chance < 35) return ['ticket', 'create_ticket', { p_org_id: org, p_title: word }];
    if (chance < 65) {
      const isInternal = person.isStaff && random.chance(40);
      return ['comment', 'add_comment', { p_ticket_id: ticket, p_content: word, p_is_internal: isInternal }];
    }
    if (chance < 80 || !person.isStaff) {
      const file = { p_file_name: 'a.txt', p_file_type: 'text/plain', p_file_size: 1, p_storage_path: word };
      return ['file', 'add_attachment', { p_ticket_id: ticket, ...file }];
    }
    return ['change', 'update_ticket', { p_ticket_id: ticket, p_changes: { description: word } }];
  }

  /** Reads what the person may see, and notes what they may not. */
  async #look(session, person) {
    for (const { org_id, owner, count } of await session.owners()) {
      const mayBeSeen = org_id === this.#cast[person.org] && (person.isStaff || owner === person.profile);
      if (!mayBeSeen) this.leaks.push(`${person.name} saw ${count} rows of organization ${org_id}, person ${owner}`);
    }
  }

  /** 'done', 'refused' with an error that undid the call, or 'lost' with the session. */
  async #attempt(work) {
    try {
      await work();
      return 'done';
    } catch ({ code, severity }) {
      const isRefusal = /^[0-9A-Z]{5}$/.test(code ?? '') && severity === 'ERROR' && !LOST_CONNECTION.test(code);
      if (!isRefusal) {
        this.losses[code] = (this.losses[code] ?? 0) + 1;
        return 'lost';
      }
      this.errors[code] = (this.errors[code] ?? 0) + 1;
      return 'refused';
    }
  }

  /**
   * Everything that is not as it must be, as lines; to be called while nobody works. `db` may be a
   * copy of the database.
   */
  async problems(db = this.#db) {
    const problems = [...this.leaks];
    for (const [kind, query] of Object.entries(WORDS)) {
      const found = (await db.sql(`select found.word, count(*)::int as times from (${query}) found (word) group by 1`)).filter(
        ({ word }) => word !== null,
      );
      const times = new Map(found.map(({ word, times }) => [word, times]));
      for (const word of this.acknowledged[kind]) if (!times.has(word)) problems.push(`lost: ${kind} ${word}`);
      for (const word of this.refused[kind]) if (times.has(word)) problems.push(`refused, but written: ${kind} ${word}`);
      // The description stays in the revisions that follow a change.
      if (kind === 'change') continue;
      for (const [word, n] of times) if (n > 1 && WORD.test(word)) problems.push(`written ${n} times: ${kind} ${word}`);
    }
    const tickets = (await db.sql('select id from helpdesk.tickets')).map(({ id }) => id);
    const lines = (what, rows) => rows.map((row) => `${what}: ${JSON.stringify(row)}`);
    problems.push(...lines('wrong counts', await wrongCounts(db, tickets)));
    problems.push(...lines('broken history', await brokenHistories(db, tickets)));
    problems.push(...lines('verify_ticket_stats()', await db.sql('select * from helpdesk.verify_ticket_stats()')));
    problems.push(
      ...lines(
        'not in the search index',
        await db.sql(
          `select t.title from helpdesk.tickets t
            where not exists (select from helpdesk.search_documents d
                               where d.org_id = t.org_id and d.document_id = t.id and d.kind = 'ticket')`,
        ),
      ),
    );
    return problems;
  }
}

/** A session that calls functions and reads tables with these statements. */
export function sqlSession(query, end) {
  return {
    async call(name, args) {
      const names = Object.keys(args);
      const list = names.map((argument, i) => `${argument} => $${i + 1}`).join(', ');
      const { rows } = await query(`select helpdesk.${name}(${list}) as answer`, Object.values(args));
      return rows[0].answer;
    },
    async owners() {
      const { rows } = await query(
        `select org_id, created_by as owner, count(*)::int from helpdesk.tickets group by 1, 2
          union all select org_id, requester_id, count(*)::int from helpdesk.ticket_comments group by 1, 2
          union all select org_id, user_id, count(*)::int from helpdesk.notifications group by 1, 2`,
      );
      return rows;
    },
    end,
  };
}
