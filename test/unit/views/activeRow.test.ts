import assert from 'node:assert/strict';
import { activeRow } from '../../../src/views/activeRow.ts';
import type { PickRow } from '../../../src/views/steps.ts';

describe('the row a list stands on while more is found', () => {
  const row = (label: string, arn: string, current = false): PickRow<{ readonly arn: string }> => ({
    label,
    value: { arn },
    ...(current ? { current } : {}),
  });
  const topic = { label: 'orders', value: { arn: 'arn:aws:sns:r:1:orders' } };

  it('stays the one that was reached, although another kind of thing has its name', () => {
    const rows = [{ heading: 'SQS queues' }, row('orders', 'arn:aws:sqs:r:1:orders'), row('orders', topic.value.arn)];
    assert.equal(activeRow(rows, topic), 2);
  });

  it('is the one to begin at as long as none was reached, and when what was reached is gone', () => {
    const rows = [row('a', 'a'), { heading: 'x' }, row('b', 'b', true)];
    assert.equal(activeRow(rows, undefined), 2);
    assert.equal(activeRow(rows, topic), 2);
    assert.equal(activeRow([row('a', 'a')], undefined), -1);
  });
});
