// What customers see. Staff may use it too, for tickets of their own.

import { MyTickets } from './MyTickets';
import { NewTicket } from './NewTicket';
import { PortalTicket } from './PortalTicket';

export default function PortalPage({ page }: { page: string | undefined }) {
  if (page === 'new') return <NewTicket />;
  if (page) return <PortalTicket key={page} number={Number(page)} />;
  return <MyTickets />;
}
