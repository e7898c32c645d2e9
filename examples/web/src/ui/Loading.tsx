/** Rows as high as those that will replace them, so that nothing moves. */
export function SkeletonRows({ count }: { count: number }) {
  return (
    <ul className="plain skeletons" aria-hidden="true">
      {Array.from({ length: count }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows never change.
        <li key={row} className="skeleton-row" />
      ))}
    </ul>
  );
}

/** Instead of a page that is not there yet. */
export function Loading() {
  return (
    <main className="loading" aria-busy="true">
      <h1 className="hidden">Loading</h1>
      <span className="spinner" aria-hidden="true" />
    </main>
  );
}
