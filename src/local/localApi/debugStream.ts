import type { DebugHello, DebugWaiting } from '../../protocol/localApi.ts';
import type { Debugging } from '../environments/debugging.ts';

/** Lines of a function's debug stream (`protocol/localApi.ts`). The function is debugged until `signal` aborts. */
export async function* streamDebugging(
  debugging: Debugging,
  functionName: string,
  { signal, keepAliveMs }: { readonly signal: AbortSignal; readonly keepAliveMs: number },
): AsyncGenerator<string, void, undefined> {
  const ports: number[] = [];
  let wake = (): void => undefined;
  const session = debugging.begin(functionName, (port) => {
    ports.push(port);
    wake();
  });
  const aborted = (): void => wake();
  signal.addEventListener('abort', aborted);
  try {
    yield line({ debugging: functionName } satisfies DebugHello);
    while (!signal.aborted) {
      const port = ports.shift();
      if (port !== undefined) {
        yield line({ port } satisfies DebugWaiting);
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
