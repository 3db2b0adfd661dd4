import assert from 'node:assert/strict';
import { LogReader } from '../../../../src/model/logs/logReader.ts';

describe('LogReader', () => {
  it('gives nothing for nothing', () => {
    const reader = new LogReader({ functionName: 'charge', logGroupName: '/aws/lambda/charge' });
    assert.deepEqual(reader.read([]), []);
    assert.deepEqual(reader.state, { streams: {} });
  });
});
