import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { freezeCode } from './frozenCode.ts';
import { readZip } from './zipArchive.ts';

/** Code that was uploaded: its folder, and what the API tells of it. */
export interface UploadedCode {
  readonly codeDir: string;
  readonly code: { readonly sha256: string; readonly size: number };
}

/** Holds for the code of all folders: whatever package.json lies above the data folder says nothing of it. */
const manifest = 'package.json';

/** The folders of code that came by the API, and of what versions were published from. All below one folder. */
export class CodeStore {
  readonly #dir: string;

  /** `dir`: absolute. */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Unpacks a deployment package into a folder of its own. @throws ZipProblem */
  async upload(archive: Uint8Array): Promise<UploadedCode> {
    const files = await readZip(archive);
    const codeDir = join(this.#dir, randomUUID());
    await this.#orNothing(codeDir, async () => {
      await mkdir(codeDir, { recursive: true });
      await writeFile(join(this.#dir, manifest), '{}\n');
      for (const { path, data, executable } of files) {
        const file = join(codeDir, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, data);
        if (executable) await chmod(file, 0o755);
      }
    });
    const sha256 = createHash('sha256').update(archive).digest('base64');
    return { codeDir, code: { sha256, size: archive.byteLength } };
  }

  /** Whether a folder is one of these: its code is never written again. */
  holds(codeDir: string): boolean {
    return codeDir.startsWith(this.#dir + sep);
  }

  /** A copy of the project's code as it is now, for a version. `dataDir` is local Lambda's own and never part of it. */
  async freeze(codeDir: string, dataDir: string): Promise<string> {
    const folder = join(this.#dir, randomUUID());
    const frozen = join(folder, 'code');
    await this.#orNothing(folder, () => freezeCode(codeDir, frozen, dataDir));
    return frozen;
  }

  /** Removes a folder that nothing runs from; one that is not of these stays. */
  async remove(codeDir: string): Promise<void> {
    if (this.holds(codeDir)) await removeFolder(join(this.#dir, this.#nameOf(codeDir)));
  }

  /** Removes what no function or version needs any more: at the start, when nothing runs from it. */
  async sweep(needed: readonly string[]): Promise<void> {
    // By name: the data folder may have been reached by another path when they were written down.
    const kept = new Set(needed.flatMap((codeDir) => codeDir.split(/[\\/]/)));
    const names = await readdir(this.#dir).catch(() => []);
    for (const name of names) if (name !== manifest && !kept.has(name)) await removeFolder(join(this.#dir, name));
  }

  #nameOf(codeDir: string): string {
    return relative(this.#dir, codeDir).split(sep)[0] ?? '';
  }

  async #orNothing(folder: string, make: () => Promise<void>): Promise<void> {
    try {
      await make();
    } catch (error) {
      await removeFolder(folder);
      throw error;
    }
  }
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
