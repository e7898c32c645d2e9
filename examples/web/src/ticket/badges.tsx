import type { TicketPriority, TicketStatus } from '@helpdesk/client';
import { capitalize } from '../ui/names';

export function PriorityBadge({ priority }: { priority: TicketPriority }) {
  return <span className={`priority ${priority}`}>{capitalize(priority)}</span>;
}

export function StageBadge({ status, name }: { status: TicketStatus; name: string }) {
  return <span className={`stage ${status}`}>{name}</span>;
}
