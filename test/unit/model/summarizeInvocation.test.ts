import assert from 'node:assert/strict';
import { foldInvocation } from '../../../src/model/foldInvocation.ts';
import type { InvocationPiece, InvocationStatus, InvocationSummary } from '../../../src/model/invocation.ts';
import { summarizeInvocation } from '../../../src/model/summarizeInvocation.ts';
import { story } from '../../support/invocationPieces.ts';

const requestId = 'r';

function summary(pieces: readonly InvocationPiece[]): InvocationSummary {
  return summarizeInvocation(foldInvocation(pieces));
}

describe('summarizeInvocation', () => {
  it('tells where an invocation stands after every step', () => {
    const pieces = story({ requestId, clientToken: 't', failures: 1, end: 'error', delivered: 'onFailure' });
    const steps = pieces.map((piece, index): string => `${piece.kind} ${summary(pieces.slice(0, index + 1)).status}`);
    assert.deepEqual(steps, [
      'sent sending',
      'accepted queued',
      'accepted queued',
      'attemptStarted running',
      'attemptEnded waiting',
      'log waiting',
      'wait waiting',
      'attemptStarted running',
      'attemptEnded waiting',
      'log waiting',
      'outcome lost',
      'delivery failed',
    ]);
  });

  it('summarizes a failure whole', () => {
    const pieces = story({ requestId, clientToken: 't', failures: 1, end: 'error', delivered: 'deadLetterQueue' });
    assert.deepEqual(summary(pieces), {
      status: 'failed',
      functionName: 'charge',
      requestId,
      clientToken: 't',
      startedAt: 1_000_000,
      updatedAt: 1_001_094,
      endedAt: 1_001_090,
      condition: 'RetriesExhausted',
      errorType: 'TypeError',
      errorMessage: 'card is undefined',
      attempts: 2,
      delivery: {
        role: 'deadLetterQueue',
        arn: 'arn:aws:sqs:us-east-1:000000000000:caught',
        status: 'delivered',
      },
      segments: [
        { kind: 'queued', from: 1_000_000, to: 1_000_010, failed: false },
        { kind: 'attempt', from: 1_000_010, to: 1_000_050, failed: true },
        { kind: 'wait', from: 1_000_050, to: 1_001_050, failed: false, nominalMs: 60_000 },
        { kind: 'attempt', from: 1_001_050, to: 1_001_090, failed: true },
        { kind: 'delivery', from: 1_001_094, to: 1_001_094, failed: false },
      ],
    });
  });

  it('forgets the error of an attempt once a later one succeeds', () => {
    const { status, errorType, attempts } = summary(story({ requestId, failures: 1 }));
    assert.deepEqual([status, errorType, attempts], ['succeeded', undefined, 2]);
  });

  it('counts down to the end of the current wait', () => {
    const pieces = story({ requestId, failures: 1 });
    const upToWait = pieces.slice(0, pieces.findIndex(({ kind }) => kind === 'wait') + 1);
    const waiting = summary(upToWait);
    assert.deepEqual([waiting.waitingUntil, waiting.waitNominalMs], [1_001_050, 60_000]);
    assert.deepEqual(waiting.segments.at(-1), {
      kind: 'wait',
      from: 1_000_050,
      to: 1_001_050,
      failed: false,
      nominalMs: 60_000,
    });
    assert.equal(summary(pieces).waitingUntil, undefined);
  });

  it('shortens a wait that was skipped', () => {
    const wait = { kind: 'wait', requestId, afterAttempt: 0, reason: 'throttle' } as const;
    const started = { kind: 'attemptStarted', requestId, attempt: 1, executedVersion: '$LATEST' } as const;
    const { segments } = summary([
      { ...wait, at: 1_000, until: 2_000, nominalMs: 60_000 },
      { ...started, at: 1_250 },
    ]);
    assert.deepEqual(segments.slice(1), [
      { kind: 'wait', from: 1_000, to: 1_250, failed: false, nominalMs: 15_000 },
      { kind: 'attempt', from: 1_250, failed: false },
    ]);
  });

  it('is lost when the only delivery was dropped', () => {
    const pieces = story({ requestId, end: 'error', delivered: 'onFailure' }).map((piece) =>
      piece.kind === 'delivery' ? { ...piece, status: 'dropped' as const, reason: 'no such queue' } : piece,
    );
    const lost = summary(pieces);
    assert.deepEqual([lost.status, lost.delivery?.status], ['lost', 'dropped']);
    assert.equal(lost.segments.at(-1)?.failed, true);
  });

  it('shows the destination before the dead-letter queue', () => {
    const queue = story({ requestId, end: 'error', delivered: 'deadLetterQueue' });
    const destination = story({ requestId, end: 'error', delivered: 'onFailure' });
    assert.equal(summary([...queue, ...destination]).delivery?.role, 'onFailure');
  });

  it('keeps apart what was refused and what may have run', () => {
    const [sent] = story({ requestId, clientToken: 't' });
    assert.ok(sent);
    const refused = {
      kind: 'notAccepted',
      clientToken: 't',
      at: 1_000_300,
      errorName: 'Gone',
      errorMessage: 'no',
    } as const;
    const statuses = [false, true].map((mayHaveRun): InvocationStatus => {
      const { status, errorType, endedAt } = summary([sent, { ...refused, mayHaveRun }]);
      assert.deepEqual([errorType, endedAt], ['Gone', 1_000_300]);
      return status;
    });
    assert.deepEqual(statuses, ['notAccepted', 'unknown']);
    assert.equal(
      summary([...story({ requestId, clientToken: 't' }), { ...refused, mayHaveRun: true }]).status,
      'succeeded',
    );
  });

  it('names the function and the alias of events that others sent', () => {
    const accepted = {
      kind: 'accepted',
      requestId,
      at: 5,
      functionName: 'charge',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:charge:live',
    } as const;
    assert.equal(summary([accepted]).qualifier, 'live');
    const ended = story({ requestId, functionName: 'refund' }).filter(({ kind }) => kind === 'attemptEnded');
    assert.equal(summary(ended).functionName, 'refund');
  });

  it('cuts a message that no row can show', () => {
    const error = { type: 'Error', message: 'x'.repeat(10_000) };
    assert.equal(summary(story({ requestId, end: 'error', error })).errorMessage?.length, 2_001);
  });
});
