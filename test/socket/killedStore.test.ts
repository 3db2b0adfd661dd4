import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { InvocationStatus } from '../../src/model/invocation.ts';
import { openInvocationStore } from '../../src/store/sqliteStore.ts';
import { seededRandom } from '../support/fuzz/random.ts';
import type { ShownRow } from '../support/killedStore.ts';
import { fakeLog } from '../support/panelFakes.ts';

const program = join(import.meta.dirname, '..', 'support', 'killedStore.ts');
const workerUrl = new URL('../../src/store/storeWorker.ts', import.meta.url);

/** How far an invocation has come; nothing goes back. */
const steps: readonly InvocationStatus[] = ['queued', 'running', 'succeeded', 'failed'];

describe('a process that keeps invocations and is killed', () => {
  it('has kept everything that was shown, whenever it happens', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ld-killed-'));
    const file = join(folder, 'invocations.sqlite');
    const seed = Date.now();
    const random = seededRandom(seed);
    const shown = new Map<number, ShownRow>();
    try {
      for (let kill = 0; kill < 5; kill++) {
        await killAfter(file, { from: kill * 10_000, lines: 1 + random.below(150), shown });
        const log: string[] = [];
        const store = await openInvocationStore({ file, workerUrl, log: fakeLog(log) });
        for (const row of shown.values()) {
          const now = (await store.get(row.id))?.row;
          const what = `seed ${seed}, kill ${kill}: ${JSON.stringify(row)}`;
          assert.equal(now?.requestId, row.requestId, what);
          assert.ok(steps.indexOf(now.status) >= steps.indexOf(row.status), `${what} is ${now.status}`);
          assert.ok(now.attempts >= row.attempts, what);
        }
        // Not set aside, and nothing of the queries' own tables is missing.
        assert.deepEqual(log, []);
        const { total } = await store.rows({ connectionId: 'local:killed' }, { offset: 0, limit: 1 });
        assert.ok(total >= shown.size);
        assert.equal((await store.counts({ connectionId: 'local:killed' })).all, total);
        await store.dispose();
      }
      assert.ok(shown.size > 20, `${shown.size} rows were shown`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** Runs the process until it has shown so many lines, and kills it; what else it managed to show is in `shown`, too. */
async function killAfter(
  file: string,
  { from, lines, shown }: { readonly from: number; readonly lines: number; readonly shown: Map<number, ShownRow> },
): Promise<void> {
  const child = spawn(process.execPath, [program, file, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let left = lines;
  for await (const line of createInterface({ input: child.stdout })) {
    // The kill may have cut the last one.
    if (!line.endsWith('}')) continue;
    const row = JSON.parse(line) as ShownRow;
    shown.set(row.id, row);
    if (--left === 0) child.kill('SIGKILL');
  }
  const [, signal] = (await exited) as [number | null, NodeJS.Signals | null];
  assert.equal(signal, 'SIGKILL');
}
