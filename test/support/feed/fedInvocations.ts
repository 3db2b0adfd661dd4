import type { InvocationPiece } from '../../../src/model/invocation.ts';
import { writeExecutionRecord } from '../../../src/local/records/recordWriter.ts';
import { story } from '../invocationPieces.ts';

/** What a fed invocation is told by: what happens at once, and what a little later. */
export interface FedInvocation {
  readonly first: readonly InvocationPiece[];
  readonly rest: readonly InvocationPiece[];
}

/** Pieces of a fed invocation in all. */
export const piecesAnInvocation = 6;

const functions = 20;

/** The request id of the fed invocation of a number, from 0. */
export function fedRequestId(number: number): string {
  return `feedfeed-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** Accepted, run once (every tenth fails), delivered with a record as local Lambda writes it. */
export function fedInvocation(number: number, at: number): FedInvocation {
  const requestId = fedRequestId(number);
  const functionName = `orders-${number % functions}`;
  const failed = number % 10 === 9;
  const payload = JSON.stringify({ orderId: number, customer: `c-${number % 10_007}`, note: 'leave at the door' });
  const pieces = story({
    ...{ requestId, functionName, at, payload, end: failed ? 'error' : 'success' },
    delivered: failed ? 'onFailure' : 'onSuccess',
  }).map((piece): InvocationPiece => {
    if (piece.kind !== 'delivery') return piece;
    const body = writeExecutionRecord({
      requestId,
      functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}:$LATEST`,
      condition: failed ? 'RetriesExhausted' : 'Success',
      approximateInvokeCount: 1,
      at: piece.at,
      requestPayload: Buffer.from(payload),
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        ...(failed ? { functionError: 'Unhandled' } : {}),
      },
      responsePayload: Buffer.from(failed ? '{"errorType":"TypeError","errorMessage":"card is undefined"}' : '"done"'),
    });
    return { ...piece, body };
  });
  return { first: pieces.slice(0, 2), rest: pieces.slice(2) };
}
