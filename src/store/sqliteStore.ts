import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Disposable } from '../model/disposable.ts';
import { Emitter, type Event } from '../model/event.ts';
import type { InvocationPiece } from '../model/invocation.ts';
import type { Logger } from '../model/logger.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import type {
  Imported,
  InvocationQuery,
  InvocationStore,
  LongOperation,
  SearchProgress,
  StoreChange,
  StoreSettings,
  TransferProgress,
} from './invocationStore.ts';
import type { StoreError, StoreMessage, StoreOperations, StoreRequest, StoreWorkerData } from './storeProtocol.ts';
import { defaultStoreSettings } from './defaultStoreSettings.ts';

/** What a store is opened with. */
export interface InvocationStoreOptions {
  /** Absolute path of the SQLite file; made when absent, as its folder is. */
  readonly file: string;
  /** `file:` URL of the worker's code. */
  readonly workerUrl: URL;
  /** What is kept; 50,000 rows or 200 MB if absent. */
  readonly settings?: StoreSettings;
  readonly log: Logger;
}

/**
 * Opens the invocations kept in a file. @throws UserFacingFailure `sqliteMissing`, `storeTooNew`, `storeUnusable`.
 * A damaged file is set aside (renamed) and a new one begun; the log says so.
 */
export async function openInvocationStore(options: InvocationStoreOptions): Promise<InvocationStore> {
  const store = new SqliteStore(options);
  try {
    await mkdir(dirname(options.file), { recursive: true });
    // Any question opens the file.
    await store.cursor('', '');
  } catch (error) {
    await store.dispose();
    if (UserFacingFailure.is(error)) throw error;
    throw new UserFacingFailure(
      'storeUnusable',
      `The kept invocations can't be opened: ${error instanceof Error ? error.message : String(error)}. Check that ${options.file} can be written and its disk is not full, then try again.`,
      { cause: error },
    );
  }
  return store;
}

/** Of many rows so many are changed at once, others being served in between. */
const idsAtOnce = 100;

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
  progress?(value: unknown): void;
}

/** The extension host's end of the worker. A worker that died is replaced at the next use. */
class SqliteStore implements InvocationStore {
  readonly #options: InvocationStoreOptions;
  readonly #changes: Emitter<StoreChange>;
  #listeners = 0;
  #worker: Worker | undefined;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #toldVersion: number | undefined;
  #settings: StoreSettings;
  #disposed: Promise<void> | undefined;

  constructor(options: InvocationStoreOptions) {
    this.#options = options;
    this.#settings = options.settings ?? defaultStoreSettings;
    this.#changes = new Emitter((error) => options.log.error(`a listener to changes failed: ${String(error)}`));
  }

  /** Other windows' changes are looked for only while somebody listens. */
  readonly onDidChange: Event<StoreChange> = (listener, thisArg, disposables) => {
    const subscription = this.#changes.event(listener, thisArg);
    if (++this.#listeners === 1) this.#watch(true);
    let listening = true;
    const counted: Disposable = {
      dispose: () => {
        subscription.dispose();
        if (listening && --this.#listeners === 0) this.#watch(false);
        listening = false;
      },
    };
    disposables?.push(counted);
    return counted;
  };

  ingest(
    connectionId: string,
    pieces: readonly InvocationPiece[],
    cursor?: { readonly stream: string; readonly value: number },
  ): Promise<readonly number[]> {
    return this.#call('ingest', connectionId, pieces, cursor);
  }

  cursor(connectionId: string, stream: string): Promise<number> {
    return this.#call('cursor', connectionId, stream);
  }

  rows(
    query: InvocationQuery,
    window: { readonly offset: number; readonly limit: number },
  ): ReturnType<InvocationStore['rows']> {
    return this.#long('rows', [query, window]);
  }

  search(
    query: InvocationQuery,
    limit: number,
    operation?: LongOperation<SearchProgress>,
  ): ReturnType<InvocationStore['search']> {
    return this.#long('search', [query, limit], operation);
  }

  get(id: number): ReturnType<InvocationStore['get']> {
    return this.#call('get', id);
  }

  counts(query: InvocationQuery): ReturnType<InvocationStore['counts']> {
    return this.#long('counts', [query]);
  }

  facets(...args: Parameters<InvocationStore['facets']>): ReturnType<InvocationStore['facets']> {
    return this.#call('facets', ...args);
  }

  timeline(...args: Parameters<InvocationStore['timeline']>): ReturnType<InvocationStore['timeline']> {
    return this.#call('timeline', ...args);
  }

  errorGroups(...args: Parameters<InvocationStore['errorGroups']>): ReturnType<InvocationStore['errorGroups']> {
    return this.#call('errorGroups', ...args);
  }

  async pin(ids: readonly number[], pinned: boolean): Promise<void> {
    for (let at = 0; at < ids.length; at += idsAtOnce) await this.#call('pin', ids.slice(at, at + idsAtOnce), pinned);
  }

  async delete(ids: readonly number[]): Promise<number> {
    let number = 0;
    for (let at = 0; at < ids.length; at += idsAtOnce) {
      number += await this.#call('delete', ids.slice(at, at + idsAtOnce));
    }
    return number;
  }

  clear(query: InvocationQuery, operation?: LongOperation<TransferProgress>): Promise<number> {
    return this.#long('clear', [query], operation);
  }

  lease(name: string, holder: string, ttlMs: number): Promise<boolean> {
    return this.#call('lease', name, holder, ttlMs);
  }

  configure(settings: StoreSettings): Promise<void> {
    this.#settings = settings;
    // A worker that is started later is given them then.
    return this.#worker ? this.#call('configure', settings) : Promise.resolve();
  }

  exportRecords(query: InvocationQuery, file: string, operation?: LongOperation<TransferProgress>): Promise<number> {
    return this.#long('exportRecords', [query, file], operation);
  }

  importRecords(connectionId: string, file: string, operation?: LongOperation<TransferProgress>): Promise<Imported> {
    return this.#long('importRecords', [connectionId, file], operation);
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#end();
    return this.#disposed;
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    if (worker) {
      try {
        // Requests are done in order, so this one waits for those before it.
        await this.#send(worker, 'close', []);
      } catch {
        // It died: nothing is left to close.
      }
      await worker.terminate();
    }
    this.#changes.dispose();
  }

  #watch(watching: boolean): void {
    if (this.#disposed || !this.#worker) return;
    this.#send(this.#worker, 'watch', [watching]).catch(() => undefined);
  }

  #call<K extends keyof StoreOperations>(
    operation: K,
    ...args: Parameters<StoreOperations[K]>
  ): ReturnType<StoreOperations[K]> {
    if (this.#disposed) {
      return Promise.reject(new Error('The store is closed.')) as ReturnType<StoreOperations[K]>;
    }
    return this.#send(this.#theWorker(), operation, args) as ReturnType<StoreOperations[K]>;
  }

  /** An operation that can be watched, and ended. */
  async #long<T, P>(
    operation: keyof StoreOperations,
    args: readonly unknown[],
    { signal, onProgress }: LongOperation<P> = {},
  ): Promise<T> {
    signal?.throwIfAborted();
    if (this.#disposed) throw new Error('The store is closed.');
    const worker = this.#theWorker();
    const id = this.#lastId + 1;
    const cancel = (): void => worker.postMessage({ kind: 'cancel', id } satisfies StoreRequest);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const result = (await this.#send(worker, operation, args, onProgress as Pending['progress'])) as T;
      signal?.throwIfAborted();
      return result;
    } catch (error) {
      // What the worker says of its end is not what ended it.
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  #send(
    worker: Worker,
    operation: keyof StoreOperations,
    args: readonly unknown[],
    progress?: Pending['progress'],
  ): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, ...(progress ? { progress } : {}) });
      worker.postMessage({ kind: 'call', id, operation, args } satisfies StoreRequest);
    });
  }

  #theWorker(): Worker {
    if (this.#worker) return this.#worker;
    const workerData: StoreWorkerData = {
      file: this.#options.file,
      settings: this.#settings,
      ...(this.#toldVersion === undefined ? {} : { toldVersion: this.#toldVersion }),
    };
    const worker = new Worker(this.#options.workerUrl, { workerData, name: 'invocations', execArgv: [] });
    this.#worker = worker;
    // A forgotten store does not keep a process alive.
    worker.unref();
    worker.on('message', (message: StoreMessage) => this.#receive(message));
    worker.on('error', (error) => this.#died(worker, error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => this.#died(worker, new Error(`The store's thread ended with code ${code}.`)));
    if (this.#listeners > 0) this.#watch(true);
    return worker;
  }

  #receive(message: StoreMessage): void {
    switch (message.kind) {
      case 'result':
        this.#take(message.id)?.resolve(message.result);
        break;
      case 'progress':
        this.#pending.get(message.id)?.progress?.(message.value);
        break;
      case 'error':
        this.#take(message.id)?.reject(toError(message.error));
        break;
      case 'changed':
        this.#toldVersion = message.toldVersion;
        this.#changes.fire({ ids: message.ids });
        break;
      case 'notice':
        this.#options.log.warn(message.message);
        break;
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #died(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    if (!this.#disposed) this.#options.log.error(`${error.message} It starts again at the next use.`);
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }
}

function toError({ message, stack, code }: StoreError): Error {
  const error = code === undefined ? new Error(message) : new UserFacingFailure(code, message);
  if (stack !== undefined && code === undefined) error.stack = stack;
  return error;
}
