import type { InvocationPiece } from '../../src/model/invocation.ts';

/** What the story of an invocation is told with. Lengths in ms. */
export interface StoryOptions {
  readonly requestId: string;
  readonly clientToken?: string;
  readonly functionName?: string;
  readonly at?: number;
  readonly payload?: string;
  /** Attempts that fail before the last one. */
  readonly failures?: number;
  /** How the last attempt ends. */
  readonly end?: 'success' | 'error';
  readonly error?: { readonly type: string; readonly message: string };
  readonly delivered?: 'onSuccess' | 'onFailure' | 'deadLetterQueue';
}

/** Every piece of an invocation that is over, in the order in which they became true. */
export function story(options: StoryOptions): InvocationPiece[] {
  const { requestId, clientToken, functionName = 'charge', at = 1_000_000, payload = '{"orderId":42}' } = options;
  const { failures = 0, end = 'success', error = { type: 'TypeError', message: 'card is undefined' } } = options;
  const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${functionName}:$LATEST`;
  const pieces: InvocationPiece[] = [];
  if (clientToken !== undefined) {
    pieces.push({ kind: 'sent', clientToken, at, functionName, payload, origin: 'charge.js, lens' });
  }
  const bound = clientToken === undefined ? {} : { clientToken };
  pieces.push({ kind: 'accepted', ...bound, requestId, at: at + 5, functionName, functionArn, payload });
  if (clientToken !== undefined) {
    pieces.push({ kind: 'accepted', clientToken, requestId, at: at + 8, functionName, functionArn });
  }
  let clock = at + 10;
  const attempts = failures + 1;
  const failed = JSON.stringify({ errorType: error.type, errorMessage: error.message, trace: [] });
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const startedAt = clock;
    const good = attempt === attempts && end === 'success';
    clock += 40;
    pieces.push(
      { kind: 'attemptStarted', requestId, attempt, at: startedAt, executedVersion: '$LATEST' },
      {
        kind: 'attemptEnded',
        requestId,
        attempt,
        startedAt,
        at: clock,
        executedVersion: '$LATEST',
        status: good ? 'success' : 'error',
        durationMs: 40,
        billedDurationMs: 40,
        memorySizeMB: 128,
        maxMemoryUsedMB: 60,
        response: good ? '"done"' : failed,
        logGroupName: `/aws/lambda/${functionName}`,
        logStreamName: 'stream',
      },
      { kind: 'log', requestId, attempt, lines: [{ at: startedAt, message: `START RequestId: ${requestId}` }] },
    );
    if (attempt < attempts) {
      const until = clock + attempt * 1_000;
      const nominalMs = attempt * 60_000;
      pieces.push({ kind: 'wait', requestId, afterAttempt: attempt, reason: 'retry', at: clock, until, nominalMs });
      clock = until;
    }
  }
  const condition = end === 'success' ? 'Success' : 'RetriesExhausted';
  pieces.push({ kind: 'outcome', requestId, at: clock, condition, approximateInvokeCount: attempts });
  if (options.delivered !== undefined) {
    pieces.push({
      kind: 'delivery',
      requestId,
      deliveryId: `${requestId}:${options.delivered}`,
      role: options.delivered,
      destinationArn: 'arn:aws:sqs:us-east-1:000000000000:caught',
      at: clock + 4,
      status: 'delivered',
      body: '{"version":"1.0"}',
    });
  }
  return pieces;
}
