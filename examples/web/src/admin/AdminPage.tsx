import { Link } from 'wouter';
import { useMembership } from '../session/Session';
import { MembersTab } from './MembersTab';
import { SettingsTab } from './SettingsTab';
import { WorkflowTab } from './WorkflowTab';

const TABS = { members: 'Members', workflow: 'Workflow', settings: 'Settings' };

export default function AdminPage({ tab }: { tab: string }) {
  const { org } = useMembership();
  return (
    <main className="page">
      <h1>{org.name}</h1>
      <nav className="tabs" aria-label="Administration">
        {Object.entries(TABS).map(([name, label]) => (
          <Link key={name} href={`/admin/${name}`} aria-current={name === tab ? 'page' : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      {tab === 'members' && <MembersTab />}
      {tab === 'workflow' && <WorkflowTab />}
      {tab === 'settings' && <SettingsTab key={org.id} />}
    </main>
  );
}
