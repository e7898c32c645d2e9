import type { NewAttachment } from '@helpdesk/client';
import { useRef, useState } from 'react';
import { type Storage, uploadFile } from '../api/files';
import { useMembership } from '../session/Session';
import { useConfig } from '../shell/LiveUpdates';

/** Where files are kept; null if there is no such place. */
export function useStorage(): Storage | null {
  const { data: config } = useConfig();
  return config?.supabase?.bucket ? (config.supabase as Storage) : null;
}

/** The files that a person has chosen for what they are writing. */
export function useFiles() {
  const { client, org } = useMembership();
  const storage = useStorage();
  const [files, setFiles] = useState<File[]>([]);
  // What is sent again after a failure must name the same paths, as its idempotency key demands.
  const uploaded = useRef(new Map<File, NewAttachment>());

  return {
    files,
    add: (chosen: File[]) => setFiles([...files, ...chosen]),
    remove: (file: File) => setFiles(files.filter((other) => other !== file)),
    clear() {
      setFiles([]);
      uploaded.current.clear();
    },
    /** Uploads those that are not in storage yet, and returns all of them. */
    async upload(ticket: string): Promise<NewAttachment[]> {
      for (const file of files) {
        if (uploaded.current.has(file) || !storage) continue;
        uploaded.current.set(file, await uploadFile(client, storage, { orgId: org.id, id: ticket }, file));
      }
      return files.flatMap((file) => uploaded.current.get(file) ?? []);
    },
  };
}

export type Files = ReturnType<typeof useFiles>;
