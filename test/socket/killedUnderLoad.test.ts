import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killUnderLoad } from '../support/killedUnderLoad.ts';

describe('local Lambda, killed under load', function () {
  this.timeout(120_000);

  it('has one record for each event that it accepted, three kills or none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lambda-destinations-test-'));
    try {
      const { accepted, lost, twice, delivered, messages } = await killUnderLoad(folder, { kills: 3, events: 100 });
      assert.ok(accepted >= 300);
      assert.deepEqual(lost, []);
      assert.deepEqual(twice, []);
      assert.ok(delivered >= accepted);
      assert.equal(messages, delivered);
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
