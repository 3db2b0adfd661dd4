import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Disposable } from '../model/disposable.ts';
import { Emitter, type Event } from '../model/event.ts';
import type { InvocationPiece } from '../model/invocation.ts';
import type { Logger } from '../model/logger.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import type { InvocationQuery, InvocationStore, StoreChange } from './invocationStore.ts';
import type { StoreError, StoreMessage, StoreOperations, StoreRequest, StoreWorkerData } from './storeProtocol.ts';

/** What a store is opened with. */
export interface InvocationStoreOptions {
  /** Absolute path of the SQLite file; made when absent, as its folder is. */
  readonly file: string;
  /** `file:` URL of the worker's code. */
  readonly workerUrl: URL;
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

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
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
  #disposed: Promise<void> | undefined;

  constructor(options: InvocationStoreOptions) {
    this.#options = options;
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
    return this.#call('rows', query, window);
  }

  get(id: number): ReturnType<InvocationStore['get']> {
    return this.#call('get', id);
  }

  counts(query: InvocationQuery): ReturnType<InvocationStore['counts']> {
    return this.#call('counts', query);
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

  #send(worker: Worker, operation: keyof StoreOperations, args: readonly unknown[]): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      worker.postMessage({ id, operation, args } satisfies StoreRequest);
    });
  }

  #theWorker(): Worker {
    if (this.#worker) return this.#worker;
    const workerData: StoreWorkerData = {
      file: this.#options.file,
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
