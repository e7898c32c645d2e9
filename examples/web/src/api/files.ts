// The files of attachments, in a bucket of Supabase Storage on which enable_storage() has put its
// policies. helpdesk knows the path of each; who may read and write it follows from the ticket.

import type { Attachment, NewAttachment } from '@helpdesk/client';
import type { Client } from './client';
import type { Supabase } from './config';

export type Storage = Supabase & { bucket: string };

/** What it says is for the person who has chosen the file. */
export class FileError extends Error {}

/** Stores a file, and returns what add_comment() and add_attachment() want to know of it. */
export async function uploadFile(
  client: Client,
  storage: Storage,
  ticket: { orgId: string; id: string },
  file: File,
): Promise<NewAttachment> {
  // The name is kept in the attachment. In a path, a storage server refuses some letters.
  const extension = /\.[a-z0-9]{1,8}$/i.exec(file.name)?.[0] ?? '';
  const storagePath = `${ticket.orgId}/${ticket.id}/${crypto.randomUUID()}${extension}`;
  const fileType = file.type || 'application/octet-stream';
  const answer = await request(client, storage, `object/${storage.bucket}/${storagePath}`, {
    method: 'POST',
    headers: { 'Content-Type': fileType },
    body: file,
  });
  if (!answer.ok) throw new FileError(`“${file.name}” could not be uploaded.`);
  return { fileName: file.name, fileType, fileSize: file.size, storagePath };
}

/** Reads a file and lets the browser save it under its name. */
export async function downloadFile(client: Client, storage: Storage, { fileName, storagePath }: Attachment) {
  // Any uploader chose this path: a `?` or `%2e%2e` in it must not lead to another address.
  const path = storagePath.split('/').map(encodeURIComponent).join('/');
  const answer = await request(client, storage, `object/authenticated/${storage.bucket}/${path}`);
  if (!answer.ok) throw new FileError(`“${fileName}” could not be read.`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await answer.blob());
  link.download = fileName;
  link.click();
  // Some browsers begin to save it only after this.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function request({ token }: Client, { url, apiKey }: Storage, path: string, options: RequestInit = {}) {
  const headers = { ...options.headers, apikey: apiKey, Authorization: `Bearer ${token}` };
  try {
    return await fetch(`${url}/storage/v1/${path}`, { ...options, headers });
  } catch {
    throw new FileError('The storage of files cannot be reached. Please try again.');
  }
}
