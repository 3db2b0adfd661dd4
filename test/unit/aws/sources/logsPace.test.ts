import assert from 'node:assert/strict';
import { createLogsPace } from '../../../../src/aws/sources/logsPace.ts';

const never = new AbortController().signal;

describe('the pace of requests for logs', () => {
  it('gives turns in order, so many a second', async () => {
    const pace = createLogsPace({ perSecond: 100 });
    const order: number[] = [];
    const begun = performance.now();
    await Promise.all([0, 1, 2, 3, 4].map((n) => pace.turn(never).then(() => order.push(n))));
    assert.deepEqual(order, [0, 1, 2, 3, 4]);
    assert.ok(performance.now() - begun >= 39, `${performance.now() - begun}`);
  });

  it('takes out who gives up, and lets nobody wait for them', async () => {
    const pace = createLogsPace({ perSecond: 20 });
    const abort = new AbortController();
    await pace.turn(never);
    const begun = performance.now();
    const given = [1, 2, 3].map(() => pace.turn(abort.signal));
    const last = pace.turn(never);
    abort.abort();
    for (const turn of given) await assert.rejects(turn, { name: 'AbortError' });
    await last;
    assert.ok(performance.now() - begun < 190, `${performance.now() - begun}`);
    await assert.rejects(pace.turn(abort.signal), { name: 'AbortError' });
  });

  it('becomes half as fast with each throttling, and fast again step by step', async () => {
    let now = 0;
    const pace = createLogsPace({ perSecond: 1_000, now: () => now });
    const isFree = async (): Promise<boolean> => {
      const abort = new AbortController();
      const turn = pace.turn(abort.signal).then(
        () => true,
        () => false,
      );
      abort.abort();
      return turn;
    };
    for (let n = 0; n < 4; n++) pace.slowDown();
    now = 15.9;
    assert.equal(await isFree(), false);
    now = 16;
    assert.equal(await isFree(), true);
    now = 31;
    assert.equal(await isFree(), false);
    for (let n = 0; n < 50; n++) pace.speedUp();
    now = 32;
    assert.equal(await isFree(), true);
    now = 33;
    assert.equal(await isFree(), true);
    // It never stops.
    for (let n = 0; n < 50; n++) pace.slowDown();
    now += 5_000;
    assert.equal(await isFree(), true);
  });
});
