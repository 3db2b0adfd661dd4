import { readEnvelope } from './readEnvelope.ts';
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
  const { MessageId, Body, Attributes, MessageAttributes } = message;
  const sent = Number(Attributes?.['SentTimestamp']);
  return readEnvelope({
    text: Body ?? '',
    // Moved on by the queue's own redrive policy: where it was sent to is the destination.
    destinationArn: Attributes?.['DeadLetterQueueSourceArn'] ?? from.destinationArn,
    id: MessageId,
    at: Number.isSafeInteger(sent) && sent > 0 ? sent : from.at,
    attribute: (name) => {
      const attribute =
        MessageAttributes && Object.hasOwn(MessageAttributes, name) ? MessageAttributes[name] : undefined;
      return typeof attribute?.StringValue === 'string' ? attribute.StringValue : undefined;
    },
    deadLetterOf: from.deadLetterOf,
  });
}
