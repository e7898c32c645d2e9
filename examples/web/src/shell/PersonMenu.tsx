import { useRef } from 'react';
import { useLocation } from 'wouter';
import { PeopleMenu } from '../session/PeopleMenu';
import { useSession } from '../session/Session';
import { Avatar } from '../ui/Avatar';

export function PersonMenu() {
  const { name, organizations, membership, chooseOrganization, signOut } = useSession();
  const [, navigate] = useLocation();
  const menu = useRef<HTMLDivElement>(null);

  return (
    <>
      <button type="button" className="ghost person-button" popoverTarget="person-menu">
        <Avatar name={name ?? ''} />
        <span className="person-name">
          <span>
            <span className="hidden">Signed in as </span>
            {name}
          </span>
          <small>{membership?.org.name}</small>
        </span>
      </button>
      <div id="person-menu" className="popover" popover="auto" ref={menu}>
        {organizations.length > 1 && (
          <label className="field">
            Organization
            <select
              value={membership?.org.id}
              onChange={(event) => {
                navigate('/');
                chooseOrganization(event.target.value);
              }}
            >
              {organizations.map((org) => (
                <option key={org.id} value={org.id}>
                  {org.name}
                </option>
              ))}
            </select>
          </label>
        )}
        <h2>Be somebody else</h2>
        <PeopleMenu onChosen={() => menu.current?.hidePopover()} />
        <button
          type="button"
          onClick={() => {
            navigate('/');
            signOut();
          }}
        >
          Sign out
        </button>
      </div>
    </>
  );
}
