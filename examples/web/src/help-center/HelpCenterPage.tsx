// Open to everybody: nobody has to sign in to search and read public articles. Members also find
// those for members.

import { Redirect } from 'wouter';
import { useDemoPeople } from '../session/demoPeople';
import { useSession } from '../session/Session';
import { Empty } from '../ui/Empty';
import { Loading } from '../ui/Loading';
import { ArticleList } from './ArticleList';
import { ArticleView } from './ArticleView';

export default function HelpCenterPage({ org, article }: { org: string | undefined; article: string | undefined }) {
  const { organizations } = useSession();
  const demo = useDemoPeople();
  if (!org) {
    const [first] = [...organizations, ...(demo.data?.organizations ?? [])];
    if (first) return <Redirect to={`/help/${first.id}`} replace />;
    if (demo.isPending) return <Loading />;
    return (
      <main className="narrow page">
        <Empty title="No help center has this address" heading="h1" />
      </main>
    );
  }
  // Strangers may not read organizations: an application knows the names of its help centers.
  const name = [...organizations, ...(demo.data?.organizations ?? [])].find(({ id }) => id === org)?.name;
  if (article) return <ArticleView key={article} org={org} article={article} />;
  return <ArticleList key={org} org={org} name={name ?? ''} />;
}
