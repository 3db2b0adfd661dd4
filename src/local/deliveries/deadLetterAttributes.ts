import type { MessageAttribute, MessageAttributes } from '../deliveryTargets.ts';
import { bytesToText } from '../records/payloadText.ts';
import type { Outcome } from './outcome.ts';

/** Of an error message, in bytes of UTF-8 (spec 3.1). */
const longestErrorMessage = 1024;

/**
 * What a dead-letter queue is told beside the event, in AWS's order: `RequestID`, `ErrorCode`, `ErrorMessage` (spec 3.1).
 * The code is the record's status code; there is none for an event that met zero reserved concurrency (spec 3.2).
 */
export function deadLetterAttributes(requestId: string, outcome: Outcome): MessageAttributes {
  const code = outcome.responseContext?.statusCode;
  const message = outcome.errorMessage ?? errorMessageOf(outcome.responsePayload);
  return {
    RequestID: text(requestId),
    ...(code === undefined ? {} : { ErrorCode: { dataType: 'Number', stringValue: String(code) } }),
    // SQS and SNS take no empty value.
    ...(message ? { ErrorMessage: text(cut(message)) } : {}),
  };
}

function text(stringValue: string): MessageAttribute {
  return { dataType: 'String', stringValue };
}

/** A character that the limit cuts through becomes U+FFFD. */
function cut(message: string): string {
  const bytes = new TextEncoder().encode(message);
  return bytes.length <= longestErrorMessage ? message : bytesToText(bytes.subarray(0, longestErrorMessage));
}

function errorMessageOf(payload: Uint8Array | undefined): string | undefined {
  if (!payload) return undefined;
  try {
    const error: unknown = JSON.parse(bytesToText(payload));
    if (typeof error !== 'object' || error === null || !('errorMessage' in error)) return undefined;
    return typeof error.errorMessage === 'string' ? error.errorMessage : undefined;
  } catch {
    return undefined;
  }
}
