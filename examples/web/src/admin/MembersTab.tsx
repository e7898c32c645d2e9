import type { OrgRole } from '@helpdesk/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { removeMember, setMemberRole } from '../api/organizations';
import { useMembership } from '../session/Session';
import { Avatar } from '../ui/Avatar';
import { capitalize, ROLES, roleName } from '../ui/names';
import { useToast } from '../ui/Toast';
import { Invites } from './Invites';

export function MembersTab() {
  const { client, org, members, me } = useMembership();
  const { tell, tellError } = useToast();
  const queries = useQueryClient();
  const reload = () => queries.invalidateQueries({ queryKey: ['members'] });

  const changeRole = useMutation({
    mutationFn: ({ id, role }: { id: string; role: OrgRole }) => setMemberRole(client, org.id, id, role),
    onError: tellError,
    onSettled: reload,
  });
  const remove = useMutation({
    mutationFn: ({ id }: { id: string; name: string }) => removeMember(client, org.id, id),
    onSuccess: (_, { name }) => tell(`${name} is not a member any more.`),
    onError: tellError,
    onSettled: reload,
  });

  return (
    <div className="with-aside">
      <section className="card">
        <h2>Members</h2>
        <table className="members">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Role</th>
              <th scope="col">
                <span className="hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {members.map(({ id, name, email, orgRole, hasLogin }) => (
              <tr key={id}>
                <th scope="row">
                  <span className="row">
                    <Avatar name={name} />
                    <span>
                      {name}
                      <small className="muted">{hasLogin ? <Address email={email ?? ''} /> : 'cannot sign in any more'}</small>
                    </span>
                  </span>
                </th>
                <td>
                  <select
                    aria-label={`Role of ${name}`}
                    value={orgRole}
                    onChange={(event) => changeRole.mutate({ id, role: event.target.value as OrgRole })}
                  >
                    {ROLES.map((role) => (
                      <option key={role} value={role}>
                        {capitalize(roleName(role))}
                      </option>
                    ))}
                  </select>
                </td>
                <td>
                  {id !== me && (
                    <button
                      type="button"
                      className="small"
                      aria-label={`Remove ${name}`}
                      onClick={() =>
                        confirm(`Remove ${name}? Their open tickets become unassigned.`) && remove.mutate({ id, name })
                      }
                    >
                      Remove
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Invites />
    </div>
  );
}

/** Where it is too long for a line, it is divided at its @. */
function Address({ email }: { email: string }) {
  const at = email.indexOf('@') + 1;
  return (
    <>
      {email.slice(0, at)}
      <wbr />
      {email.slice(at)}
    </>
  );
}
