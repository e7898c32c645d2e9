// A file system of a few megabytes, to be filled.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SmallDisk {
  /** Why there can be none on this machine; undefined if there is one. */
  problem;
  #path = mkdtempSync(join(tmpdir(), 'helpdesk-disk-'));

  constructor(megabytes) {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.#path], { stdio: 'pipe' });
      chmodSync(this.#path, 0o777);
      process.on('exit', () => this.unmount());
    } catch (error) {
      this.unmount();
      this.problem = `no file system can be mounted here: ${error.stderr ?? error.message}`.trim();
    }
  }

  get path() {
    return this.#path;
  }

  /** Leaves so many bytes free. */
  fill(free) {
    this.empty();
    const { bavail, bsize } = statfsSync(this.#path);
    try {
      writeFileSync(this.#filler, Buffer.alloc(Math.max(0, bavail * bsize - free)));
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error; // Others have taken some of it meanwhile.
    }
  }

  empty() {
    rmSync(this.#filler, { force: true });
  }

  get #filler() {
    return join(this.#path, 'filler');
  }

  unmount() {
    if (!this.#path) return;
    try {
      if (!this.problem) execFileSync('umount', [this.#path], { stdio: 'pipe' });
    } catch {
      // It was not mounted, or is no longer.
    }
    rmSync(this.#path, { recursive: true, force: true });
    this.#path = undefined;
  }
}
