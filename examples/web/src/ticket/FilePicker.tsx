import { useRef } from 'react';
import { fileSize } from '../ui/fileSize';
import { Icon } from '../ui/Icon';
import { useToast } from '../ui/Toast';
import { type Files, useStorage } from './useFiles';

/** Chooses files to send along. Without a storage for them, the button says so. */
export function FilePicker({ files, isSending }: { files: Files; isSending: boolean }) {
  const storage = useStorage();
  const { tell } = useToast();
  const input = useRef<HTMLInputElement>(null);

  function choose() {
    if (storage) input.current?.click();
    else tell('Files cannot be sent: this server has no storage for them.');
  }

  return (
    <div className="file-picker">
      <button
        type="button"
        className="ghost icon-button"
        aria-label="Attach files"
        title="Attach files"
        onClick={choose}
        disabled={isSending}
      >
        <Icon name="clip" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files"
        onChange={(event) => {
          files.add([...(event.target.files ?? [])]);
          // The same file can be chosen again after it was removed.
          event.target.value = '';
        }}
      />
      {files.files.length > 0 && (
        <ul className="plain files" aria-label="Chosen files">
          {files.files.map((file) => (
            <li key={`${file.name} ${file.size} ${file.lastModified}`} className="row">
              {file.name} ({fileSize(file.size)})
              <button
                type="button"
                className="ghost icon-button small"
                aria-label={`Remove ${file.name}`}
                onClick={() => files.remove(file)}
                disabled={isSending}
              >
                <Icon name="cross" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
