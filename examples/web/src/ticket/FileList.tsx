import type { Attachment } from '@helpdesk/client';
import { downloadFile } from '../api/files';
import { useMembership } from '../session/Session';
import { fileSize } from '../ui/fileSize';
import { Icon } from '../ui/Icon';
import { useToast } from '../ui/Toast';
import { useStorage } from './useFiles';

/** What is attached. Only where there is a storage can the files themselves be read. */
export function FileList({ files }: { files: Attachment[] }) {
  const { client } = useMembership();
  const storage = useStorage();
  const { tellError } = useToast();
  if (files.length === 0) return null;
  return (
    <ul className="plain files" aria-label="Files">
      {files.map((file) => (
        <li key={file.id} className="row">
          <Icon name="file" />
          {storage ? (
            <button type="button" className="link" onClick={() => downloadFile(client, storage, file).catch(tellError)}>
              {file.fileName}
            </button>
          ) : (
            <span title="This server has no storage for files, so only names and sizes are shown.">{file.fileName}</span>
          )}
          <span className="muted">{fileSize(file.fileSize)}</span>
        </li>
      ))}
    </ul>
  );
}
