// Generates a random world: organizations, people and rows in every table, as plain objects. It
// satisfies all invariants of helpdesk, and every world contains a few important situations.

import { createHash } from 'node:crypto';
import { Random } from '../support/random.js';

export const ORG_ROLES = ['org_admin', 'org_agent', 'org_customer'];
export const PRIORITIES = ['low', 'medium', 'high', 'urgent'];
export const ARTICLE_STATUSES = ['draft', 'published', 'archived'];
export const VISIBILITIES = ['internal', 'members', 'public'];
/** Occurs in every ticket, comment and article. */
export const WORD = 'printer';
export const NOTIFICATION_TYPES = [
  'ticket_created',
  'ticket_assigned',
  'ticket_updated',
  'ticket_commented',
  'ticket_resolved',
  'ticket_closed',
  'ticket_unassigned',
  'ticket_file_added',
  'custom',
];

const TICKETS_PER_ORG = 9;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/**
 * The start of a world, long enough ago that all its timestamps are in the past. It is an hour
 * before midnight at any time of day, so that every run generates the same worlds and their events
 * cross midnight.
 */
const BEGINNING = (Math.floor(Date.now() / DAY) - 100) * DAY - 60 * MINUTE;

/** The digest of an admin code, as it is stored. */
export const digest = (code) => createHash('sha256').update(code).digest('hex');

/** The generated world: `{ seed, orgs, logins, strayLogin, codes, rows: { table: [row] } }`. */
export function generateWorld(seed) {
  return new Generator(seed).generate();
}

class Generator {
  constructor(seed) {
    this.random = new Random(seed);
    this.clock = BEGINNING;
    this.world = { seed, orgs: [], logins: [], codes: [], rows: {} };
    /** Former members by organization, whose texts remain. */
    this.former = new Map();
  }

  generate() {
    this.signUpPeople();
    this.foundOrganizations();
    this.joinOrganizations();
    for (const org of this.world.orgs) {
      this.workflows(org);
      this.queueWatchers(org);
      this.tickets(org);
      this.derivedFromTickets(org);
      this.invites(org);
      this.knowledge(org);
    }
    this.preferences();
    this.adminCodes();
    return this.world;
  }

  rows(table) {
    return (this.world.rows[table] ??= []);
  }

  add(table, row) {
    this.rows(table).push(row);
    return row;
  }

  /** The next timestamp, often equal to the last one, because events can share a transaction. */
  nextTime() {
    this.clock += this.random.below(3) * MINUTE;
    return new Date(this.clock).toISOString();
  }

  login(name) {
    const login = {
      id: this.random.uuid(),
      email: `${name}@example.org`,
      email_confirmed_at: this.random.chance(75) ? this.nextTime() : null,
    };
    this.world.logins.push(login);
    return login;
  }

  signUpPeople() {
    // There is an installation admin and an installation agent; most people are customers.
    const roles = this.random.some(['admin', 'admin', 'agent', 'agent', ...Array(7).fill('customer')], 11);
    this.people = roles.map((role, i) => {
      const login = this.login(`person${i}`);
      return this.add('profiles', {
        id: this.random.uuid(),
        auth_id: login.id,
        role,
        name: `Person ${i}`,
        email: login.email,
        created_at: this.nextTime(),
      });
    });
    [this.founders, this.others] = [this.people.slice(0, 3), this.people.slice(3, 8)];
    [this.stranger, this.removed, this.withoutLogin] = this.people.slice(8);
    // A member whose login was deleted.
    this.withoutLogin.auth_id = null;
    this.withoutLogin.email = null;
    this.world.logins.pop();
    this.world.strayLogin = this.login('stray').id; // A login without a profile.
  }

  foundOrganizations() {
    for (const [i, founder] of this.founders.entries()) {
      const org = this.random.uuid();
      this.world.orgs.push(org);
      this.add('organizations', {
        id: org,
        name: `Organization ${i}`,
        created_at: this.nextTime(),
        created_by: founder.id,
        agents_may_invite: i % 2 === 0,
        open_to_customers: i === 1,
        reopen_on_customer_comment: this.random.chance(70),
        closed_ticket_replies: 'reopen',
      });
    }
  }

  joinOrganizations() {
    for (const [i, org] of this.world.orgs.entries()) {
      this.former.set(org, i < 2 ? [this.removed.id] : []);
      this.join(org, this.founders[i], 'org_admin');
      this.join(org, this.founders[(i + 1) % 3], 'org_customer');
      this.join(org, this.withoutLogin, this.random.pick(ORG_ROLES));
      // Every organization has a customer who may be assigned. The first one has a single admin.
      const [assignable, agent, ...rest] = this.random.some(this.others, 5);
      this.join(org, assignable, 'org_customer', true);
      this.join(org, agent, 'org_agent');
      for (const person of [...rest, this.founders[(i + 2) % 3]]) {
        if (this.random.chance(40)) this.former.get(org).push(person.id);
        else if (this.random.chance(70)) this.join(org, person, this.random.pick(i > 0 ? ORG_ROLES : ORG_ROLES.slice(1)));
      }
    }
    // Removed from the other organizations, perhaps a member of this one.
    if (this.random.chance(50)) this.join(this.world.orgs[2], this.removed, this.random.pick(ORG_ROLES));
    const [first] = this.world.orgs;
    for (const member of this.members(first)) {
      if (member.user_id !== this.founders[0].id && member.org_role === 'org_admin') member.org_role = 'org_agent';
    }
  }

  join(org, person, role, mayBeAssigned = this.random.chance(30)) {
    this.add('org_members', {
      org_id: org,
      user_id: person.id,
      org_role: role,
      added_at: this.nextTime(),
      added_by: this.random.chance(50) ? this.founders[0].id : null,
      may_be_assigned: mayBeAssigned,
    });
  }

  members(org) {
    return this.rows('org_members').filter((member) => member.org_id === org);
  }

  /** People who may have written something in an organization: its members and former members. */
  authors(org) {
    return [...this.members(org).map((member) => member.user_id), ...this.former.get(org)];
  }

  assignable(org) {
    return this.members(org)
      .filter((member) => member.org_role !== 'org_customer' || member.may_be_assigned)
      .map((member) => member.user_id);
  }

  workflows(org) {
    // With increasing timestamps: a new ticket takes the oldest workflow, which must have stages.
    const add = (name, is_active) => {
      this.clock += MINUTE;
      return this.add('workflows', { org_id: org, id: this.random.uuid(), name, is_active, created_at: this.nextTime() });
    };
    this.stages(add('Support', true));
    this.transitions(this.stages(add('Strict', true)));
    this.stages(add('Old', false));
    this.stages(add('Never used', true));
    add('Without stages', true);
  }

  stages(workflow) {
    return ['open', 'open', 'pending', 'resolved', 'closed'].map((status, position) =>
      this.add('workflow_stages', {
        org_id: workflow.org_id,
        id: this.random.uuid(),
        workflow_id: workflow.id,
        name: `Stage ${position}`,
        position,
        status,
        is_start: position === 0,
        is_active: true,
      }),
    );
  }

  /** Few enough that another transition can be added to or from every stage. */
  transitions(stages) {
    for (const from of stages) {
      for (const step of this.random.some([1, 2, 3], 2)) {
        const to = stages[(stages.indexOf(from) + step) % stages.length];
        this.add('workflow_transitions', {
          org_id: from.org_id,
          workflow_id: from.workflow_id,
          from_stage_id: from.id,
          to_stage_id: to.id,
          min_role: this.random.pick(['org_agent', 'org_admin']),
        });
      }
    }
  }

  tickets(org) {
    const workflows = this.rows('workflows').filter(({ org_id, name }) => org_id === org && /Support|Strict|Old/.test(name));
    for (let number = 1; number <= TICKETS_PER_ORG; number++) {
      const workflow = this.random.pick(workflows);
      const stages = this.rows('workflow_stages').filter(({ workflow_id }) => workflow_id === workflow.id);
      // The last of the five stages is for closed tickets; the third is never used.
      const stage = stages[this.random.pick([0, 0, 1, 3, 4])];
      this.ticket(org, number, stage);
    }
    this.add('ticket_counters', { org_id: org, last_number: TICKETS_PER_ORG });
    this.add('search_rebuilds', { org_id: org, previous_languages: ['simple'], documents: 100, done: 10, step: 1 });
  }

  ticket(org, number, stage) {
    const isClosed = stage.status === 'closed';
    // A closed ticket keeps its assignee, even if they have left or may no longer be assigned.
    const assignees = isClosed ? this.authors(org) : this.assignable(org);
    const created = this.nextTime();
    const ticket = this.add('tickets', {
      org_id: org,
      id: this.random.uuid(),
      number,
      title: `Ticket ${number}: ${WORD}`,
      priority: this.random.pick(PRIORITIES),
      status: stage.status,
      workflow_id: stage.workflow_id,
      current_stage_id: stage.id,
      assigned_to: this.random.chance(60) ? this.random.pick(assignees) : null,
      created_by: this.random.pick(this.authors(org)),
      created_at: created,
      updated_at: this.nextTime(),
      stage_entered_at: created,
      resolved_at: isClosed || stage.status === 'resolved' ? created : null,
      closed_at: isClosed ? created : null,
      version: this.random.between(1, 3),
    });
    this.history(ticket);
    const comments = this.comments(ticket);
    const attachments = this.attachments(ticket, comments);
    const internal = (rows) => rows.filter((row) => row.is_internal).length;
    ticket.public_comment_count = comments.length - internal(comments);
    ticket.public_attachment_count = attachments.length - internal(attachments);
    const order = (comment) => comment.created_at + comment.id;
    const last = comments
      .filter((comment) => !comment.is_internal)
      .sort((a, b) => (order(a) < order(b) ? -1 : 1))
      .at(-1);
    ticket.last_public_comment_at = last?.created_at ?? null;
    ticket.is_answered = last !== undefined && last.created_by !== ticket.created_by;
    if (internal(comments) + internal(attachments) > 0) {
      this.add('ticket_internal_counts', {
        org_id: org,
        ticket_id: ticket.id,
        comment_count: internal(comments),
        attachment_count: internal(attachments),
      });
    }
  }

  history(ticket) {
    let previous = null;
    for (let version = 1; version <= ticket.version; version++) {
      const isLast = version === ticket.version;
      previous = this.add('ticket_history', {
        org_id: ticket.org_id,
        id: this.random.uuid(),
        ticket_id: ticket.id,
        requester_id: ticket.created_by,
        version,
        title: isLast ? ticket.title : `Title ${version} of ${ticket.number}`,
        priority: ticket.priority,
        status: ticket.status,
        // A former assignee has no access because of it.
        assigned_to: isLast ? ticket.assigned_to : this.random.pick(this.authors(ticket.org_id)),
        workflow_stage_id: ticket.current_stage_id,
        changed_by: this.random.chance(80) ? this.random.pick(this.authors(ticket.org_id)) : null,
        changed_at: this.nextTime(),
        previous_history_id: previous,
        changes: { type: version === 1 ? 'created' : 'updated', fields: {} },
      }).id;
    }
    ticket.latest_history_id = previous;
  }

  comments(ticket) {
    return Array.from({ length: this.random.below(5) }, (_, i) => {
      const created = this.nextTime();
      return this.add('ticket_comments', {
        org_id: ticket.org_id,
        id: this.random.uuid(),
        ticket_id: ticket.id,
        requester_id: ticket.created_by,
        content: `Comment ${i} on the ${WORD}`,
        // Also by people who are customers now and were staff before.
        is_internal: this.random.chance(40),
        created_by: this.random.pick(this.authors(ticket.org_id)),
        created_at: created,
        updated_at: created,
      });
    });
  }

  /** Half of them belong to a comment: by its author, with its visibility. */
  attachments(ticket, comments) {
    const paths = [];
    return Array.from({ length: this.random.below(5) }, (_, i) => {
      const comment = this.random.chance(50) ? this.random.pick(comments) : undefined;
      paths.push(this.storagePath(ticket, i, paths));
      return this.add('ticket_attachments', {
        org_id: ticket.org_id,
        id: this.random.uuid(),
        ticket_id: ticket.id,
        comment_id: comment?.id ?? null,
        requester_id: ticket.created_by,
        file_name: `File ${i}`,
        file_type: 'image/png',
        file_size: i,
        storage_path: paths[i],
        is_internal: comment?.is_internal ?? this.random.chance(40),
        uploaded_by: comment?.created_by ?? this.random.pick(this.authors(ticket.org_id)),
        uploaded_at: this.nextTime(),
      });
    });
  }

  /** Mostly a new file, sometimes one that is attached already or one of another ticket. */
  storagePath(ticket, i, paths) {
    if (i > 0 && this.random.chance(25)) return this.random.pick(paths);
    if (this.random.chance(20)) return this.random.pick(this.rows('ticket_attachments'))?.storage_path ?? 'nowhere.png';
    return `${ticket.org_id}/${ticket.id}/${i}.png`;
  }

  /** Half of the staff watch every workflow, or one. */
  queueWatchers(org) {
    const workflows = this.rows('workflows').filter((row) => row.org_id === org);
    for (const { user_id } of this.rows('org_members').filter((row) => row.org_id === org && row.org_role !== 'org_customer')) {
      const workflow_id = this.random.chance(50) ? null : this.random.pick(workflows).id;
      if (this.random.chance(50)) {
        this.add('queue_watchers', { org_id: org, id: this.random.uuid(), workflow_id, user_id, added_at: this.nextTime() });
      }
    }
  }

  /** Watchers, notifications and idempotency keys of tickets. */
  derivedFromTickets(org) {
    const tickets = this.rows('tickets').filter((ticket) => ticket.org_id === org);
    for (const ticket of tickets) {
      for (const user_id of this.random.some([...new Set(this.authors(org))], this.random.below(3))) {
        this.add('ticket_watchers', { org_id: org, ticket_id: ticket.id, user_id, added_at: this.nextTime() });
      }
      for (const user_id of this.random.some(this.authors(org), this.random.below(4))) this.notification(ticket, user_id);
    }
    for (const ticket of this.random.some(tickets, 3)) {
      this.add('idempotency_keys', {
        org_id: org,
        actor_id: ticket.created_by,
        key: `key ${ticket.id}`,
        ticket_id: ticket.id,
        object_id: ticket.id,
        request_digest: '\\x00',
        created_at: ticket.created_at,
      });
    }
  }

  /** About the ticket, one of its comments, or, from an application, about no ticket. */
  notification(ticket, user_id) {
    const comments = this.rows('ticket_comments').filter((comment) => comment.ticket_id === ticket.id);
    const isOnTicket = this.random.chance(90);
    this.add('notifications', {
      org_id: ticket.org_id,
      id: this.random.uuid(),
      user_id,
      ticket_id: isOnTicket ? ticket.id : null,
      comment_id: isOnTicket && this.random.chance(40) ? (this.random.pick(comments)?.id ?? null) : null,
      type: this.random.pick(NOTIFICATION_TYPES),
      content: { ticket_id: ticket.id, title: ticket.title },
      read: this.random.chance(40),
      created_at: this.nextTime(),
    });
  }

  /** Pending, expired and accepted invites to non-members and to addresses without a login. */
  invites(org) {
    const members = new Set(this.members(org).map((member) => member.user_id));
    const admins = this.members(org).filter((member) => member.org_role === 'org_admin');
    const invite = (email, more) => {
      const created = Date.now() - this.random.between(1, 20) * DAY;
      return this.add('org_invites', {
        org_id: org,
        id: this.random.uuid(),
        email,
        role: this.random.pick(['customer', 'agent', 'admin']),
        created_at: new Date(created).toISOString(),
        expires_at: new Date(created + this.random.pick([30, 30, 0.5]) * DAY).toISOString(),
        created_by: this.random.pick([null, ...admins.map((admin) => admin.user_id)]),
        used_at: null,
        used_by: null,
        ...more,
      });
    };
    const { agents_may_invite } = this.rows('organizations').find((row) => row.id === org);
    const agents = agents_may_invite ? this.members(org).filter((member) => member.org_role === 'org_agent') : [];
    const byAgent = () => (agents.length > 0 ? { role: 'customer', created_by: this.random.pick(agents).user_id } : {});
    for (const person of this.people) {
      if (person.email && !members.has(person.id) && this.random.chance(60)) {
        const email = this.random.chance(50) ? person.email : person.email.toUpperCase();
        invite(email, this.random.chance(40) ? byAgent() : {});
      }
    }
    invite('customer.of.agent@example.org', byAgent());
    // These addresses belong to nobody, so that no address is invited twice.
    invite('nobody@example.org');
    invite(`someone.${this.random.below(1000)}@example.org`);
    for (const used_by of this.random.some(this.authors(org), 2)) {
      invite(`${used_by}@example.org`, { used_at: new Date().toISOString(), used_by });
    }
  }

  /**
   * An article of each status and visibility, with categories, versions, feedback and linked
   * tickets.
   */
  knowledge(org) {
    const category = (name, parent) =>
      this.add('categories', {
        org_id: org,
        id: this.random.uuid(),
        name,
        parent_id: parent?.id ?? null,
        created_at: this.nextTime(),
      });
    const printers = category('Printers', category('Hardware'));
    category('Lasers', printers);
    category('Software');
    category('Unused');
    for (const status of ARTICLE_STATUSES) {
      for (const visibility of VISIBILITIES) this.article(org, status, visibility);
    }
  }

  article(org, status, visibility) {
    const created = this.nextTime();
    const article = this.add('articles', {
      org_id: org,
      id: this.random.uuid(),
      title: `The ${WORD}: ${status}, ${visibility}`,
      content: `All about the ${WORD}`,
      categories: this.random.some(['Hardware', 'Printers', 'Lasers', 'Software'], this.random.below(3)),
      tags: this.random.some(['new', 'old'], this.random.below(3)),
      // Perhaps a former member.
      author: this.random.pick(this.authors(org)),
      visibility,
      status,
      created_at: created,
      updated_at: this.nextTime(),
      published_at: status === 'draft' ? null : created,
      version: this.random.between(1, 3),
    });
    for (let version = 1; version <= article.version; version++) {
      this.add('article_versions', {
        org_id: org,
        id: this.random.uuid(),
        article_id: article.id,
        version,
        title: article.title,
        content: article.content,
        created_at: created,
        created_by: this.random.pick([null, article.author]),
      });
    }
    this.feedback(article);
    for (const ticket of this.random.some(
      this.rows('tickets').filter((row) => row.org_id === org),
      this.random.below(3),
    )) {
      this.add('ticket_articles', {
        org_id: org,
        ticket_id: ticket.id,
        article_id: article.id,
        linked_by: this.random.pick([null, ...this.authors(org)]),
        linked_at: this.nextTime(),
      });
    }
  }

  /** Feedback by anybody, because the article may have been public before. */
  feedback(article) {
    const readers = this.random.some(
      this.people.map((person) => person.id),
      this.random.below(5),
    );
    const rows = readers.map((user_id) =>
      this.add('article_feedback', {
        org_id: article.org_id,
        article_id: article.id,
        user_id,
        helpful: this.random.chance(50),
        comment: this.random.pick([null, 'Thanks']),
        created_at: this.nextTime(),
      }),
    );
    article.helpful_count = rows.filter((row) => row.helpful).length;
    article.unhelpful_count = rows.length - article.helpful_count;
  }

  preferences() {
    for (const person of this.people) {
      for (const type of this.random.some(NOTIFICATION_TYPES, this.random.below(4))) {
        this.add('notification_preferences', { user_id: person.id, type, enabled: this.random.chance(50) });
      }
    }
  }

  adminCodes() {
    const admins = this.people.filter((person) => person.role === 'admin');
    const add = (expires, more) => {
      const code = this.random.uuid().replaceAll('-', '');
      const row = this.add('admin_invite_codes', {
        code: digest(code),
        created_at: new Date(BEGINNING).toISOString(),
        expires_at: new Date(Date.now() + expires * DAY).toISOString(),
        created_by: this.random.pick([null, this.random.pick(admins).id]),
        used_at: null,
        used_by: null,
        ...more,
      });
      this.world.codes.push({ code, row });
    };
    add(7);
    add(7);
    add(-1);
    add(7, { used_at: new Date(BEGINNING).toISOString(), used_by: this.random.pick(admins).id });
  }
}
