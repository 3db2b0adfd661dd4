// The store's thread: SQLite is synchronous, and must not hold up the extension host.
import { parentPort, workerData } from 'node:worker_threads';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { StoreEngine } from './storeEngine.ts';
import { storeFailure } from './storeFailure.ts';
import type { StoreError, StoreMessage, StoreRequest, StoreWorkerData } from './storeProtocol.ts';

const port = parentPort;
if (!port) throw new Error('This file is the code of a worker thread.');

const post = (message: StoreMessage): void => port.postMessage(message);
const { file, toldVersion } = workerData as StoreWorkerData;
const engine = new StoreEngine({
  file,
  ...(toldVersion === undefined ? {} : { toldVersion }),
  onChanged: (ids, told) => post({ kind: 'changed', ids, toldVersion: told }),
  onNotice: (message) => post({ kind: 'notice', message }),
  now: Date.now,
});

/** Requests are done one after the other, in the order they were made. */
let last: Promise<void> = Promise.resolve();

port.on('message', (request: StoreRequest) => {
  last = last.then(() => answer(request));
});

async function answer({ id, operation, args }: StoreRequest): Promise<void> {
  try {
    const work = engine[operation].bind(engine) as (...given: readonly unknown[]) => Promise<unknown>;
    post({ kind: 'result', id, result: await work(...args) });
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
