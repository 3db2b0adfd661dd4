import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { redrive } from '../../../src/connections/redrive.ts';
import type { ReplayItem } from '../../../src/model/replay.ts';
import { UserFacingFailure } from '../../../src/model/userFacingFailure.ts';

const items = (count: number): readonly ReplayItem[] =>
  Array.from({ length: count }, (_, index) => ({
    functionName: 'orders',
    payload: `{"id":${index}}`,
    replayOf: { connectionId: 'local:x', requestId: `r${index}` },
    redacted: false,
  }));

const ids = (list: readonly { readonly item: ReplayItem }[]): readonly string[] =>
  list.map(({ item }) => item.replayOf.requestId);

describe('redriving events', () => {
  it('sends each once, in order, and tells how far it is', async () => {
    const sent: string[] = [];
    const told: number[] = [];
    const result = await redrive(items(20), {
      perSecond: 1000,
      send: ({ payload }) => {
        sent.push(payload);
        return Promise.resolve({ requestId: `new ${payload}` });
      },
      onProgress: (progress) => told.push(progress.sent),
    });
    assert.deepEqual(
      sent,
      items(20).map(({ payload }) => payload),
    );
    assert.deepEqual(ids(result.sent), ids(items(20).map((item) => ({ item }))));
    assert.equal(result.sent[3]?.requestId, 'new {"id":3}');
    assert.deepEqual([result.failed, result.left], [[], []]);
    assert.deepEqual(
      told,
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it('begins no faster than it is told to', async () => {
    const starts: number[] = [];
    await redrive(items(6), {
      perSecond: 50,
      send: () => {
        starts.push(performance.now());
        return Promise.resolve({ requestId: 'x' });
      },
    });
    // A timer may be early by a millisecond.
    assert.ok((starts.at(-1) ?? 0) - (starts[0] ?? 0) >= 5 * 20 - 6, starts.join(', '));
  });

  it('when it is cancelled, ends what is under way and begins no more', async () => {
    const cancel = new AbortController();
    const answers: (() => void)[] = [];
    const begun: string[] = [];
    const done = redrive(items(100), {
      perSecond: 1000,
      signal: cancel.signal,
      send: ({ replayOf }) => {
        begun.push(replayOf.requestId);
        if (begun.length === 3) cancel.abort();
        return new Promise((resolve) => answers.push(() => resolve({ requestId: 'late' })));
      },
      onProgress: () => undefined,
    });
    await new Promise<void>((resolve) => cancel.signal.addEventListener('abort', () => setImmediate(resolve)));
    for (const answer of answers) answer();
    const result = await done;
    assert.deepEqual(begun, ['r0', 'r1', 'r2']);
    assert.deepEqual(ids(result.sent), begun);
    assert.equal(result.left.length, 97);
    assert.equal(result.gaveUp, undefined);
  });

  it('cancelled before, sends nothing', async () => {
    const result = await redrive(items(3), {
      perSecond: 1000,
      signal: AbortSignal.abort(),
      send: () => assert.fail('nothing is to be sent'),
    });
    assert.equal(result.left.length, 3);
  });

  it('goes on after a failure, and says which failed', async () => {
    const result = await redrive(items(10), {
      perSecond: 1000,
      send: ({ replayOf: { requestId } }) =>
        requestId === 'r4' ? Promise.reject(new Error('no')) : Promise.resolve({ requestId }),
    });
    assert.deepEqual(ids(result.failed), ['r4']);
    assert.equal(result.sent.length, 9);
  });

  it('gives up when nothing gets through, or can', async () => {
    let tries = 0;
    const failing = await redrive(items(50), {
      perSecond: 1000,
      send: () => {
        tries++;
        return Promise.reject(new Error('connection refused'));
      },
    });
    assert.ok(tries >= 5 && tries < 50, `${tries}`);
    assert.equal(failing.failed.length + failing.left.length, 50);
    assert.equal(failing.gaveUp?.message, 'connection refused');

    const expired = await redrive(items(50), {
      perSecond: 20,
      send: () => Promise.reject(new UserFacingFailure('credentialsExpired', 'Sign in again.')),
    });
    assert.equal(expired.failed.length, 1);
    assert.equal(expired.left.length, 49);
  });
});
