import type { ReactNode } from 'react';
import { sentence } from '../api/errors';

export function ErrorNote({ error, text, actions }: { error: unknown; text?: string; actions?: ReactNode }) {
  return (
    <div className="note danger" role="alert">
      <span>{text ?? sentence(error)}</span>
      {actions}
    </div>
  );
}
