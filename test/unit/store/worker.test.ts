import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Emitter } from '../../../src/model/event.ts';
import { openInvocationStore } from '../../../src/store/sqliteStore.ts';
import { story } from '../../support/invocationPieces.ts';
import { fakeLog } from '../../support/panelFakes.ts';
import { when } from '../../support/when.ts';
import { connectionId, StoreBench } from './support.ts';

describe('the store’s thread', () => {
  it('may die: who waits is told, and the next use starts another', async () => {
    await using bench = await StoreBench.create();
    const log: string[] = [];
    // The real worker, which ends its thread when it is asked for the row 666.
    const real = new URL('../../../src/store/storeWorker.ts', import.meta.url).href;
    const code = `import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ operation, args }) => { if (operation === 'get' && args[0] === 666) process.exit(3); });
      await import(${JSON.stringify(real)});`;
    const file = join(bench.folder, 'worker.mjs');
    await writeFile(file, code);
    const store = await openInvocationStore({ file: bench.file, workerUrl: pathToFileURL(file), log: fakeLog(log) });
    await store.ingest(connectionId, story({ requestId: 'r1' }));
    const heard = new Set<number>();
    const told = new Emitter<void>();
    store.onDidChange(({ ids }) => {
      for (const id of ids) heard.add(id);
      told.fire();
    });
    await assert.rejects(Promise.all([store.get(666), store.counts({})]), /code 3/);
    assert.match(log.join('\n'), /error: .*starts again/);
    // What happens while it is dead is told, too.
    const [missed = 0] = await (await bench.open()).ingest(connectionId, story({ requestId: 'r9' }));
    assert.equal((await store.counts({})).all, 2);
    const [id = 0] = await store.ingest(connectionId, story({ requestId: 'r2' }));
    assert.equal((await store.get(id))?.row.requestId, 'r2');
    await when(told.event, () => (heard.has(id) && heard.has(missed) ? true : undefined));
    await store.dispose();
  });
});
