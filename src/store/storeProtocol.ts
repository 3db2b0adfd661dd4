import type { InvocationStore, StoreSettings } from './invocationStore.ts';

/** What an operation that takes long is given in the worker, in the place of its watcher. */
export interface OperationContext {
  readonly signal: AbortSignal;
  progress(value: unknown): void;
}

type Long = 'rows' | 'counts' | 'search' | 'clear' | 'exportRecords' | 'importRecords';
type Short =
  'ingest' | 'cursor' | 'get' | 'facets' | 'timeline' | 'errorGroups' | 'pin' | 'delete' | 'lease' | 'configure';

/** Operations that give way to others while they go on. */
export const longOperations = [
  'rows',
  'counts',
  'search',
  'clear',
  'exportRecords',
  'importRecords',
] as const satisfies readonly Long[];

/** The arguments of a long operation, in the worker: the context is last. */
type InWorker<F> = F extends (...args: infer A) => infer R
  ? (...args: [...WithoutWatcher<A>, OperationContext]) => R
  : never;
type WithoutWatcher<A extends readonly unknown[]> = A extends readonly [...infer Start, (infer Last)?]
  ? Last extends { readonly signal?: AbortSignal } | undefined
    ? Start
    : A
  : A;

/** What the worker does when asked. Arguments and results are those of `InvocationStore`. */
export type StoreOperations = Pick<InvocationStore, Short> & {
  readonly [K in Long]: InWorker<InvocationStore[K]>;
} & {
  /** Whether anybody listens to changes: then those of other windows are looked for, too. */
  watch(watching: boolean): Promise<void>;
  /** Writes what is pending and closes the file; the worker ends. */
  close(): Promise<void>;
};

/** What the worker is started with. */
export interface StoreWorkerData {
  /** Absolute path of the SQLite file; its folder exists. */
  readonly file: string;
  readonly settings: StoreSettings;
  /** Changes up to this one are told already, by a worker that died; absent: nothing before this worker is news. */
  readonly toldVersion?: number;
}

/** To the worker. */
export type StoreRequest =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly operation: keyof StoreOperations;
      readonly args: readonly unknown[];
    }
  /** The call is not waited for any more. */
  | { readonly kind: 'cancel'; readonly id: number };

/** From the worker: the answer to a request, or news. */
export type StoreMessage =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'progress'; readonly id: number; readonly value: unknown }
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
