import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../../src/local/state/database.ts';
import { failure, QueueHarness, queueArn } from '../../../support/queueHarness.ts';

describe('Event queue after a crash', () => {
  it('loses no event and delivers nothing twice, wherever it is cut', async () => {
    for (let cut = 1; cut <= 8; cut += 1) {
      await using harness = new QueueHarness();
      harness.functions.configure('fn', { maximumRetryAttempts: 1, onSuccess: queueArn, onFailure: queueArn });
      // The first request fails at its first attempt, the second always.
      harness.environments.behave = ({ requestId }, nth) =>
        requestId === 'r2' || nth === 1 ? { ...failure, takes: 10 } : { takes: 10 };
      harness.send();
      harness.send();
      let left = cut;
      await harness.run(() => --left <= 0);
      harness.crash();
      harness.open();
      await harness.run();
      const outcomes = harness.ofKind('outcome').map(({ requestId }) => requestId);
      assert.deepEqual(outcomes.toSorted(), ['r1', 'r2'], `cut ${cut}`);
      assert.equal(harness.sqs.all().length, 2, `cut ${cut}`);
      assert.deepEqual(harness.queue.counts(), { queued: 0, running: 0 });
      const attempts = harness.ofKind('attemptEnded').map(({ requestId, attempt }) => `${requestId}.${attempt}`);
      assert.deepEqual(attempts, [...new Set(attempts)], `cut ${cut}`);
    }
  });

  it('goes on with a wait where it was', async () => {
    await using harness = new QueueHarness();
    harness.environments.behave = (_, nth) => (nth === 1 ? failure : {});
    harness.send();
    await harness.settle();
    const [wait] = harness.ofKind('wait');
    harness.crash();
    harness.clock.skip(20_000);
    harness.open();
    await harness.settle();
    assert.equal(harness.environments.requests.length, 1);
    await harness.run();
    const second = harness.ofKind('attemptStarted')[1];
    assert.deepEqual([second?.attempt, second?.at], [2, wait?.until]);
  });

  for (const { when, delivered, queued } of [
    { when: 'inDelivery', delivered: 0, queued: 1 },
    { when: 'afterCommit', delivered: 1, queued: 0 },
  ]) {
    it(`is killed (${when}): an outcome and its delivery are both there or neither`, async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'lambda-destinations-killed-'));
      const program = join(import.meta.dirname, '../../../support/killedQueue.ts');
      const child = spawn(process.execPath, [program, dataDir, when], { stdio: ['ignore', 'ignore', 'inherit'] });
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      assert.deepEqual([code, signal], [null, 'SIGKILL']);
      const db = openDatabase(dataDir);
      const count = (sql: string): unknown => db.prepare(sql).get()?.['n'];
      assert.equal(count('SELECT count(*) AS n FROM fake_sqs'), delivered);
      assert.equal(count('SELECT count(*) AS n FROM queued_events'), queued);
      assert.equal(count('SELECT count(*) AS n FROM journal WHERE is_end = 1'), delivered);
      db.close();
      rmSync(dataDir, { recursive: true });
    });
  }
});
