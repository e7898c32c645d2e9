import type { Ticket } from '@helpdesk/client';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type Ref, useImperativeHandle, useRef } from 'react';
import { addComment } from '../api/tickets';
import { useMembership } from '../session/Session';
import { FilePicker } from '../ticket/FilePicker';
import { useDraft } from '../ticket/useDraft';
import { useFiles } from '../ticket/useFiles';
import { useRefreshTickets } from '../ticket/useTicket';
import { ErrorNote } from '../ui/ErrorNote';
import { Icon } from '../ui/Icon';

type Kind = 'public' | 'internal';
export interface ReplyBoxHandle {
  write(kind: Kind): void;
}

/** An answer, or a note for the staff. The answer can move the ticket in the same transaction. */
export function ReplyBox({ ref, ticket }: { ref: Ref<ReplyBoxHandle>; ticket: Ticket }) {
  const { client } = useMembership();
  const refresh = useRefreshTickets();
  const { draft, change, sent, failed } = useDraft(`reply ${ticket.id}`, { kind: 'public' as Kind, content: '', stageId: '' });
  const { kind, content, stageId } = draft;
  // Somebody else may have moved the ticket to where this stage cannot be reached.
  const nextStage = ticket.availableStages.some(({ id }) => id === stageId) ? stageId : '';
  const files = useFiles();
  const field = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => ({
    write(next) {
      change({ kind: next });
      field.current?.focus();
    },
  }));

  const send = useMutation({
    mutationFn: async () =>
      addComment(client, ticket.id, {
        content,
        isInternal: kind === 'internal',
        files: await files.upload(ticket.id),
        key: draft.key,
        changes: nextStage ? { stageId: nextStage } : null,
      }),
    onSuccess: () => {
      sent();
      files.clear();
    },
    onError: failed,
    onSettled: refresh,
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (content.trim() && !send.isPending) send.mutate();
  }

  return (
    <form className={`reply ${kind}`} onSubmit={submit}>
      <div className="tabs" role="group" aria-label="Kind of comment">
        <button type="button" aria-pressed={kind === 'public'} onClick={() => change({ kind: 'public' })}>
          Reply to {ticket.createdBy.name}
        </button>
        <button type="button" aria-pressed={kind === 'internal'} onClick={() => change({ kind: 'internal' })}>
          <Icon name="lock" /> Internal note
        </button>
      </div>
      <textarea
        ref={field}
        rows={3}
        value={content}
        maxLength={100_000}
        readOnly={send.isPending}
        aria-label={kind === 'public' ? 'Reply' : 'Internal note'}
        placeholder={kind === 'public' ? 'Write an answer…' : 'Only the staff will see this…'}
        onChange={(event) => change({ content: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      {send.error && <ErrorNote error={send.error} />}
      <div className="actions">
        <FilePicker files={files} isSending={send.isPending} />
        <select aria-label="Stage after sending" value={nextStage} onChange={(event) => change({ stageId: event.target.value })}>
          <option value="">Keep the stage</option>
          {ticket.availableStages.map(({ id, name }) => (
            <option key={id} value={id}>
              Then move to {name}
            </option>
          ))}
        </select>
        <button type="submit" className="primary" disabled={send.isPending}>
          {kind === 'public' ? 'Send reply' : 'Add note'}
        </button>
      </div>
    </form>
  );
}
