import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { cp, lstat, mkdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Logger } from '../../model/logger.ts';
import type { FunctionLayer } from '../functionDefinition.ts';
import { CodeFolder } from './codeFolder.ts';
import type { NoLaunch } from './runtimes.ts';

/** What layers are merged with. */
export interface LayerFoldersOptions {
  /** Holds the merged folders; nobody else's. */
  readonly dir: string;
  /** A folder that may lie in a layer's and is no part of it: local Lambda's own. */
  readonly ignored: string;
  readonly log: Logger;
}

/** A function's layers, to be used until `release` is called. */
export interface LayersInUse {
  /** What is `/opt` on Lambda; absent: none of the layers is on this machine. */
  readonly optDir?: string;
  /** What to say in the function's log, a line each. */
  readonly notes: readonly string[];
  release(): void;
}

interface Merged {
  /** Of what it is made of. */
  readonly name: string;
  /** Never one that was there before: that may still be going. */
  readonly dir: string;
  readonly ready: Promise<void>;
  users: number;
}

/**
 * Merges the layers of a function into one real folder, as Lambda does into `/opt`: in their order, the last one wins. A
 * change of a layer makes another folder, so that what runs keeps what it started with; the one before goes when nobody
 * uses it any more.
 */
export class LayerFolders {
  readonly #options: LayerFoldersOptions;
  readonly #contents = new Map<string, CodeFolder>();
  /** The newest of each list of layers. */
  readonly #newest = new Map<string, Merged>();
  #made = 0;

  private constructor(options: LayerFoldersOptions) {
    this.#options = options;
  }

  /** Begins with none: what was merged before is not trusted. */
  static async open(options: LayerFoldersOptions): Promise<LayerFolders> {
    await rm(options.dir, { recursive: true, force: true });
    return new LayerFolders(options);
  }

  /** The layers as they are now. */
  async acquire(layers: readonly FunctionLayer[]): Promise<LayersInUse | NoLaunch> {
    const notes = layers
      .filter(({ dir }) => dir === undefined)
      .map(({ arn }) => `The layer ${arn} is not on this machine: the function runs without it.`);
    const local = layers.filter((layer): layer is FunctionLayer & { dir: string } => layer.dir !== undefined);
    if (local.length === 0) return { notes, release: () => undefined };
    const parts: string[] = [];
    for (const { arn, dir, below = '' } of local) {
      const fingerprint = await this.#content(dir).fingerprint();
      if (fingerprint === undefined) {
        return {
          why: `The folder of the layer ${arn} doesn't exist: ${dir}. Build it, or correct ContentUri in the template.`,
        };
      }
      parts.push(dir, below, fingerprint);
    }
    const list = JSON.stringify(local.map(({ dir, below }) => [dir, below]));
    const name = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20);
    const merged = this.#take(list, name, local);
    merged.users++;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      merged.users--;
      this.#removeUnused(list, merged);
    };
    try {
      await merged.ready;
    } catch (error) {
      if (this.#newest.get(list) === merged) this.#newest.delete(list);
      release();
      const reason = error instanceof Error ? error.message : String(error);
      return { why: `The layers can't be merged into one folder: ${reason}. Correct them, then send again.` };
    }
    return { optDir: merged.dir, notes, release };
  }

  /** Stops watching and removes what was merged; nothing may run from it any more. */
  async dispose(): Promise<void> {
    for (const content of this.#contents.values()) content.dispose();
    await Promise.allSettled([...this.#newest.values()].map(({ ready }) => ready));
    await rm(this.#options.dir, { recursive: true, force: true, maxRetries: 3 });
  }

  #content(dir: string): CodeFolder {
    const known = this.#contents.get(dir);
    if (known !== undefined) return known;
    const { ignored, log } = this.#options;
    const content = new CodeFolder(dir, ignored, log, { ownPackages: true });
    this.#contents.set(dir, content);
    return content;
  }

  #take(list: string, name: string, layers: readonly (FunctionLayer & { dir: string })[]): Merged {
    const before = this.#newest.get(list);
    if (before?.name === name) return before;
    const dir = join(this.#options.dir, `${name}-${++this.#made}`);
    const merged: Merged = { name, dir, ready: merge(layers, dir, this.#options.ignored), users: 0 };
    this.#newest.set(list, merged);
    if (before !== undefined) this.#removeUnused(list, before);
    return merged;
  }

  #removeUnused(list: string, merged: Merged): void {
    if (merged.users > 0 || this.#newest.get(list) === merged) return;
    const remove = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true });
    Promise.all([remove(merged.dir), remove(`${merged.dir}.new`)]).catch((error: unknown) => {
      this.#options.log.warn(`Layers that are not used any more stay: ${String(error)}`);
    });
  }
}

/** Other names than a layer's own content has; all else is copied, links too: they lead where they led. */
const NO_CONTENT = new Set(['.git', '.hg', '.svn', '__pycache__']);

async function merge(
  layers: readonly (FunctionLayer & { dir: string })[],
  dir: string,
  ignored: string,
): Promise<void> {
  // Seen only when it is whole.
  const growing = `${dir}.new`;
  await mkdir(growing, { recursive: true });
  for (const { dir: from, below = '' } of layers) {
    // The folder, not the link to it.
    const folder = (await lstat(from)).isSymbolicLink() ? await realpath(from) : from;
    await cp(folder, join(growing, below), {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (path) => path !== ignored && !NO_CONTENT.has(basename(path)),
    });
  }
  await rename(growing, dir);
}
