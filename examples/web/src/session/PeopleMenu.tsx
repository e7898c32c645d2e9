import { useLocation } from 'wouter';
import { Avatar } from '../ui/Avatar';
import { ErrorNote } from '../ui/ErrorNote';
import { type DemoPerson, useDemoPeople } from './demoPeople';
import { useSession } from './Session';

/** The people of the demo, by organization. Choosing one signs in as them. */
export function PeopleMenu({ onChosen }: { onChosen?: () => void }) {
  const { signIn, name } = useSession();
  const [, navigate] = useLocation();
  const demo = useDemoPeople();
  if (demo.error) return <ErrorNote error={demo.error} text="This server has no demo, so there is nobody to sign in as." />;

  function choose(person: DemoPerson) {
    onChosen?.();
    navigate('/');
    signIn(person);
  }

  const people = demo.data?.people ?? [];
  const groups = [...new Set(people.map(({ organization }) => organization))];
  return (
    <div className="people">
      {groups.map((organization) => (
        <section key={organization}>
          <h2>{organization ?? 'New here'}</h2>
          <ul>
            {people
              .filter((person) => person.organization === organization)
              .map((person) => (
                <li key={person.name}>
                  <button
                    type="button"
                    className="person"
                    aria-current={person.name === name || undefined}
                    onClick={() => choose(person)}
                  >
                    <Avatar name={person.name} />
                    <span>{person.name}</span>
                    <small>{person.role ?? 'no organization'}</small>
                  </button>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
