// Which page is shown at which address. Pages other than the inbox are loaded when they are opened.

import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { InboxPage } from './inbox/InboxPage';
import { SessionProvider, useSession } from './session/Session';
import { SignInPage } from './session/SignInPage';
import { WelcomePage } from './session/WelcomePage';
import { LiveUpdates } from './shell/LiveUpdates';
import { Shell } from './shell/Shell';
import { ErrorBoundary } from './ui/ErrorBoundary';
import { Loading } from './ui/Loading';
import { ToastProvider } from './ui/Toast';

const PortalPage = lazy(() => import('./portal/PortalPage'));
const HelpCenterPage = lazy(() => import('./help-center/HelpCenterPage'));
const ArticleEditor = lazy(() => import('./help-center/ArticleEditor'));
const AdminPage = lazy(() => import('./admin/AdminPage'));
const DashboardPage = lazy(() => import('./dashboard/DashboardPage'));

export function App() {
  return (
    <ToastProvider>
      <SessionProvider>
        <LiveUpdates>
          <Shell>
            <ErrorBoundary>
              <Suspense fallback={<Loading />}>
                <Switch>
                  <Route path="/help/:org?/:article?">
                    {({ org, article }) => <HelpCenterPage org={org} article={article} />}
                  </Route>
                  <Route>
                    <MembersOnly />
                  </Route>
                </Switch>
              </Suspense>
            </ErrorBoundary>
          </Shell>
        </LiveUpdates>
      </SessionProvider>
    </ToastProvider>
  );
}

function MembersOnly() {
  const session = useSession();
  if (!session.isSignedIn) return <SignInPage />;
  if (!session.membership) return <WelcomePage />;
  const { isStaff, isAdmin } = session.membership;
  return (
    <Switch>
      {isStaff && (
        <Route path="/inbox/:view/:number?">
          {({ view, number }) => <InboxPage viewName={view} number={number ? Number(number) : null} />}
        </Route>
      )}
      {isStaff && <Route path="/dashboard" component={DashboardPage} />}
      {isStaff && <Route path="/articles/:article">{({ article }) => <ArticleEditor key={article} article={article} />}</Route>}
      {isAdmin && <Route path="/admin/:tab">{({ tab }) => <AdminPage tab={tab} />}</Route>}
      <Route path="/portal/:page?">{({ page }) => <PortalPage page={page} />}</Route>
      <Route>
        <Redirect to={isStaff ? '/inbox/open' : '/portal'} replace />
      </Route>
    </Switch>
  );
}
