// Short messages about what just happened, which screen readers read out.

import { createContext, type ReactNode, useContext, useState } from 'react';
import { sentence } from '../api/errors';

interface Toasts {
  tell(text: string): void;
  tellError(error: unknown): void;
}

const SHOWN_MS = 6_000;
const ToastContext = createContext<Toasts>({ tell: () => {}, tellError: () => {} });
export const useToast = () => useContext(ToastContext);

export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<{ id: number; text: string; isError: boolean }[]>([]);

  const [toasts] = useState<Toasts>(() => {
    let last = 0;
    function add(text: string, isError: boolean) {
      const id = ++last;
      setMessages((shown) => [...shown.slice(-2), { id, text, isError }]);
      setTimeout(() => setMessages((shown) => shown.filter((message) => message.id !== id)), SHOWN_MS);
    }
    return { tell: (text) => add(text, false), tellError: (error) => add(sentence(error), true) };
  });

  return (
    <ToastContext value={toasts}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {messages.map(({ id, text, isError }) => (
          <p key={id} className={isError ? 'toast danger' : 'toast'}>
            {text}
          </p>
        ))}
      </div>
    </ToastContext>
  );
}
