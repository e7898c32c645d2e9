// Errors as people read them. The word in `details` never changes its meaning, so it chooses the
// sentence; message and hint of the API are written for developers.

import { CallError, type ErrorWord, isHelpdeskError } from '@helpdesk/client';
import { PostgrestError } from '@supabase/postgrest-js';
import { FileError } from './files';

const SENTENCES: Partial<Record<ErrorWord, string>> = {
  already_a_member: 'This address belongs to a member. Change their role instead.',
  already_invited: 'Somebody else has invited this address already.',
  blank: 'Please write something first.',
  control_character: 'Please remove line breaks and invisible characters.',
  email_not_confirmed: 'Confirm your e-mail address first, then try again.',
  idempotency_key_used: 'This was sent already, with another text. Look at it before you send this one too.',
  invalid_email: 'This does not look like an e-mail address.',
  invalid_start_stage: 'New tickets can only start in an active stage that is open or pending.',
  invite_expired: 'This invite has expired. Ask for another one.',
  last_admin: 'An organization keeps at least one admin. Make somebody else admin first.',
  may_not_create_organization: 'You may not create organizations here. Ask for an invite.',
  may_not_invite_staff: 'Agents may only invite customers.',
  move_not_allowed: 'The workflow does not allow this move.',
  name_taken: 'There is one of this name already. Choose another name.',
  no_active_workflow: 'This organization takes no new tickets at the moment.',
  no_resolved_stage: 'The workflow has no stage for resolved tickets.',
  no_such_category: 'This category does not exist any more. Please reload the page.',
  no_such_article: 'This article does not exist any more.',
  no_such_member: 'This person is not a member any more.',
  no_such_stage: 'This stage does not exist any more. Please reload the page.',
  no_such_ticket: 'This ticket does not exist, or you may not see it.',
  not_a_member: 'You are not a member of this organization.',
  not_an_admin: 'Only admins may do this.',
  not_assignable: 'Tickets can only be assigned to the staff.',
  not_signed_in: 'Please sign in first.',
  not_staff: 'Only the staff may do this.',
  out_of_range: 'This number or period is too small or too large.',
  stage_in_use: 'Tickets are or were in this stage. Retire it instead of deleting it.',
  stage_retired: 'This stage is retired and takes no tickets.',
  start_stage_required: 'A workflow needs a start stage. Choose another one first.',
  ticket_closed: 'This ticket is closed. Please open a new one.',
  too_long: 'This text is too long.',
  unknown_time_zone: 'There is no such time zone. A name looks like Europe/Berlin.',
  unknown_language: 'There is no such language. A name looks like english or german.',
  version_conflict: 'Somebody else has changed this ticket in the meantime.',
};

/** SQLSTATEs and codes of PostgREST for a server that does not work. Empty: nothing came back. */
const UNAVAILABLE = /^(?:$|PGRST0|08|53|55|57|58|XX)/;

/** A sentence for the person who caused the error. */
export function sentence(error: unknown): string {
  if (error instanceof FileError) return error.message;
  const code = codeOf(error);
  if (code === undefined) return 'Something went wrong. Please try again.';
  if (UNAVAILABLE.test(code)) return 'The server cannot be reached. Please try again.';
  if (isSessionOver(error)) return 'Your session has ended. Please sign in again.';
  const { message } = error as Error;
  return isHelpdeskError(error) ? (SENTENCES[error.details] ?? message) : message;
}

/** Whether the access token has expired, or is refused for another reason. */
export const isSessionOver = (error: unknown) => Boolean(codeOf(error)?.startsWith('PGRST30'));

/** Whether the server has answered, so that the same request would fail again. */
export const isRefusal = (error: unknown) => Boolean(codeOf(error));

export const isConflict = (error: unknown) => isHelpdeskError(error, 'version_conflict');

/** The code of an error of the API. A proxy that answers in place of PostgREST sends none. */
const codeOf = (error: unknown): string | undefined =>
  error instanceof CallError || error instanceof PostgrestError ? error.code || '' : undefined;
