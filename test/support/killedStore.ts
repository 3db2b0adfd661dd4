/*
 * Keeps invocations while they happen and prints what a list would show of them, until it is killed:
 * `node killedStore.ts FILE FROM`, FROM being the number of the first invocation. Each line is a `ShownRow`.
 */
import { writeSync } from 'node:fs';
import type { InvocationStatus } from '../../src/model/invocation.ts';
import { openInvocationStore } from '../../src/store/sqliteStore.ts';
import { fedInvocation, type FedInvocation } from './feed/fedInvocations.ts';

/** A row as it was shown. */
export interface ShownRow {
  readonly id: number;
  readonly requestId: string;
  readonly status: InvocationStatus;
  readonly attempts: number;
}

const connectionId = 'local:killed';
const [file = '', from = '0'] = process.argv.slice(2);
const ignore = (): void => undefined;
const store = await openInvocationStore({
  file,
  workerUrl: new URL('../../src/store/storeWorker.ts', import.meta.url),
  log: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
});

/** At once, so that what is printed was printed before a kill. */
async function show(ids: readonly number[]): Promise<void> {
  const found = await Promise.all(ids.map((id) => store.get(id)));
  const lines = found.flatMap((each) => {
    if (!each) return [];
    const { id, requestId = '', status, attempts } = each.row;
    return [`${JSON.stringify({ id, requestId, status, attempts } satisfies ShownRow)}\n`];
  });
  if (lines.length > 0) writeSync(1, lines.join(''));
}

let showing = Promise.resolve();
store.onDidChange(({ ids }) => {
  showing = showing.then(() => show(ids));
});

const running: FedInvocation['rest'][] = [];
for (let number = Number(from); ; number++) {
  const { first, rest } = fedInvocation(number, Date.now());
  running.push(rest);
  await store.ingest(connectionId, first, { stream: 's', value: number });
  if (running.length > 5) await store.ingest(connectionId, running.shift() ?? []);
}
