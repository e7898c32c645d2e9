import { type ReactNode, useEffect } from 'react';
import { Link, useLocation } from 'wouter';
import { type Membership, useSession } from '../session/Session';
import { ConnectionNote } from './ConnectionNote';
import { NotificationsMenu } from './NotificationsMenu';
import { PersonMenu } from './PersonMenu';

const TITLES: Record<string, string> = {
  inbox: 'Inbox',
  dashboard: 'Dashboard',
  admin: 'Admin',
  portal: 'My tickets',
  help: 'Help center',
};

export function Shell({ children }: { children: ReactNode }) {
  const { membership, isSignedIn } = useSession();
  const [location] = useLocation();
  const title = [TITLES[location.split('/')[1] ?? ''], membership?.org.name, 'helpdesk'].filter(Boolean).join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);

  return (
    <>
      <header className="top-bar">
        <Link href="/" className="brand">
          <img src="/favicon.svg" alt="" width="24" height="24" />
          <span>helpdesk</span>
        </Link>
        <nav aria-label="Pages">
          {membership ? <MemberLinks {...membership} /> : <PageLink href="/help">Help center</PageLink>}
        </nav>
        {membership && <NotificationsMenu />}
        {isSignedIn && <PersonMenu />}
        {!isSignedIn && (
          <Link href="/" className="button small">
            Sign in
          </Link>
        )}
      </header>
      {membership && <ConnectionNote />}
      {children}
    </>
  );
}

function MemberLinks({ isStaff, isAdmin, org }: Membership) {
  return (
    <>
      {isStaff && <PageLink href="/inbox/open">Inbox</PageLink>}
      {isStaff && <PageLink href="/dashboard">Dashboard</PageLink>}
      {isAdmin && <PageLink href="/admin/members">Admin</PageLink>}
      {!isStaff && <PageLink href="/portal">My tickets</PageLink>}
      <PageLink href={`/help/${org.id}`}>Help center</PageLink>
    </>
  );
}

function PageLink({ href, children }: { href: string; children: ReactNode }) {
  const [location] = useLocation();
  const section = href.split('/')[1];
  return (
    <Link href={href} aria-current={location.split('/')[1] === section ? 'page' : undefined}>
      {children}
    </Link>
  );
}
