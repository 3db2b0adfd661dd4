import type { StreamFunctions, StreamHello } from '../../protocol/localApi.ts';
import type { FunctionsRevision } from '../functions/functionsRevision.ts';
import type { InvocationJournal } from '../journal/invocationJournal.ts';

/** Pieces read at once: what waits in memory for a slow reader. */
const batch = 200;

/**
 * Lines of the invocation stream: a hello, the pieces after the cursor, then new ones as they happen, and that functions
 * changed; an empty line every `keepAliveMs`. Reads on only when the last lines were taken. Ends when `signal` aborts.
 */
export async function* streamInvocations(
  journal: InvocationJournal,
  functions: Pick<FunctionsRevision, 'value' | 'onDidChange'>,
  {
    after,
    signal,
    keepAliveMs,
  }: { readonly after: number; readonly signal: AbortSignal; readonly keepAliveMs: number },
): AsyncGenerator<string, void, undefined> {
  let wake = (): void => undefined;
  let appended = false;
  const happened = (): void => {
    appended = true;
    wake();
  };
  const subscriptions = [journal.onDidAppend(happened), functions.onDidChange(happened)];
  const aborted = (): void => wake();
  signal.addEventListener('abort', aborted);
  try {
    yield line({ stream: journal.stream, after } satisfies StreamHello);
    let cursor = after;
    let revision = 0;
    while (!signal.aborted) {
      appended = false;
      if (functions.value !== revision) {
        revision = functions.value;
        yield line({ functions: revision } satisfies StreamFunctions);
      }
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
    for (const subscription of subscriptions) subscription.dispose();
    signal.removeEventListener('abort', aborted);
  }
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
