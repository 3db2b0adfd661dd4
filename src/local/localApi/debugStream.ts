import type { DebugHello, DebugWaiting } from '../../protocol/localApi.ts';
import type { Debugging } from '../environments/debugging.ts';

/** Lines of a function's debug stream (`protocol/localApi.ts`). The function is debugged until `signal` aborts. */
export async function* streamDebugging(
  debugging: Debugging,
  functionName: string,
  {
    signal,
    keepAliveMs,
    debugpyDir,
  }: { readonly signal: AbortSignal; readonly keepAliveMs: number; readonly debugpyDir?: string | undefined },
): AsyncGenerator<string, void, undefined> {
  const waiting: DebugWaiting[] = [];
  let wake = (): void => undefined;
  const onWaiting = (it: DebugWaiting): void => {
    waiting.push(it);
    wake();
  };
  const session = debugging.begin(functionName, onWaiting, debugpyDir);
  const aborted = (): void => wake();
  signal.addEventListener('abort', aborted);
  try {
    yield line({ debugging: functionName } satisfies DebugHello);
    while (!signal.aborted) {
      const next = waiting.shift();
      if (next !== undefined) {
        yield line(next);
        continue;
      }
      const { promise, resolve } = Promise.withResolvers<boolean>();
      wake = () => resolve(false);
      const timer = setTimeout(() => resolve(true), keepAliveMs);
      const silent = await promise;
      clearTimeout(timer);
      if (silent) yield '\n';
    }
  } finally {
    session.dispose();
    signal.removeEventListener('abort', aborted);
  }
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
