// The request, the comments and, for staff, what was changed in between.

import type { Comment, Revision, TicketDetails } from '@helpdesk/client';
import { Avatar } from '../ui/Avatar';
import { Icon } from '../ui/Icon';
import { TimeAgo } from '../ui/TimeAgo';
import { FileList } from './FileList';
import { describeRevision } from './history';

export function Conversation({ details, withHistory = false }: { details: TicketDetails; withHistory?: boolean }) {
  const { ticket, comments, attachments, history } = details;
  const entries = [
    ...comments.map((comment) => ({ at: comment.createdAt, comment, revision: null })),
    ...(withHistory ? history : [])
      .filter(({ changes }) => changes.type === 'updated')
      .map((revision) => ({ at: revision.changedAt, comment: null, revision })),
  ].sort((a, b) => a.at.localeCompare(b.at));

  return (
    <ol className="conversation plain" aria-label="Conversation">
      <li className="message">
        <MessageHead name={ticket.createdBy.name} at={ticket.createdAt} />
        <div className="message-text">{ticket.description ?? <span className="muted">No description</span>}</div>
        <FileList files={attachments.filter(({ commentId }) => commentId === null)} />
      </li>
      {entries.map(({ comment, revision }) =>
        comment ? <CommentItem key={comment.id} comment={comment} /> : <RevisionItem key={revision.id} revision={revision} />,
      )}
    </ol>
  );
}

function CommentItem({ comment }: { comment: Comment }) {
  return (
    <li className={comment.isInternal ? 'message internal' : 'message'}>
      <MessageHead name={comment.createdBy.name} at={comment.createdAt} isInternal={comment.isInternal} />
      <div className="message-text">{comment.content}</div>
      <FileList files={comment.attachments} />
    </li>
  );
}

function MessageHead({ name, at, isInternal = false }: { name: string; at: string; isInternal?: boolean }) {
  return (
    <div className="message-head">
      <Avatar name={name} />
      <strong>{name}</strong>
      {isInternal && (
        <span className="internal-mark">
          <Icon name="lock" /> Internal note
        </span>
      )}
      <span className="muted">
        <TimeAgo at={at} />
      </span>
    </div>
  );
}

function RevisionItem({ revision }: { revision: Revision }) {
  return (
    <li className="revision">
      <span>
        <strong>{revision.changedBy?.name ?? 'The system'}</strong> {describeRevision(revision)}
      </span>
      <TimeAgo at={revision.changedAt} />
    </li>
  );
}
