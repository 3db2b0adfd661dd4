import assert from 'node:assert/strict';
import { traceOf } from '../../../../src/local/api/traceHeader.ts';
import { executionsInChain, maximumExecutionsInChain, withHop } from '../../../../src/local/events/lineage.ts';
import { arnOf } from '../../../support/queueHarness.ts';

describe('the chain of executions in a trace header', () => {
  it('goes on for ever where loops are allowed, counts on, and stays one that a request takes', () => {
    let header = traceOf(undefined, 0).traceId;
    for (let at = 0; at < 5_000; at += 1) header = traceOf(withHop(header, arnOf(`fn${at % 3}`)), 0).traceId;
    assert.match(header, /;Lineage=5000:[\da-f]{8}:4999\|4999:/);
    assert.ok(header.length < 12_000, `${header.length} characters`);
    assert.ok(executionsInChain(header, arnOf('fn1')) > maximumExecutionsInChain);
  });
});
