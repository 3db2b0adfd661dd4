import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InvocationStore } from '../../../src/store/invocationStore.ts';
import { openInvocationStore } from '../../../src/store/sqliteStore.ts';
import { fakeLog } from '../../support/panelFakes.ts';

/** The connection of rows in these tests. */
export const connectionId = 'local:/work';

/** Stores in a folder of their own, closed and removed together. */
export class StoreBench implements AsyncDisposable {
  readonly log: string[] = [];
  readonly #folder: string;
  readonly #stores: InvocationStore[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<StoreBench> {
    return new StoreBench(await mkdtemp(join(tmpdir(), 'lambda-store-')));
  }

  get folder(): string {
    return this.#folder;
  }

  get file(): string {
    return join(this.#folder, 'invocations.sqlite');
  }

  /** Opens the file as another window would, with a worker of its own. */
  async open(): Promise<InvocationStore> {
    const workerUrl = new URL('../../../src/store/storeWorker.ts', import.meta.url);
    const store = await openInvocationStore({ file: this.file, workerUrl, log: fakeLog(this.log) });
    this.#stores.push(store);
    return store;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of this.#stores) await store.dispose();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Resolves with the ids of the next change. */
export function nextChange(store: InvocationStore): Promise<readonly number[]> {
  return new Promise((resolve) => {
    const subscription = store.onDidChange(({ ids }) => {
      subscription.dispose();
      resolve(ids);
    });
  });
}
