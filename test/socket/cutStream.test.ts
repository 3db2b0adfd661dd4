import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '../../src/model/event.ts';
import { followFeed } from '../support/feed/followedFeed.ts';
import { seededRandom } from '../support/fuzz/random.ts';
import { when } from '../support/when.ts';

describe('the invocation stream over a connection that is cut', () => {
  it('loses nothing and has nothing twice, in the middle of lines and with nobody there for a while', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ld-cut-'));
    const random = seededRandom(Date.now());
    try {
      // The first is the cut itself, further ones are connections that are refused.
      const outage = (onDidBreak: Event<void>): Promise<unknown> => {
        let breaks = -1 - random.below(3);
        return when(onDidBreak, () => breaks++ >= 0 || undefined);
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
