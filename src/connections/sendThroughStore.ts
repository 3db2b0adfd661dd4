import { randomUUID } from 'node:crypto';
import { SendFailure } from '../aws/invokeAsync.ts';
import type { InvocationPiece, SentPiece } from '../model/invocation.ts';
import type { Logger } from '../model/logger.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import type { InvocationStore } from '../store/invocationStore.ts';
import type { SendRequest } from './connection.ts';

/** Where a send is written down. */
export interface SendRecorder {
  readonly connectionId: string;
  readonly store: Pick<InvocationStore, 'ingest'>;
  readonly log: Logger;
}

/**
 * Sends, with a row in the store from before the send on: whatever happens has a place to be seen. `send` makes the call
 * and tells the qualified ARN that was invoked; its failure is recorded and thrown.
 */
export async function sendThroughStore(
  { connectionId, store, log }: SendRecorder,
  { functionName, qualifier, payload, origin, replayOf }: SendRequest,
  send: (clientToken: string) => Promise<{ readonly requestId: string; readonly functionArn: string }>,
): Promise<{ readonly requestId: string; readonly rowId: number }> {
  const clientToken = randomUUID();
  const sent: SentPiece = {
    kind: 'sent',
    clientToken,
    at: Date.now(),
    functionName,
    ...(qualifier === undefined ? {} : { qualifier }),
    payload,
    origin,
    ...(replayOf ? { replayOf } : {}),
  };
  /** What came of a send is true whether or not it can be kept. */
  const record = async (piece: InvocationPiece): Promise<void> => {
    try {
      await store.ingest(connectionId, [piece]);
    } catch (error) {
      log.error(`what came of a send could not be kept: ${String(error)}`);
    }
  };
  const [rowId] = await store.ingest(connectionId, [sent]);
  if (rowId === undefined) throw new Error('The store made no row.');
  try {
    const { requestId, functionArn } = await send(clientToken);
    await record({ kind: 'accepted', clientToken, requestId, at: Date.now(), functionName, functionArn });
    return { requestId, rowId };
  } catch (error) {
    await record({ kind: 'notAccepted', clientToken, at: Date.now(), ...whyNotAccepted(error) });
    throw error;
  }
}

function whyNotAccepted(error: unknown): {
  readonly errorName: string;
  readonly errorMessage: string;
  readonly mayHaveRun: boolean;
} {
  const errorMessage = error instanceof Error ? error.message : String(error);
  if (error instanceof SendFailure) return { errorName: error.errorName, errorMessage, mayHaveRun: error.mayHaveRun };
  // It failed before the send: the connection did not start, or the person gave up meanwhile.
  const errorName = UserFacingFailure.is(error) ? error.code : 'Cancelled';
  return { errorName, errorMessage, mayHaveRun: false };
}
