import { Link } from 'wouter';
import { useViewCounts, VIEWS, type ViewName } from './views';

export function ViewList({ current }: { current: ViewName | null }) {
  const counts = useViewCounts();
  return (
    <nav className="views" aria-label="Views">
      <ul className="plain">
        {(Object.keys(VIEWS) as ViewName[]).map((view) => (
          <li key={view}>
            <Link href={`/inbox/${view}`} aria-current={view === current ? 'page' : undefined}>
              <span>{VIEWS[view].label}</span>
              <span className="count">{counts[view] ?? ''}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
