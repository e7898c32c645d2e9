import type { TicketActivity } from '@helpdesk/client';
import { Avatar } from '../ui/Avatar';
import { Empty } from '../ui/Empty';
import { duration } from '../ui/TimeAgo';

export function AgentTable({ activity }: { activity: TicketActivity }) {
  const agents = activity.byAgent.filter(({ agent }) => agent !== null);
  if (agents.length === 0) return <Empty title="Nobody has answered yet" />;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Agent</th>
          <th scope="col" className="number">
            Resolved
          </th>
          <th scope="col" className="number">
            First response
          </th>
          <th scope="col" className="number">
            Resolution
          </th>
        </tr>
      </thead>
      <tbody>
        {agents.map(({ agent, resolved, firstResponse, resolution }) => (
          <tr key={agent?.id}>
            <th scope="row">
              <span className="row">
                <Avatar name={agent?.name ?? ''} /> {agent?.name}
              </span>
            </th>
            <td className="number">{resolved}</td>
            <td className="number">{duration(firstResponse.medianSeconds)}</td>
            <td className="number">{duration(resolution.medianSeconds)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
