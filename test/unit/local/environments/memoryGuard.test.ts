import assert from 'node:assert/strict';
import { MemoryGuard } from '../../../../src/local/environments/memoryGuard.ts';
import { skip } from '../../../support/skip.ts';

describe('the guard of memory', () => {
  before(function () {
    if (process.platform !== 'linux') skip(this, 'only Linux tells what memory a process holds');
  });

  it('forgets a process that is gone: the next one with its id is another’s', async () => {
    const looks: number[] = [];
    const exceeded: number[] = [];
    const twice = Promise.withResolvers<void>();
    const guard = new MemoryGuard(async (pid) => {
      looks.push(pid);
      if (pid === 2 && looks.filter((its) => its === 2).length === 3) twice.resolve();
      // The first is gone when it is looked at, and its id is given to one that holds a lot.
      return pid === 1 && looks.indexOf(1) === looks.length - 1 ? undefined : 500;
    });
    guard.guard(1, 128, () => exceeded.push(1));
    guard.guard(2, 1_000, () => exceeded.push(2));
    // Its timer keeps no process alive.
    const alive = setInterval(() => undefined, 1_000);
    await twice.promise;
    clearInterval(alive);
    guard.release(2);
    assert.deepEqual(
      looks.filter((pid) => pid === 1),
      [1],
    );
    assert.deepEqual(exceeded, []);
  });
});
