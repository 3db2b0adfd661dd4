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
    assert.equal(activeRow(rows, topic, false), 2);
    assert.equal(activeRow(rows, topic, true), 2);
  });

  it('is the one to begin at as long as none was reached, and when what was reached is gone', () => {
    const rows = [row('a', 'a'), { heading: 'x' }, row('b', 'b', true)];
    assert.equal(activeRow(rows, undefined, false), 2);
    assert.equal(activeRow(rows, topic, false), 2);
    assert.equal(activeRow([row('a', 'a')], undefined, false), -1);
  });

  it('is left to the filter where something is typed: the one to begin at may not match', () => {
    const rows = [row('local', 'local'), row('b', 'b', true)];
    assert.equal(activeRow(rows, undefined, true), -1);
    assert.equal(activeRow(rows, { label: 'local', value: { arn: 'local' } }, true), 0);
  });
});
