import { createHash, randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { readZip } from './zipArchive.ts';

/** Code that was uploaded: its folder, and what the API tells of it. */
export interface UploadedCode {
  readonly codeDir: string;
  readonly code: { readonly sha256: string; readonly size: number };
}

/** Folders that hold no code, or code that is linked instead. */
const notCopied = new Set(['.git', '.hg', '.svn', '.aws-sam', 'cdk.out', 'node_modules']);

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
    const codeDir = await this.#newFolder();
    for (const { path, data, executable } of files) {
      const file = join(codeDir, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, data);
      if (executable) await chmod(file, 0o755);
    }
    const sha256 = createHash('sha256').update(archive).digest('base64');
    return { codeDir, code: { sha256, size: archive.byteLength } };
  }

  /**
   * The folder that a version published from `codeDir` keeps. Uploaded code is never written again, so it serves; a folder of
   * the project is copied, its installed packages linked: those are not frozen with the version.
   */
  async freeze(codeDir: string, dataDir: string): Promise<string> {
    if (this.#holds(codeDir)) return codeDir;
    const frozen = await this.#newFolder();
    const links: string[] = [];
    await cp(codeDir, frozen, {
      recursive: true,
      filter: (from) => {
        const name = relative(dirname(from), from);
        if (from === codeDir) return true;
        if (name === 'node_modules') links.push(from);
        return !notCopied.has(name) && resolve(from) !== resolve(dataDir);
      },
    });
    for (const from of links) {
      const to = join(frozen, relative(codeDir, from));
      await mkdir(dirname(to), { recursive: true });
      await symlink(from, to, 'junction');
    }
    return frozen;
  }

  /** Removes what no function or version needs any more: at the start, when nothing runs from it. */
  async sweep(needed: readonly string[]): Promise<void> {
    const names = await readdir(this.#dir).catch(() => []);
    for (const name of names) {
      const folder = join(this.#dir, name);
      if (!needed.includes(folder)) await rm(folder, { recursive: true, force: true });
    }
  }

  #holds(codeDir: string): boolean {
    return dirname(codeDir) === this.#dir;
  }

  async #newFolder(): Promise<string> {
    const folder = join(this.#dir, randomUUID());
    await mkdir(folder, { recursive: true });
    return folder;
  }
}
