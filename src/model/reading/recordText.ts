import { parseFunctionArn } from '../arn.ts';
import type { RecordPiece, TextSpan } from '../invocation.ts';
import { errorNames } from '../stack/errorPayload.ts';
import { isObject, member, memberSpans, textMember, withoutBlanks, type JsonObject } from './jsonText.ts';
import { cutText } from './cutText.ts';
import { parseTimestamp } from './timestamp.ts';

/** What the text of an execution record tells, all but where it was read. */
export type RecordText = Omit<RecordPiece, 'kind' | 'destinationArn'>;

/** As Lambda writes it, without a blank anywhere in the envelope: every blank is one of a payload (spec 1.1). */
const asWritten = '{"version":"';

/**
 * Reads a record from its exact text and the value of that. `undefined`: it is no record of an asynchronous invocation, because a
 * member that every record has is missing or of another type (spec 1.2). Others may be missing, or be unknown.
 */
export function readRecordText(text: string, value: JsonObject): RecordText | undefined {
  const context = member(value, 'requestContext');
  const at = parseTimestamp(textMember(value, 'timestamp') ?? '');
  if (!isObject(context) || at === undefined || textMember(value, 'version') === undefined) return undefined;
  if (batchInfoOf(value) !== undefined) return undefined;
  const requestId = textMember(context, 'requestId') ?? '';
  const functionArn = textMember(context, 'functionArn') ?? '';
  const condition = textMember(context, 'condition') ?? '';
  const approximateInvokeCount = member(context, 'approximateInvokeCount');
  if (requestId === '' || condition === '' || !isCount(approximateInvokeCount) || !parseFunctionArn(functionArn)) {
    return undefined;
  }
  const spans = memberSpans(text);
  const request = spanOf(text, spans.get('requestPayload'));
  const response = spanOf(text, spans.get('responsePayload'));
  return {
    requestId,
    at,
    functionArn,
    condition,
    approximateInvokeCount,
    ...responseOf(value),
    ...(response && condition !== 'Success' ? errorOf(member(value, 'responsePayload'), text.slice(...response)) : {}),
    role: condition === 'Success' ? 'onSuccess' : 'onFailure',
    ...(request ? { requestPayload: request } : {}),
    ...(response ? { responsePayload: response } : {}),
    body: text,
  };
}

/**
 * The function whose event source mapping gave up on a batch, where a value is what such a mapping sends to its
 * destination: the same envelope, with `KinesisBatchInfo`, `DDBStreamBatchInfo` or `KafkaBatchInfo` (Developer Guide, "Retain
 * discarded batch records"). Empty where it is not named.
 */
export function failedBatchFunction(value: JsonObject): string | undefined {
  const context = member(value, 'requestContext');
  if (!isObject(context) || batchInfoOf(value) === undefined) return undefined;
  return parseFunctionArn(textMember(context, 'functionArn') ?? '')?.functionName ?? '';
}

function batchInfoOf(value: JsonObject): string | undefined {
  return Object.keys(value).find((key) => key.endsWith('BatchInfo') && isObject(value[key]));
}

function responseOf(value: JsonObject): Pick<RecordText, 'statusCode' | 'executedVersion' | 'functionError'> {
  const context = member(value, 'responseContext');
  if (!isObject(context)) return {};
  const statusCode = member(context, 'statusCode');
  const executedVersion = textMember(context, 'executedVersion');
  const functionError = textMember(context, 'functionError');
  return {
    ...(isCount(statusCode) ? { statusCode } : {}),
    ...(executedVersion === undefined ? {} : { executedVersion }),
    ...(functionError === undefined ? {} : { functionError }),
  };
}

/** As `parseErrorPayload` would read the response, which is parsed already. */
function errorOf(response: unknown, payload: string): Pick<RecordText, 'errorType' | 'errorMessage'> {
  const { type, message } = errorNames(response, payload);
  return { errorType: cutText(type), errorMessage: cutText(message) };
}

function spanOf(text: string, span: TextSpan | undefined): TextSpan | undefined {
  if (span === undefined) return undefined;
  return text.startsWith(asWritten) ? span : withoutBlanks(text, span);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
