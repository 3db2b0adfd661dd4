import type { InvocationStore } from './invocationStore.ts';

/** What the worker does when asked. Arguments and results are those of `InvocationStore`. */
export type StoreOperations = Pick<InvocationStore, 'ingest' | 'cursor' | 'rows' | 'get' | 'counts'> & {
  /** Whether anybody listens to changes: then those of other windows are looked for, too. */
  watch(watching: boolean): Promise<void>;
  /** Writes what is pending and closes the file; the worker ends. */
  close(): Promise<void>;
};

/** What the worker is started with. */
export interface StoreWorkerData {
  /** Absolute path of the SQLite file; its folder exists. */
  readonly file: string;
  /** Changes up to this one are told already, by a worker that died; absent: nothing before this worker is news. */
  readonly toldVersion?: number;
}

/** To the worker. */
export interface StoreRequest {
  readonly id: number;
  readonly operation: keyof StoreOperations;
  readonly args: readonly unknown[];
}

/** From the worker: the answer to a request, or news. */
export type StoreMessage =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: StoreError }
  | { readonly kind: 'changed'; readonly ids: readonly number[]; readonly toldVersion: number }
  /** A damaged file was set aside; `message` is for people. */
  | { readonly kind: 'notice'; readonly message: string };

/** An error that crosses threads. `code`: a `UserFacingFailure`. */
export interface StoreError {
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
}
