import type { StreamHello } from '../../protocol/localApi.ts';
import type { InvocationJournal } from '../journal/invocationJournal.ts';

/** Pieces read at once: what waits in memory for a slow reader. */
const batch = 200;

/**
 * Lines of the invocation stream: a hello, the pieces after the cursor, then new ones as they happen; an empty line
 * every `keepAliveMs`. Reads on only when the last lines were taken. Ends when `signal` aborts.
 */
export async function* streamInvocations(
  journal: InvocationJournal,
  {
    after,
    signal,
    keepAliveMs,
  }: { readonly after: number; readonly signal: AbortSignal; readonly keepAliveMs: number },
): AsyncGenerator<string, void, undefined> {
  let wake = (): void => undefined;
  let appended = false;
  const subscription = journal.onDidAppend(() => {
    appended = true;
    wake();
  });
  const aborted = (): void => wake();
  signal.addEventListener('abort', aborted);
  try {
    yield line({ stream: journal.stream, after } satisfies StreamHello);
    let cursor = after;
    while (!signal.aborted) {
      appended = false;
      const items = journal.read(cursor, batch);
      const last = items.at(-1);
      if (last) {
        cursor = last.cursor;
        yield items.map(line).join('');
        continue;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const timer = setTimeout(resolve, keepAliveMs);
      if (!appended && !signal.aborted) await promise;
      clearTimeout(timer);
      if (!appended && !signal.aborted) yield '\n';
    }
  } finally {
    subscription.dispose();
    signal.removeEventListener('abort', aborted);
  }
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
