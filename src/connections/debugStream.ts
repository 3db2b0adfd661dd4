import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import type { Logger } from '../model/logger.ts';
import { debugPath, isDebugRefusal, isDebugWaiting, type DebugRefusal } from '../protocol/localApi.ts';
import type { DebuggedFunction } from './connection.ts';
import { localRequest, type LocalApiAccess } from './localRequest.ts';

/** What debugs a function. */
export interface DebugStreamOptions extends LocalApiAccess, DebuggedFunction {
  readonly log: Logger;
}

/** Local Lambda is taken for dead after so long; it is heard of every 15 s. */
const silenceMs = 40_000;

/**
 * Has every attempt of a function wait for a debugger until `signal` aborts; resolves when that is in effect, or with why
 * the function can't be debugged.
 */
export async function debugFunction(
  options: DebugStreamOptions,
  signal: AbortSignal,
): Promise<DebugRefusal | undefined> {
  const { functionName, debugpyDir, onWaiting, log } = options;
  const path = debugPath(functionName, debugpyDir);
  const response = await localRequest(options, { method: 'GET', path, silenceMs, signal });
  if (response.statusCode === 409) {
    const refusal: unknown = await json(response);
    if (isDebugRefusal(refusal)) return refusal;
  }
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`Local Lambda does not let "${functionName}" be debugged: it answers ${response.statusCode}.`);
  }
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const follow = async (): Promise<void> => {
    for await (const text of createInterface({ input: response })) {
      if (text === '') continue;
      const value: unknown = JSON.parse(text);
      if (isDebugWaiting(value)) onWaiting(value);
      else resolve(undefined);
    }
  };
  follow()
    .catch((error: unknown) => {
      if (!signal.aborted) log.warn(`debugging of ${functionName} ends: ${String(error)}`);
    })
    .finally(() => resolve(undefined));
  return promise;
}
