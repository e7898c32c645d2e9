import type { UserRole } from '@helpdesk/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createInvite, listInvites, revokeInvite } from '../api/organizations';
import { useMembership } from '../session/Session';
import { ErrorNote } from '../ui/ErrorNote';
import { capitalize } from '../ui/names';
import { TimeAgo } from '../ui/TimeAgo';
import { useToast } from '../ui/Toast';

const ROLES: UserRole[] = ['customer', 'agent', 'admin'];

export function Invites() {
  const { client, org } = useMembership();
  const { tell, tellError } = useToast();
  const queries = useQueryClient();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<UserRole>('customer');
  const reload = () => queries.invalidateQueries({ queryKey: ['invites'] });

  const invites = useQuery({ queryKey: ['invites', org.id], queryFn: () => listInvites(client, org.id) });
  const invite = useMutation({
    mutationFn: () => createInvite(client, org.id, email, role),
    onSuccess: () => {
      tell(`${email} is invited.`);
      setEmail('');
    },
    onSettled: reload,
  });
  const revoke = useMutation({ mutationFn: (id: string) => revokeInvite(client, id), onError: tellError, onSettled: reload });

  function submit(event: FormEvent) {
    event.preventDefault();
    invite.mutate();
  }

  return (
    <section className="card stack">
      <h2>Invites</h2>
      <form className="stack" onSubmit={submit}>
        <label className="field">
          E-mail address
          <input type="email" required value={email} onChange={(event) => setEmail(event.target.value)} />
        </label>
        <label className="field">
          Role
          <select value={role} onChange={(event) => setRole(event.target.value as UserRole)}>
            {ROLES.map((choice) => (
              <option key={choice} value={choice}>
                {capitalize(choice)}
              </option>
            ))}
          </select>
        </label>
        {invite.error && <ErrorNote error={invite.error} />}
        <div className="actions">
          <button type="submit" className="primary" disabled={invite.isPending}>
            Invite
          </button>
        </div>
      </form>
      <ul className="plain invites">
        {invites.data?.map(({ id, email, role, created_at }) => (
          <li key={id} className="spread">
            <span>
              {email}
              <small className="muted">
                {role} · <TimeAgo at={created_at} />
              </small>
            </span>
            <button
              type="button"
              className="small"
              aria-label={`Revoke the invite to ${email}`}
              onClick={() => revoke.mutate(id)}
            >
              Revoke
            </button>
          </li>
        ))}
      </ul>
      {invites.data?.length === 0 && <p className="muted">No invite is pending.</p>}
    </section>
  );
}
