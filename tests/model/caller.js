// Who asks, and what they are to an organization or a ticket: the words in which rules.js says who may do what.

/** Somebody who asks: a database role, and the person whose login the claims name. */
export class Caller {
  constructor(world, name, role, login = null) {
    this.world = world;
    this.name = name;
    this.role = role;
    this.login = login;
    this.isSuperuser = role === 'superuser';
    /** Roles that row security does not hold. They write in their own name only when claims come with them. */
    this.bypassesRowSecurity = this.isSuperuser || role === 'service_role';
    // The role anon is nobody, whatever the claims say.
    const profile = login && role !== 'anon' && world.rows.profiles.find((row) => row.auth_id === login);
    this.id = profile?.id ?? null;
    this.installationRole = profile?.role ?? null;
  }

  roleIn(org) {
    const membership = this.world.rows.org_members.find((row) => row.org_id === org && row.user_id === this.id);
    return membership?.org_role ?? null;
  }

  isMember(org) {
    return this.roleIn(org) !== null;
  }

  isStaff(org) {
    return ['org_agent', 'org_admin'].includes(this.roleIn(org));
  }

  isAdmin(org) {
    return this.roleIn(org) === 'org_admin';
  }

  orgs(test = () => true) {
    return this.world.orgs.filter((org) => this.isMember(org) && test(org));
  }

  is(person) {
    return this.id !== null && this.id === person;
  }

  /** Whether they are on a ticket of an organization that they are a member of now: requester or assignee. */
  isParticipant(ticket) {
    return this.isMember(ticket.org_id) && (this.is(ticket.created_by) || this.is(ticket.assigned_to));
  }

  sees(ticket) {
    return this.isStaff(ticket.org_id) || this.isParticipant(ticket);
  }

  /** The ticket that a comment, a revision .. is on. */
  seesTicketOf(row) {
    return this.sees(this.world.rows.tickets.find((ticket) => ticket.id === row.ticket_id));
  }

  /** Comments and attachments: internal ones are staff's. */
  seesOnTicket(row) {
    return this.isStaff(row.org_id) || (!row.is_internal && this.seesTicketOf(row));
  }

  /** Whoever is not signed in is nobody's member, whatever claims come along. */
  readsArticle(article) {
    const isIn = (test) => this.role !== 'anon' && test;
    if (isIn(this.isStaff(article.org_id))) return true;
    if (article.status !== 'published') return false;
    return article.visibility === 'public' || (article.visibility === 'members' && isIn(this.isMember(article.org_id)));
  }

  readsArticleOf(row) {
    return this.readsArticle(this.world.rows.articles.find((article) => article.id === row.article_id));
  }

  toString() {
    const roles = this.world.orgs.map((org, i) => this.isMember(org) && `${this.roleIn(org)} of ${i}`).filter(Boolean);
    return `${this.name} (${[this.role, this.installationRole, ...roles].filter(Boolean).join(', ')})`;
  }
}
