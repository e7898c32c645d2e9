import { isSessionOver } from '../api/errors';
import { useSession } from '../session/Session';
import { ErrorNote } from '../ui/ErrorNote';
import { useUnread } from './useNotifications';

/** Says that polling fails, beside the page as it was read last and what somebody is writing in it. */
export function ConnectionNote() {
  const { signOut } = useSession();
  const { error } = useUnread();
  if (!error) return null;
  return (
    <div className="connection-note">
      <ErrorNote
        error={error}
        {...(isSessionOver(error)
          ? {
              actions: (
                <button type="button" onClick={signOut}>
                  Sign in again
                </button>
              ),
            }
          : { text: 'The server cannot be reached. What you see may be out of date.' })}
      />
    </div>
  );
}
