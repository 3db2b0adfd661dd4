import assert from 'node:assert/strict';
import type { Invocation } from '../../../src/model/invocation.ts';
import { timelineEntries } from '../../../src/webview/timelineEntries.ts';
import { fakeInvocation } from '../../support/panelFakes.ts';

describe('the timeline of faults on demand', () => {
  it('marks what a fault on demand made, and nothing else', () => {
    const { row, invocation } = fakeInvocation(1, {
      functionName: 'f',
      status: 'failed',
      at: 1_000,
      attempts: [
        { ms: 38, failed: true },
        { ms: 12, failed: true },
        { ms: 11, failed: true },
      ],
      error: { type: 'Error', message: 'no' },
      destination: 'arn:aws:sns:us-east-1:000000000000:alerts',
    });
    const marksOf = (shown: Invocation): (string | undefined)[] =>
      timelineEntries(row, shown, 600_000, 60).map(({ fault }) => fault);
    assert.deepEqual(new Set(marksOf(invocation)), new Set([undefined]));
    const [first, ...others] = invocation.attempts;
    const [wait, ...waits] = invocation.waits;
    assert.ok(first?.ended && wait && invocation.outcome);
    const faulty: Invocation = {
      ...invocation,
      attempts: [{ ...first, ended: { ...first.ended, fault: 'timeout' } }, ...others],
      waits: [{ ...wait, fault: 'throttle' }, ...waits],
      outcome: { ...invocation.outcome, fault: 'ageOut' },
      secondOutcome: { ...invocation.outcome, at: invocation.outcome.at + 5, fault: 'duplicate' },
      deliveries: invocation.deliveries.map((delivery) => ({ ...delivery, fault: 'deliveryFailure' })),
    };
    assert.deepEqual(marksOf(faulty), [
      undefined,
      'Fault: time-out',
      'Fault: throttle',
      undefined,
      undefined,
      undefined,
      'Fault: age-out',
      'Fault: delivery failure',
      'Fault: duplicate delivery',
    ]);
  });
});
