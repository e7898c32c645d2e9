import type { ReactNode } from 'react';

/** What is shown instead of nothing. A page that has no other heading names its level. */
export function Empty(props: { title: string; heading?: 'h1'; children?: ReactNode }) {
  const { title, heading: Title = 'p', children } = props;
  return (
    <div className="empty">
      <Title className="empty-title">{title}</Title>
      {children}
    </div>
  );
}
