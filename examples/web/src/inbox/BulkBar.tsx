import type { TicketChanges, TicketPriority } from '@helpdesk/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { listWorkflows } from '../api/organizations';
import { updateTickets } from '../api/tickets';
import { useMembership } from '../session/Session';
import { useRefreshTickets } from '../ticket/useTicket';
import { capitalize, PRIORITIES } from '../ui/names';
import { useToast } from '../ui/Toast';

/** Changes all selected tickets in one call: all of them or none. */
export function BulkBar({ selected, onDone }: { selected: Set<string>; onDone(): void }) {
  const { client, org, members } = useMembership();
  const { tell, tellError } = useToast();
  const refresh = useRefreshTickets();
  const workflows = useQuery({ queryKey: ['workflows', org.id], queryFn: () => listWorkflows(client, org.id) });
  const change = useMutation({
    mutationFn: (changes: TicketChanges) => updateTickets(client, [...selected], changes),
    onSuccess: ({ updated }) => {
      tell(`${updated} of ${selected.size} tickets changed.`);
      onDone();
    },
    onError: tellError,
    onSettled: refresh,
  });

  return (
    <div className="bulk" role="group" aria-label="Change the selected tickets">
      <strong>{selected.size} selected</strong>
      <select
        aria-label="Assign all to"
        value=""
        disabled={change.isPending}
        onChange={(event) => change.mutate({ assignedTo: event.target.value })}
      >
        <option value="" disabled>
          Assign…
        </option>
        {members
          .filter(({ orgRole }) => orgRole !== 'org_customer')
          .map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
      </select>
      <select
        aria-label="Priority of all"
        value=""
        disabled={change.isPending}
        onChange={(event) => change.mutate({ priority: event.target.value as TicketPriority })}
      >
        <option value="" disabled>
          Priority…
        </option>
        {PRIORITIES.map((priority) => (
          <option key={priority} value={priority}>
            {capitalize(priority)}
          </option>
        ))}
      </select>
      <select
        aria-label="Move all to"
        value=""
        disabled={change.isPending}
        onChange={(event) => change.mutate({ stageId: event.target.value })}
      >
        <option value="" disabled>
          Move…
        </option>
        {workflows.data?.map((workflow) => (
          <optgroup key={workflow.id} label={workflow.name}>
            {workflow.workflow_stages
              .filter((stage) => stage.is_active)
              .map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <button type="button" className="small" onClick={onDone}>
        Clear
      </button>
    </div>
  );
}
