import { useLayoutEffect, useRef } from 'react';

/** Scrolls an element to its end when it appears, and whenever there are more items in it. */
export function useNewestInView(items: number | undefined) {
  const element = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (items !== undefined) element.current?.scrollTo({ top: element.current.scrollHeight });
  }, [items]);
  return element;
}
