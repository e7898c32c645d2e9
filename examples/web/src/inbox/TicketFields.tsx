import type { Ticket, TicketPriority } from '@helpdesk/client';
import { useMembership } from '../session/Session';
import type { Edits } from '../ticket/mergeChanges';
import { capitalize, PRIORITIES } from '../ui/names';

/** Stage, priority and assignee. Only the stages that the workflow allows now are offered. */
export function TicketFields(props: { ticket: Ticket; onChange(changes: Edits): void; isSaving: boolean }) {
  const { ticket, onChange, isSaving } = props;
  const { members, me } = useMembership();
  // A field that was disabled while it is saved would lose the focus of the keyboard.
  const change = (changes: Edits) => !isSaving && onChange(changes);
  const staff = members.filter(({ orgRole, id }) => orgRole !== 'org_customer' || id === ticket.assignedTo?.id);

  return (
    <div className="ticket-fields" aria-busy={isSaving}>
      <label>
        Stage
        <select value={ticket.currentStage.id} onChange={(event) => change({ stageId: event.target.value })}>
          <option value={ticket.currentStage.id}>{ticket.currentStage.name}</option>
          {ticket.availableStages.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Priority
        <select value={ticket.priority} onChange={(event) => change({ priority: event.target.value as TicketPriority })}>
          {PRIORITIES.map((priority) => (
            <option key={priority} value={priority}>
              {capitalize(priority)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Assignee
        <select value={ticket.assignedTo?.id ?? ''} onChange={(event) => change({ assignedTo: event.target.value || null })}>
          <option value="">Nobody</option>
          {staff.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
              {id === me && ' (you)'}
            </option>
          ))}
        </select>
      </label>
      {ticket.assignedTo?.id !== me && (
        <button type="button" className="small" onClick={() => change({ assignedTo: me })}>
          Assign to me
        </button>
      )}
    </div>
  );
}
