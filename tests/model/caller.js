// The caller and their relation to organizations and tickets: the vocabulary of rules.js.

/** A caller: a database role, and the person whose login is in the claims. */
export class Caller {
  constructor(world, name, role, login = null) {
    this.world = world;
    this.name = name;
    this.role = role;
    this.login = login;
    this.isSuperuser = role === 'superuser';
    /** Such roles write in the name of a person only if their claims contain one. */
    this.bypassesRowSecurity = this.isSuperuser || role === 'service_role';
    // The role anon is nobody, whatever its claims contain.
    const profile = login && role !== 'anon' && world.rows.profiles.find((row) => row.auth_id === login);
    this.id = profile?.id ?? null;
    this.isSignedIn = role !== 'anon' && world.logins.some((row) => row.id === login);
    /** A profile that is missing is created by the first write that names it. */
    this.profile = this.id ?? (this.isSignedIn ? 'the missing profile' : null);
    this.installationRole = profile?.role ?? (this.isSignedIn ? 'customer' : null);
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

  /** Anybody, people with a confirmed address, or administrators of the installation only. */
  mayCreateOrganization() {
    if (this.installationRole !== 'customer') return this.installationRole === 'admin';
    const { who_may_found_organizations: who } = this.world.rows.installation_settings[0];
    return who === 'anyone' || (who === 'confirmed' && this.hasConfirmedAddress());
  }

  hasConfirmedAddress() {
    const login = this.world.logins.find((row) => row.id === this.login);
    return this.isSignedIn && Boolean(login.email && login.email_confirmed_at);
  }

  /** Admins invite anybody; agents invite customers if their organization lets them. */
  mayInvite(org, role) {
    const { agents_may_invite: isAllowed } = this.world.rows.organizations.find((row) => row.id === org) ?? {};
    return this.isAdmin(org) || (this.isStaff(org) && Boolean(isAllowed) && role === 'customer');
  }

  mayRevoke(invite) {
    return this.isAdmin(invite.org_id) || (this.isStaff(invite.org_id) && this.is(invite.created_by));
  }

  orgs(test = () => true) {
    return this.world.orgs.filter((org) => this.isMember(org) && test(org));
  }

  is(person) {
    return this.profile !== null && this.profile === person;
  }

  /**
   * Whether they are requester or assignee of the ticket, and still a member of its organization.
   */
  isParticipant(ticket) {
    return this.isMember(ticket.org_id) && (this.is(ticket.created_by) || this.is(ticket.assigned_to));
  }

  sees(ticket) {
    return this.isStaff(ticket.org_id) || this.isParticipant(ticket);
  }

  /** Whether they see the ticket of a comment, a revision or the like. */
  seesTicketOf(row) {
    return this.sees(this.world.rows.tickets.find((ticket) => ticket.id === row.ticket_id));
  }

  /** Whether they see a comment or an attachment: only staff see internal ones. */
  seesOnTicket(row) {
    return this.isStaff(row.org_id) || (!row.is_internal && this.seesTicketOf(row));
  }

  /** The role anon is not a member of anything, whatever its claims contain. */
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
