// The store's thread: SQLite is synchronous, and must not hold up the extension host.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { StoreEngine, type IngestArguments } from './storeEngine.ts';
import { storeFailure } from './storeFailure.ts';
import {
  longOperations,
  type StoreError,
  type StoreMessage,
  type StoreRequest,
  type StoreWorkerData,
} from './storeProtocol.ts';

const port = parentPort;
if (!port) throw new Error('This file is the code of a worker thread.');

const post = (message: StoreMessage): void => port.postMessage(message);
const { file, settings, toldVersion } = workerData as StoreWorkerData;
const engine = new StoreEngine({
  file,
  settings,
  ...(toldVersion === undefined ? {} : { toldVersion }),
  onChanged: (ids, told) => post({ kind: 'changed', ids, toldVersion: told }),
  onNotice: (message) => post({ kind: 'notice', message }),
  now: Date.now,
});

type Call = Extract<StoreRequest, { readonly kind: 'call' }>;

/** Requests are done one after the other, in the order they were made; long ones only begin in it, and give way then. */
let last: Promise<unknown> = Promise.resolve();
const running = new Map<number, { readonly ended: Promise<void>; readonly aborting: AbortController }>();

port.on('message', (request: StoreRequest) => {
  if (request.kind === 'cancel') {
    running.get(request.id)?.aborting.abort();
    return;
  }
  const { id, operation } = request;
  if ((longOperations as readonly string[]).includes(operation)) {
    const aborting = new AbortController();
    const context = { signal: aborting.signal, progress: (value: unknown) => post({ kind: 'progress', id, value }) };
    const ended = last.then(() => answer(request, [context])).finally(() => running.delete(id));
    running.set(id, { ended, aborting });
  } else if (operation === 'close') {
    for (const { aborting } of running.values()) aborting.abort();
    const all = [last, ...[...running.values()].map(({ ended }) => ended)];
    last = Promise.allSettled(all).then(() => answer(request, []));
  } else if (operation === 'ingest') {
    ingests.push(request);
    // What has come by then goes along; requests after this one find it done.
    if (ingests.length === 1) last = last.then(nextTurn).then(ingestAll);
  } else {
    last = last.then(() => answer(request, []));
  }
});

/** Ingests that wait: a burst is one transaction, or a few. */
const ingests: Call[] = [];
const piecesAtOnce = 2_000;

async function ingestAll(): Promise<void> {
  while (ingests.length > 0) {
    const some: Call[] = [];
    for (let pieces = 0; ingests.length > 0 && pieces < piecesAtOnce;) {
      const next = ingests.shift();
      if (!next) break;
      some.push(next);
      pieces += (next.args as IngestArguments)[1].length;
    }
    const results = await engine.ingestAll(some.map(({ args }) => args as IngestArguments));
    for (const [index, { id }] of some.entries()) {
      const result = results[index];
      if (result?.status === 'fulfilled') post({ kind: 'result', id, result: result.value });
      else post({ kind: 'error', id, error: toStoreError(storeFailure(result?.reason, file)) });
    }
  }
}

async function answer({ id, operation, args }: Call, more: readonly unknown[]): Promise<void> {
  try {
    const work = engine[operation].bind(engine) as (...given: readonly unknown[]) => Promise<unknown>;
    post({ kind: 'result', id, result: await work(...args, ...more) });
    if (operation === 'close') port?.close();
  } catch (error) {
    post({ kind: 'error', id, error: toStoreError(storeFailure(error, file)) });
  }
}

function toStoreError(error: unknown): StoreError {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(UserFacingFailure.is(error) ? { code: error.code } : {}),
  };
}
