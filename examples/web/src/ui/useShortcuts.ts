import { useEffect, useRef } from 'react';

/**
 * Calls a function when its key is pressed outside of text fields, such as { j: next, '?': help }.
 * Keys with Ctrl, Alt or Cmd belong to the browser.
 */
export function useShortcuts(keys: Record<string, () => void>) {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    function press(event: KeyboardEvent) {
      const target = event.target as HTMLElement;
      const isTyping = target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]');
      const action = current.current[event.key];
      if (!action || isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      action();
    }
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
