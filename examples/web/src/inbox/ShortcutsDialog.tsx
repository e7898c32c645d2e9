import { useEffect, useRef } from 'react';

const SHORTCUTS = [
  ['j / k', 'Next, previous ticket'],
  ['Enter', 'Open the ticket'],
  ['u', 'Back to the list'],
  ['x', 'Select the ticket'],
  ['r', 'Reply'],
  ['c', 'Comment internally'],
  ['a', 'Assign to me'],
  ['n', 'Claim the next ticket'],
  ['e', 'Edit title and description'],
  ['Ctrl Enter', 'Send'],
  ['/', 'Search'],
  ['?', 'This help'],
];

export function ShortcutsDialog({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="shortcuts-title" onClose={onClose}>
      <h2 id="shortcuts-title">Keyboard shortcuts</h2>
      <dl className="shortcuts">
        {SHORTCUTS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog" className="actions">
        <button type="submit" className="primary">
          Close
        </button>
      </form>
    </dialog>
  );
}
