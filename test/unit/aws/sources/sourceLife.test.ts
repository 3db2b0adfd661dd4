import assert from 'node:assert/strict';
import { SourceLife } from '../../../../src/aws/sources/sourceLife.ts';
import { fakeLog } from '../../../support/panelFakes.ts';

describe('the life of a source', () => {
  it('has a round after the one in which it was woken, at once', async () => {
    const second = Promise.withResolvers<void>();
    let rounds = 0;
    const life = new SourceLife({ kind: 'logs', name: 'logs', log: fakeLog() }, () => ({
      prepare: () => Promise.resolve(),
      round: () => {
        if (++rounds === 1) life.wake();
        else second.resolve();
        return Promise.resolve(3_600_000);
      },
    }));
    await life.start();
    await second.promise;
    await life.dispose();
    assert.equal(rounds, 2);
  });
});
