// Writes the cases into organizations: each kind into the one with its search language.

import { addMember, createOrganization, signUp } from '../../support/organizations.js';

/** Far from the numbers in the texts, so that a query for one of those names no ticket. */
const FIRST_NUMBER = 600_001;

/** The title of tickets that are found by their texts. It is similar to no word in a query. */
const TITLE = 'Correspondence';

/**
 * Adds the cases to a database with the cast. Each case gets `org`, `id`, and `customer`, who asks
 * for it beside staff; tickets get their `number` too.
 */
export async function writeCorpus(db, cast, kinds) {
  const corpus = new Corpus(db, cast);
  for (const { searchLanguage, cases } of kinds) {
    const org = await corpus.organization(searchLanguage);
    for (const item of cases) Object.assign(item, { org }, await corpus.write(org, item));
  }
}

class Corpus {
  #people = new Map();
  #orgs = new Map();

  constructor(db, cast) {
    this.db = db;
    this.cast = cast;
  }

  /** Acme, or another organization of Ada's for another search language. */
  async organization(searchLanguage) {
    if (!this.#orgs.has(searchLanguage)) {
      const { acme, ada, alice } = this.cast;
      let org = acme;
      if (searchLanguage !== 'simple') {
        org = await createOrganization(this.db, ada, `Acme in ${searchLanguage}`);
        await addMember(this.db, org, alice, 'org_customer');
        await this.db.sql('update helpdesk.organizations set search_language = $2 where id = $1', [org, searchLanguage]);
      }
      await this.db.sql(
        `insert into helpdesk.ticket_counters as c (org_id, last_number) values ($1, $2)
         on conflict (org_id) do update set last_number = excluded.last_number`,
        [org, FIRST_NUMBER - 1],
      );
      this.#orgs.set(searchLanguage, org);
    }
    return this.#orgs.get(searchLanguage);
  }

  /** Someone of the cast by name, or a new member given as `Name <address>`. */
  async #person(org, text, role) {
    const known = this.cast[text.toLowerCase()] ?? this.#people.get(text);
    if (known) return known;
    const [, name, email] = /^(.+) <(.+)>$/.exec(text);
    const person = await signUp(this.db, name, email);
    await addMember(this.db, org, person, role);
    this.#people.set(text, person);
    return person;
  }

  write(org, { text, fields }) {
    return fields.article ? this.#writeArticle(org, text, fields) : this.#openTicket(org, text, fields);
  }

  async #openTicket(org, text, fields) {
    const customer = fields.requester ? await this.#person(org, fields.requester, 'org_customer') : this.cast.alice;
    const assignee = fields.assignee && (await this.#person(org, fields.assignee, 'org_agent'));
    const [{ id, number }] = await this.db.sql(
      `insert into helpdesk.tickets (org_id, title, description, priority, created_by, assigned_to)
       values ($1, $2, $3, $4, $5, $6) returning id, number`,
      [org, fields.title ?? TITLE, text, fields.priority ?? 'low', customer.profile, assignee?.profile],
    );
    for (const visibility of ['', 'internal ']) {
      const isInternal = visibility !== '';
      const author = (isInternal ? this.cast.ada : customer).profile;
      const comment = fields[`${visibility}comment`];
      if (comment) {
        await this.db.sql(
          `insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal, created_by)
           values ($1, $2, $3, $4, $5)`,
          [org, id, comment, isInternal, author],
        );
      }
      const file = fields[`${visibility}attachment`];
      if (file) {
        await this.db.sql(
          `insert into helpdesk.ticket_attachments
                  (org_id, ticket_id, file_name, file_type, file_size, storage_path, is_internal, uploaded_by)
           values ($1, $2, $3, 'application/octet-stream', 1, concat_ws('/', $1::uuid, $2::uuid, md5($3::text)), $4, $5)`,
          [org, id, file, isInternal, author],
        );
      }
    }
    // Last, because a customer's comment reopens a ticket.
    if (fields.status) {
      await this.db.sql(
        `update helpdesk.tickets set current_stage_id = (
           select id from helpdesk.workflow_stages where org_id = $1 and status = $3 order by position limit 1)
          where org_id = $1 and id = $2`,
        [org, id, fields.status],
      );
    }
    return { id, number, customer };
  }

  async #writeArticle(org, text, { article, tags = '', category }) {
    if (category) await this.db.sql('insert into helpdesk.categories (org_id, name) values ($1, $2)', [org, category]);
    const id = await this.db.value(
      `insert into helpdesk.articles (org_id, author, title, content, tags, categories, visibility, status)
       values ($1, $2, $3, $4, string_to_array($5, ', '), array_remove(array[$6], null), 'public', 'published')
       returning id`,
      [org, this.cast.ada.profile, article, text, tags, category],
    );
    return { id, customer: this.cast.alice };
  }
}
