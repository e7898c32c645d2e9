import type { Revision, UpdatedFields } from '@helpdesk/client';

type Change = { from: string | null; to: string | null };

/** What a revision changed, as a sentence without its subject. */
export function describeRevision({ changes, names }: Revision): string {
  if (changes.type === 'created') return 'opened the ticket';
  const nameOf = (id: string | null) => (id && names[id]) || 'somebody';
  const fields = Object.entries(changes.fields) as [keyof UpdatedFields, Change][];
  const parts = fields.map(([field, { from, to }]) => {
    switch (field) {
      case 'stage':
        return `moved it from ${nameOf(from)} to ${nameOf(to)}`;
      case 'priority':
        return `set the priority from ${from} to ${to}`;
      case 'assignedTo':
        return to ? `assigned it to ${nameOf(to)}` : `took it from ${nameOf(from)}`;
      case 'title':
        return `renamed it to “${to}”`;
      case 'description':
        return 'edited the description';
      case 'workflow':
        return `moved it to the workflow ${nameOf(to)}`;
      case 'createdBy':
        return `made ${nameOf(to)} its requester`;
      default:
        return null; // The status follows the stage.
    }
  });
  return parts.filter((part) => part !== null).join(' and ') || 'changed it';
}
