// Who is signed in, and in which of their organizations they work. It is kept for each tab of the
// browser, so that two tabs can be two people.

import type { Member, OrgRole, RowOf } from '@helpdesk/client';
import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { type Client, connect } from '../api/client';
import { isRefusal } from '../api/errors';
import { listMembers, myOrganizations, myProfile } from '../api/organizations';
import { ErrorNote } from '../ui/ErrorNote';
import { Loading } from '../ui/Loading';

interface SignedIn {
  name: string;
  token: string;
  organization?: string;
}

export interface Membership {
  /** The caller's profile. */
  me: string;
  org: RowOf<'organizations'>;
  members: Member[];
  isStaff: boolean;
  isAdmin: boolean;
}

interface Session {
  client: Client;
  isSignedIn: boolean;
  name: string | null;
  organizations: RowOf<'organizations'>[];
  /** Null for somebody who belongs to no organization yet. */
  membership: Membership | null;
  signIn(person: { name: string; token: string }): void;
  signOut(): void;
  chooseOrganization(id: string): void;
}

const STORED = 'helpdesk session';
const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession() needs a SessionProvider');
  return session;
}

/** For what only members see. */
export function useMembership(): Membership & { client: Client } {
  const { client, membership } = useSession();
  if (!membership) throw new Error('useMembership() is for members of an organization');
  return { client, ...membership };
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [signedIn, setSignedIn] = useState<SignedIn | null>(() => JSON.parse(sessionStorage.getItem(STORED) ?? 'null'));
  // What one person has read is never shown to the next one.
  const queries = useMemo(() => createQueryClient(signedIn?.token), [signedIn?.token]);

  function store(next: SignedIn | null) {
    if (next) sessionStorage.setItem(STORED, JSON.stringify(next));
    else sessionStorage.removeItem(STORED);
    setSignedIn(next);
  }

  return (
    <QueryClientProvider client={queries} key={signedIn?.token ?? 'nobody'}>
      <LoadSession signedIn={signedIn} store={store}>
        {children}
      </LoadSession>
    </QueryClientProvider>
  );
}

/** The token is named so that each person has a client of their own. */
function createQueryClient(_token: string | undefined) {
  // A refusal stays a refusal; only what did not reach the server is tried again.
  const retry = (failures: number, error: unknown) => failures < 2 && !isRefusal(error);
  return new QueryClient({ defaultOptions: { queries: { retry, staleTime: 1_000 } } });
}

function LoadSession(props: { signedIn: SignedIn | null; store(next: SignedIn | null): void; children: ReactNode }) {
  const { signedIn, store, children } = props;
  const queries = useQueryClient();
  const client = useMemo(() => connect(signedIn?.token), [signedIn?.token]);
  const me = useQuery({
    queryKey: ['me'],
    queryFn: async () => ({ id: await myProfile(client), organizations: await myOrganizations(client) }),
    enabled: signedIn !== null,
    staleTime: 60_000,
  });
  const organizations = me.data?.organizations ?? [];
  const org = organizations.find(({ id }) => id === signedIn?.organization) ?? organizations[0];
  const members = useQuery({
    queryKey: ['members', org?.id],
    queryFn: () => listMembers(client, org?.id ?? ''),
    enabled: org !== undefined,
    staleTime: 30_000,
  });

  const signOut = () => store(null);
  // If it only failed to be read again, the page stays as it is, with what somebody is writing.
  const failure = [me, members].find(({ isLoadingError }) => isLoadingError)?.error;
  if (signedIn && failure)
    return (
      <ErrorNote
        error={failure}
        actions={
          <button type="button" onClick={signOut}>
            Sign in again
          </button>
        }
      />
    );
  if (signedIn && (me.isPending || (org && members.isPending))) return <Loading />;

  const role = members.data?.find(({ id }) => id === me.data?.id)?.orgRole;
  const session: Session = {
    client,
    isSignedIn: signedIn !== null,
    name: signedIn?.name ?? null,
    organizations,
    membership:
      signedIn && org && me.data?.id && members.data
        ? { me: me.data.id, org, members: members.data, isStaff: isStaffRole(role), isAdmin: role === 'org_admin' }
        : null,
    signIn: ({ name, token }) => store({ name, token }),
    signOut,
    chooseOrganization: (id) => {
      if (signedIn) store({ ...signedIn, organization: id });
      void queries.invalidateQueries();
    },
  };
  return <SessionContext value={session}>{children}</SessionContext>;
}

const isStaffRole = (role: OrgRole | undefined) => role === 'org_agent' || role === 'org_admin';
