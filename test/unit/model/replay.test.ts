import assert from 'node:assert/strict';
import type { InvocationRow } from '../../../src/model/invocation.ts';
import { replayItem } from '../../../src/model/replay.ts';
import { foldInvocation } from '../../../src/model/foldInvocation.ts';
import { summarizeInvocation } from '../../../src/model/summarizeInvocation.ts';
import { redactBody } from '../../../src/store/redactLine.ts';
import { parseRedaction } from '../../../src/store/redactText.ts';
import { story } from '../../support/invocationPieces.ts';

describe('an event to send again', () => {
  const redactedOf = (payload: string): boolean => {
    const invocation = foldInvocation(story({ requestId: 'r1', payload }));
    const row: InvocationRow = { id: 1, connectionId: 'local:/work', ...summarizeInvocation(invocation) };
    const item = replayItem(row, invocation);
    assert.ok(typeof item !== 'string');
    assert.equal(item.payload, payload);
    return item.redacted;
  };

  it('says whether values were taken out, wherever in it they were', () => {
    const { rules } = parseRedaction(['password']);
    const inner = '{"password":"hunter2"}';
    const base64 = Buffer.from(inner).toString('base64');
    for (const payload of [
      inner,
      JSON.stringify({ body: inner }),
      JSON.stringify({ data: base64 }),
      '"password=hunter2"',
    ]) {
      assert.equal(redactedOf(payload), false);
      assert.equal(redactedOf(redactBody(payload, rules)), true, payload);
    }
  });
});
