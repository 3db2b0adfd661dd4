import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readResults } from '../../../scripts/test/mochaStages.ts';
import { lastLine, sum, type StageResult } from '../../../scripts/test/stage.ts';

describe('the test run', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stage-test-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const left = async (results: StageResult): Promise<string> => {
    const file = join(folder, 'results.json');
    await writeFile(file, JSON.stringify(results));
    return file;
  };
  const failure = { title: 'a', details: 'b' };

  it('ends with one plain line over all stages', () => {
    const total = sum([
      { passed: 3, failures: [failure], skips: [] },
      { passed: 4, failures: [], skips: [{ title: 'c', reason: 'd' }] },
    ]);
    assert.equal(lastLine(total), '7 passed, 1 failed, 1 skipped');
  });

  it('takes a suite’s results as they were left', async () => {
    const results = { passed: 2, failures: [failure], skips: [] };
    assert.deepEqual(await readResults(await left(results), 1, ''), results);
    assert.deepEqual(await readResults(await left({ ...results, failures: [] }), 0, ''), { ...results, failures: [] });
  });

  it('counts a run that ended badly as a failure, whatever it left', async () => {
    const none = await readResults(join(folder, 'none.json'), 0, 'some output');
    assert.equal(none.failures.length, 1, 'no results are no success');
    assert.match(none.failures[0]?.details ?? '', /some output/);
    const late = await readResults(await left({ passed: 2, failures: [], skips: [] }), 7, '');
    assert.equal(late.failures.length, 1, 'passed, then crashed');
    assert.equal(late.passed, 2);
  });
});
