import { PeopleMenu } from './PeopleMenu';

export function SignInPage() {
  return (
    <main className="narrow page">
      <h1>Who would you like to be?</h1>
      <p className="muted">
        This is a demo: everybody is a click away. Open a second tab to be somebody else at the same time, such as a customer and
        the agent who answers.
      </p>
      <PeopleMenu />
    </main>
  );
}
