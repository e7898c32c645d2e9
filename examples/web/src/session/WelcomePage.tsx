import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { acceptInvite, createOrganization, myPendingInvites } from '../api/organizations';
import { usePolling } from '../shell/LiveUpdates';
import { ErrorNote } from '../ui/ErrorNote';
import { roleName } from '../ui/names';
import { useSession } from './Session';

/** For somebody who belongs to no organization yet: accept an invite, or found an organization. */
export function WelcomePage() {
  const { client, name } = useSession();
  const queries = useQueryClient();
  const [orgName, setOrgName] = useState('');
  const reload = () => queries.invalidateQueries();

  const invites = useQuery({
    queryKey: ['my invites'],
    queryFn: () => myPendingInvites(client),
    refetchInterval: usePolling(),
  });
  const accept = useMutation({ mutationFn: (invite: string) => acceptInvite(client, invite), onSuccess: reload });
  const found = useMutation({ mutationFn: () => createOrganization(client, orgName), onSuccess: reload });

  function submit(event: FormEvent) {
    event.preventDefault();
    found.mutate();
  }

  return (
    <main className="narrow page">
      <h1>Welcome, {name}</h1>
      <section className="card">
        <h2>Invites</h2>
        {invites.data?.length ? (
          <ul className="plain">
            {invites.data.map((invite) => (
              <li key={invite.id} className="spread">
                <span>
                  <strong>{invite.orgName}</strong> invites you as {roleName(invite.orgRole)}
                </span>
                <button type="button" className="primary" onClick={() => accept.mutate(invite.id)} disabled={accept.isPending}>
                  Join {invite.orgName}
                </button>
              </li>
            ))}
          </ul>
        ) : (
          <p className="muted">Nobody has invited you yet. Invites to your address appear here.</p>
        )}
        {(accept.error ?? invites.error) && <ErrorNote error={accept.error ?? invites.error} />}
      </section>
      <form className="card stack" onSubmit={submit}>
        <h2>Or start a help desk</h2>
        <label className="field">
          Name of your organization
          <input value={orgName} onChange={(event) => setOrgName(event.target.value)} required maxLength={200} />
        </label>
        {found.error && <ErrorNote error={found.error} />}
        <div>
          <button type="submit" className="primary" disabled={found.isPending}>
            Create organization
          </button>
        </div>
      </form>
    </main>
  );
}
