import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type OrganizationChanges, updateOrganization } from '../api/organizations';
import { useMembership } from '../session/Session';
import { ErrorNote } from '../ui/ErrorNote';
import { useToast } from '../ui/Toast';

const LANGUAGES = ['simple', 'english', 'german', 'french', 'spanish', 'italian', 'dutch', 'portuguese'];

export function SettingsTab() {
  const { client, org } = useMembership();
  const { tell } = useToast();
  const queries = useQueryClient();
  const [changes, setChanges] = useState<OrganizationChanges>({});
  const values = { ...org, ...changes };
  const set = (change: OrganizationChanges) => setChanges({ ...changes, ...change });

  const save = useMutation({
    mutationFn: () => updateOrganization(client, org.id, changes),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['me'] });
      setChanges({});
      tell('The settings are saved.');
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (Object.keys(changes).length > 0) save.mutate();
  }

  return (
    <form className="card stack settings" onSubmit={submit}>
      <h2>Settings</h2>
      <label className="field">
        Name
        <input value={values.name} required maxLength={200} onChange={(event) => set({ name: event.target.value })} />
      </label>
      <label className="field">
        Time zone of reports
        <input value={values.time_zone} required onChange={(event) => set({ time_zone: event.target.value })} />
      </label>
      <label className="field">
        Language of tickets and articles, for the search
        <select value={values.search_language} onChange={(event) => set({ search_language: event.target.value })}>
          {[...new Set([...LANGUAGES, org.search_language])].map((language) => (
            <option key={language}>{language}</option>
          ))}
        </select>
      </label>
      <fieldset className="stack">
        <legend>Customers</legend>
        <label className="check">
          <input
            type="checkbox"
            checked={values.open_to_customers}
            onChange={(event) => set({ open_to_customers: event.target.checked })}
          />
          Anybody may join as customer
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={values.agents_may_invite}
            onChange={(event) => set({ agents_may_invite: event.target.checked })}
          />
          Agents may invite customers
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={values.reopen_on_customer_comment}
            onChange={(event) => set({ reopen_on_customer_comment: event.target.checked })}
          />
          An answer by the customer reopens a pending or resolved ticket
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={values.closed_ticket_replies === 'reopen'}
            onChange={(event) => set({ closed_ticket_replies: event.target.checked ? 'reopen' : 'refuse' })}
          />
          Customers may answer closed tickets
        </label>
      </fieldset>
      {save.error && <ErrorNote error={save.error} />}
      <div className="actions">
        <button type="submit" className="primary" disabled={save.isPending}>
          Save
        </button>
      </div>
    </form>
  );
}
