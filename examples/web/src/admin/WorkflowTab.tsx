import type { TicketStatus } from '@helpdesk/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createStage, listWorkflows, type Workflow } from '../api/organizations';
import { useMembership } from '../session/Session';
import { ErrorNote } from '../ui/ErrorNote';
import { SkeletonRows } from '../ui/Loading';
import { capitalize, STATUSES } from '../ui/names';
import { MoveEditor } from './MoveEditor';
import { StageEditor } from './StageEditor';

export function WorkflowTab() {
  const { client, org } = useMembership();
  const workflows = useQuery({ queryKey: ['workflows', org.id], queryFn: () => listWorkflows(client, org.id) });
  if (workflows.error) return <ErrorNote error={workflows.error} />;
  if (workflows.isPending) return <SkeletonRows count={5} />;
  return workflows.data.map((workflow) => (
    <section key={workflow.id} className="card stack workflow">
      <div>
        <h2>{workflow.name}</h2>
        <p className="muted">
          Tickets move through these stages. Drag a stage by its handle, or focus the handle, press Space and use the arrow keys.
        </p>
      </div>
      <StageEditor workflow={workflow} />
      <AddStage workflow={workflow} />
      <MoveEditor workflow={workflow} />
    </section>
  ));
}

function AddStage({ workflow }: { workflow: Workflow }) {
  const { client, org } = useMembership();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [status, setStatus] = useState<TicketStatus>('open');
  const add = useMutation({
    mutationFn: () => createStage(client, org.id, workflow.id, name, status),
    onSuccess: () => {
      setName('');
      return queries.invalidateQueries({ queryKey: ['workflows'] });
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    add.mutate();
  }

  return (
    <form className="add-stage" onSubmit={submit}>
      <label className="field">
        New stage
        <input value={name} required maxLength={200} onChange={(event) => setName(event.target.value)} />
      </label>
      <label className="field">
        Its tickets are
        <select value={status} onChange={(event) => setStatus(event.target.value as TicketStatus)}>
          {STATUSES.map((value) => (
            <option key={value} value={value}>
              {capitalize(value)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" disabled={add.isPending}>
        Add stage
      </button>
      {add.error && <ErrorNote error={add.error} />}
    </form>
  );
}
