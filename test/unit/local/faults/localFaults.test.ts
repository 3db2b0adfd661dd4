import assert from 'node:assert/strict';
import { LocalFaultRegistry } from '../../../../src/local/faults/localFaults.ts';

describe('the faults of local Lambda', () => {
  it('happen to their function, as often as was said, and are gone then', () => {
    const faults = new LocalFaultRegistry();
    const { id } = faults.add({ functionName: 'charge', kind: 'timeout', times: 2 });
    assert.equal(faults.happens('timeout', 'refund'), false);
    assert.equal(faults.happens('throttle', 'charge'), false);
    assert.equal(faults.happens('timeout', 'charge'), true);
    assert.deepEqual(faults.list(), [
      { id, functionName: 'charge', kind: 'timeout', times: 2, remaining: 1, declared: false },
    ]);
    assert.equal(faults.happens('timeout', 'charge'), true);
    assert.equal(faults.happens('timeout', 'charge'), false);
    assert.deepEqual(faults.list(), []);
  });

  it('happen until they are removed where no number was said, to every function with *', () => {
    const faults = new LocalFaultRegistry();
    const { id } = faults.add({ functionName: '*', kind: 'throttle' });
    for (const name of ['charge', 'refund', 'charge']) assert.equal(faults.happens('throttle', name), true);
    assert.equal(faults.remove(id), true);
    assert.equal(faults.remove(id), false);
    assert.equal(faults.happens('throttle', 'charge'), false);
  });

  it('happen as likely as was said', () => {
    const chances = [0.19, 0.2, 0.99, 0];
    const faults = new LocalFaultRegistry([], () => chances.shift() ?? 1);
    faults.add({ functionName: 'charge', kind: 'ageOut', probability: 0.2 });
    assert.deepEqual(
      [1, 2, 3, 4].map(() => faults.happens('ageOut', 'charge')),
      [true, false, false, true],
    );
  });

  it('use up the one that was added first', () => {
    const faults = new LocalFaultRegistry();
    faults.add({ functionName: '*', kind: 'timeout', times: 1 });
    faults.add({ functionName: 'charge', kind: 'timeout', times: 1 });
    faults.happens('timeout', 'charge');
    assert.deepEqual(
      faults.list().map(({ functionName }) => functionName),
      ['charge'],
    );
  });

  it('fail the deliveries that are meant', () => {
    const arn = 'arn:aws:sqs:us-east-1:000000000000:results';
    const other = 'arn:aws:sqs:us-east-1:000000000000:others';
    const faults = new LocalFaultRegistry();
    faults.add({ functionName: 'charge', kind: 'deliveryFailure', role: 'onFailure', destinationArn: arn });
    assert.equal(faults.failsDelivery('charge', { role: 'onSuccess', arn }), false);
    assert.equal(faults.failsDelivery('charge', { role: 'onFailure', arn: other }), false);
    assert.equal(faults.failsDelivery('charge', { role: 'onFailure', arn }), true);
    faults.removeAll();
    faults.add({ functionName: 'charge', kind: 'deliveryFailure' });
    assert.equal(faults.failsDelivery('charge', { role: 'deadLetterQueue', arn: other }), true);
  });

  it('slow a start by what was said, or by five seconds', () => {
    const faults = new LocalFaultRegistry();
    faults.add({ functionName: 'charge', kind: 'slowStart', delayMs: 20, times: 1 });
    faults.add({ functionName: 'charge', kind: 'slowStart', times: 1 });
    assert.deepEqual(
      [1, 2, 3].map(() => faults.slowsStart('charge')),
      [20, 5_000, 0],
    );
  });

  it('that were declared are replaced as a whole; those that were added stay', () => {
    const faults = new LocalFaultRegistry([{ functionName: 'charge', kind: 'timeout' }]);
    const { id } = faults.add({ functionName: 'charge', kind: 'ageOut' });
    faults.declare([{ functionName: 'refund', kind: 'throttle' }]);
    assert.deepEqual(
      faults.list().map(({ kind, declared }) => ({ kind, declared })),
      [
        { kind: 'throttle', declared: true },
        { kind: 'ageOut', declared: false },
      ],
    );
    assert.equal(faults.list()[1]?.id, id);
  });

  it('tell of every change, and of being used where it shows', () => {
    let told = 0;
    const faults = new LocalFaultRegistry();
    faults.onDidChange(() => told++);
    const { id } = faults.add({ functionName: 'charge', kind: 'timeout', times: 1 });
    faults.add({ functionName: 'charge', kind: 'throttle' });
    assert.equal(told, 2);
    faults.happens('throttle', 'charge');
    assert.equal(told, 2);
    faults.happens('timeout', 'charge');
    assert.equal(told, 3);
    faults.remove(id);
    assert.equal(told, 3);
    faults.declare([]);
    faults.removeAll();
    assert.equal(told, 5);
  });
});
