import type { ExecutionRecord } from '../../model/executionRecord.ts';
import { bytesToText } from './payloadText.ts';

/** What a record tells of an outcome. The payloads are exact bytes; absent is absent in the record too (spec 1.4). */
export interface RecordFacts {
  readonly requestId: string;
  /** The invoked ARN, qualified. */
  readonly functionArn: string;
  readonly condition: string;
  readonly approximateInvokeCount: number;
  /** When the outcome was produced, epoch ms. */
  readonly at: number;
  readonly requestPayload: Uint8Array;
  readonly responseContext?: NonNullable<ExecutionRecord['responseContext']>;
  readonly responsePayload?: Uint8Array;
}

/** What stands in a record in place of a response that is not JSON (spec 1.4). */
const deliveryError =
  '{"statusCode":400,"errorCode":"InvalidRequestContentException","errorMessage":"The function response payload could not be parsed as JSON."}';

/** An execution record, version 1.0, to the byte: request and response are spliced in as they are (spec 1.1). */
export function writeExecutionRecord(facts: RecordFacts): string {
  const { requestId, functionArn, condition, approximateInvokeCount, responseContext, responsePayload } = facts;
  const timestamp = new Date(facts.at).toISOString();
  const members = [
    '"version":"1.0"',
    `"timestamp":"${timestamp}"`,
    `"requestContext":${JSON.stringify({ requestId, functionArn, condition, approximateInvokeCount })}`,
    `"requestPayload":${bytesToText(facts.requestPayload)}`,
  ];
  if (responseContext) {
    const { statusCode, executedVersion, functionError } = responseContext;
    members.push(`"responseContext":${JSON.stringify({ statusCode, executedVersion, functionError })}`);
  }
  if (responsePayload) members.push(responseMember(responsePayload));
  return `{${members.join(',')}}`;
}

function responseMember(payload: Uint8Array): string {
  const text = jsonText(payload);
  return text === undefined ? `"deliveryError":${deliveryError}` : `"responsePayload":${text}`;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function jsonText(payload: Uint8Array): string | undefined {
  try {
    const text = strictUtf8.decode(payload);
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}
