import type { Invocation, InvocationRow } from './invocation.ts';

/** An event to send again. `payload` is the exact JSON text. */
export interface ReplayItem {
  readonly functionName: string;
  readonly qualifier?: string;
  readonly payload: string;
  readonly replayOf: { readonly connectionId: string; readonly requestId: string };
  /** Values were taken out of the payload before it was kept: it is not what was sent then. */
  readonly redacted: boolean;
}

/** Why an invocation can't be replayed. */
export type ReplayRefusal = 'payloadUnknown' | 'functionUnknown' | 'noRecord';

/** What stands in kept payloads in place of what a redaction rule took out. */
export const redactedValue = '[redacted]';

/**
 * The event of an invocation, as exactly as it is known: what was sent, what local Lambda accepted, else what the execution
 * record or the dead-letter queue say of it. `undefined`: nobody told.
 */
export function payloadOf({ sent, accepted, record, deliveries }: Invocation): string | undefined {
  const told = sent?.payload ?? accepted?.payload;
  if (told !== undefined) return told;
  if (record?.requestPayload) return record.body.slice(...record.requestPayload);
  return deliveries.find(({ role, status }) => role === 'deadLetterQueue' && status === 'delivered')?.body;
}

/** What is sent when an invocation is replayed under its own qualifier; or why it can't be. */
export function replayItem(row: InvocationRow, invocation: Invocation): ReplayItem | ReplayRefusal {
  if (invocation.raw) return 'noRecord';
  if (row.functionName === '') return 'functionUnknown';
  const payload = payloadOf(invocation);
  if (payload === undefined) return 'payloadUnknown';
  const { connectionId, functionName, qualifier } = row;
  return {
    functionName,
    ...(qualifier === undefined ? {} : { qualifier }),
    payload,
    // A send that got no answer has its client token only.
    replayOf: { connectionId, requestId: row.requestId ?? row.clientToken ?? '' },
    redacted: payload.includes(redactedValue),
  };
}
