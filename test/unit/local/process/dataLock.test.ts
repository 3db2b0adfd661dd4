import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../../../src/model/logger.ts';
import type { LocalReadyEvent } from '../../../../src/protocol/localEvents.ts';
import { isLocked, readOwner, takeDataLock } from '../../../../src/local/process/dataLock.ts';
import { createTemporaryData, sweepTemporaryData } from '../../../../src/local/process/temporaryData.ts';

const silent: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const ready = { event: 'ready', endpoint: 'http://127.0.0.1:1' } as LocalReadyEvent;

describe('the lock of a data folder', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lambda-destinations-test-'));
  });

  afterEach(async () => {
    await rm(dir, { recursive: true, force: true });
  });

  it('has one owner, whom the others can find', async () => {
    const lock = (await takeDataLock(dir)) ?? assert.fail('it is free');
    assert.equal(await takeDataLock(dir), undefined);
    assert.equal(isLocked(dir), true);
    assert.equal(await readOwner(dir), undefined);
    await lock.publish(ready);
    assert.deepEqual(await readOwner(dir), ready);
    if (process.platform !== 'win32') {
      assert.equal((await stat(join(dir, 'local-lambda.lock'))).mode & 0o777, 0o600);
    }
    await lock.release();
    assert.equal(isLocked(dir), false);
    assert.equal(await readOwner(dir), undefined);
    const next = (await takeDataLock(dir)) ?? assert.fail('it is free again');
    await next.release();
  });

  it('takes no notice of what a killed owner has left', async () => {
    await writeFile(join(dir, 'local-lambda.lock'), JSON.stringify(ready));
    const lock = (await takeDataLock(dir)) ?? assert.fail('it is free');
    assert.equal(await readOwner(dir), undefined);
    await lock.release();
  });

  it('of temporary data keeps them from being swept', async () => {
    const mine = await createTemporaryData(dir);
    await mkdir(join(dir, 'lambda-destinations-local-unmarked'));
    await mkdir(join(dir, 'lambda-destinations-local-left'));
    await writeFile(join(dir, 'lambda-destinations-local-left', 'temporary'), '1\n');
    await mkdir(join(dir, 'other'));
    await sweepTemporaryData(silent, dir);
    assert.deepEqual(
      (await readdir(dir)).toSorted(),
      [mine.dataDir.slice(dir.length + 1), 'lambda-destinations-local-unmarked', 'other'].toSorted(),
    );
    await mine.remove();
    assert.ok(!(await readdir(dir)).includes(mine.dataDir.slice(dir.length + 1)));
  });
});
