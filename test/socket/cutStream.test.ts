import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { followFeed } from '../support/feed/followedFeed.ts';
import { seededRandom } from '../support/fuzz/random.ts';

describe('the invocation stream over a connection that is cut', () => {
  it('loses nothing and has nothing twice, in the middle of lines and with nobody there for a while', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ld-cut-'));
    const random = seededRandom(Date.now());
    try {
      // Nobody there: connections are refused in the next turn, then taken.
      const outage = async (): Promise<void> => {
        for (let turns = random.below(1_000); turns > 0; turns--) await nextTurn();
      };
      const { lost, duplicated, cuts } = await followFeed({
        ...{ folder, count: 2_000, perSecond: 1_000, cuts: 5, random, outage },
      });
      assert.deepEqual({ lost, duplicated, cuts }, { lost: 0, duplicated: 0, cuts: 5 });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
