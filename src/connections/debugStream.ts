import { createInterface } from 'node:readline';
import type { Logger } from '../model/logger.ts';
import { debugPath, isDebugWaiting } from '../protocol/localApi.ts';
import { localRequest, type LocalApiAccess } from './localRequest.ts';

/** What debugs a function. */
export interface DebugStreamOptions extends LocalApiAccess {
  readonly functionName: string;
  readonly log: Logger;
  /** An attempt waits for a debugger at that port of 127.0.0.1. */
  onWaiting(port: number): void;
}

/** Local Lambda is taken for dead after so long; it is heard of every 15 s. */
const silenceMs = 40_000;

/** Has every attempt of a function wait for a debugger until `signal` aborts; resolves when that is in effect. */
export async function debugFunction(options: DebugStreamOptions, signal: AbortSignal): Promise<void> {
  const { functionName, onWaiting, log } = options;
  const response = await localRequest(options, { method: 'GET', path: debugPath(functionName), silenceMs, signal });
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`Local Lambda does not let "${functionName}" be debugged: it answers ${response.statusCode}.`);
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  const follow = async (): Promise<void> => {
    for await (const text of createInterface({ input: response })) {
      if (text === '') continue;
      const value: unknown = JSON.parse(text);
      if (isDebugWaiting(value)) onWaiting(value.port);
      else resolve();
    }
  };
  follow()
    .catch((error: unknown) => {
      if (!signal.aborted) log.warn(`debugging of ${functionName} ends: ${String(error)}`);
    })
    .finally(resolve);
  return promise;
}
