import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import type { Dirent, FSWatcher } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from '../../model/logger.ts';

/** Beyond this many folders a code folder is looked through at every invocation instead of watched. */
const MAX_WATCHED_FOLDERS = 2_000;
/** Where the system's notices come late (not on Linux), this many files are looked at every time: it is quick. */
const ALWAYS_LOOK_BELOW = 64;
const IGNORED = new Set(['.git', '.hg', '.svn', '.DS_Store', '__pycache__', '.pytest_cache', '.mypy_cache']);
/** Folders of packages: thousands of files, of which only the folder itself counts. */
const PACKAGES = new Set(['node_modules', '.venv', 'venv']);
const EDITOR_TRACE = /~$|\.sw[a-z]$/;

/**
 * Tells cheaply whether the code in a folder has changed: size and time of every file, looked up only when the system
 * says that something happened there. Of `node_modules` only the folder itself and the list npm keeps in it count, of
 * a Python virtual environment only the folder itself.
 */
export class CodeFolder {
  readonly #dir: string;
  readonly #ignored: string;
  readonly #ownPackages: boolean;
  readonly #log: Logger;
  readonly #watchers = new Map<string, FSWatcher>();
  #unwatchable = false;
  #changes = 0;
  #known: { readonly changes: number; readonly files: number; readonly fingerprint: string } | undefined;

  /**
   * `ignored`: a folder that may lie in there and is not code: local Lambda's own. `ownPackages`: `node_modules` without
   * npm's list in it is code of the person's, as in layers.
   */
  constructor(dir: string, ignored: string, log: Logger, { ownPackages = false } = {}) {
    this.#dir = dir;
    this.#ownPackages = ownPackages;
    this.#ignored = ignored;
    this.#log = log;
  }

  /** Another text after any change; `undefined` when there is no such folder. */
  async fingerprint(): Promise<string | undefined> {
    // A save just before this call has its notice delivered by the end of this turn of the event loop.
    await nextTurn();
    const late = process.platform !== 'linux' && (this.#known?.files ?? 0) < ALWAYS_LOOK_BELOW;
    if (this.#known?.changes === this.#changes && !this.#unwatchable && !late) return this.#known.fingerprint;

    const changes = this.#changes;
    const seen = new Set<string>();
    const entries: string[] = [];
    try {
      if (!(await stat(this.#dir)).isDirectory()) return this.#forget();
      if (process.platform !== 'linux') this.#watch(this.#dir, seen);
      await this.#look('', entries, seen);
    } catch {
      return this.#forget();
    }
    for (const [dir, watcher] of this.#watchers) {
      if (seen.has(dir)) continue;
      watcher.close();
      this.#watchers.delete(dir);
    }
    const fingerprint = createHash('sha1').update(entries.toSorted().join('\n')).digest('hex');
    this.#known = { changes, files: entries.length, fingerprint };
    return fingerprint;
  }

  /** Stops watching. */
  dispose(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#known = undefined;
  }

  #forget(): undefined {
    this.dispose();
    return undefined;
  }

  async #look(relative: string, entries: string[], seen: Set<string>): Promise<void> {
    const dir = join(this.#dir, relative);
    if (process.platform === 'linux') this.#watch(dir, seen);
    const children = await readdir(dir, { withFileTypes: true });
    await Promise.all(children.map((child) => this.#lookAt(join(relative, child.name), child, entries, seen)));
  }

  async #lookAt(path: string, child: Dirent, entries: string[], seen: Set<string>): Promise<void> {
    if (IGNORED.has(child.name) || EDITOR_TRACE.test(child.name)) return;
    if (join(this.#dir, path) === this.#ignored) return;
    const packages = PACKAGES.has(child.name) && !(await this.#isOwn(path));
    if (child.isDirectory() && !packages) {
      // It may vanish while we look.
      await this.#look(path, entries, seen).catch(() => undefined);
      return;
    }
    await this.#add(path, entries);
    if (!packages) return;
    if (process.platform === 'linux') this.#watch(join(this.#dir, path), seen);
    await this.#add(join(path, '.package-lock.json'), entries);
  }

  async #isOwn(packages: string): Promise<boolean> {
    if (!this.#ownPackages) return false;
    return !(await stat(join(this.#dir, packages, '.package-lock.json')).catch(() => undefined));
  }

  async #add(path: string, entries: string[]): Promise<void> {
    try {
      const { mtimeMs, size } = await stat(join(this.#dir, path));
      entries.push(`${path}\0${mtimeMs}\0${size}`);
    } catch {
      // Gone, or a link to nothing: the same as not there.
    }
  }

  /** Linux watches one folder at a time; the others watch all that is below. */
  #watch(dir: string, seen: Set<string>): void {
    seen.add(dir);
    if (this.#unwatchable || this.#watchers.has(dir)) return;
    if (this.#watchers.size >= MAX_WATCHED_FOLDERS) return this.#giveUp(`more than ${MAX_WATCHED_FOLDERS} folders`);
    try {
      const watcher = watch(dir, { persistent: false, recursive: process.platform !== 'linux' }, () => this.#changes++);
      watcher.on('error', () => {
        this.#changes++;
        watcher.close();
        this.#watchers.delete(dir);
      });
      this.#watchers.set(dir, watcher);
    } catch (error) {
      this.#giveUp(String(error));
    }
  }

  #giveUp(why: string): void {
    this.#unwatchable = true;
    this.#log.debug(`Changes in ${this.#dir} are looked for at every invocation, it can't be watched: ${why}`);
  }
}
