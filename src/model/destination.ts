import { parseArn, parseFunctionArn } from './arn.ts';

/** What can receive an execution record (AWS Lambda Developer Guide, "Capturing records of asynchronous invocations"). */
export type DestinationKind = 'SQS' | 'SNS' | 'Lambda' | 'EventBridge' | 'S3';

/** Why something is delivered to a target. A dead-letter queue gets the event, the other two get an execution record. */
export type DeliveryRole = 'onSuccess' | 'onFailure' | 'deadLetterQueue';

const kindsByService: Readonly<Record<string, DestinationKind>> = {
  sqs: 'SQS',
  sns: 'SNS',
  lambda: 'Lambda',
  events: 'EventBridge',
  s3: 'S3',
};

/** The kind of destination an ARN names; `undefined` for a service that can't be one. */
export function destinationKind(arn: string): DestinationKind | undefined {
  const service = parseArn(arn)?.service;
  return service === undefined ? undefined : kindsByService[service];
}

/** The short name people know a destination by: queue, topic, function (with qualifier), bus or bucket name. The ARN itself when it can't be parsed. */
export function destinationName(arn: string): string {
  const parsed = parseArn(arn);
  if (!parsed) return arn;
  const fn = parseFunctionArn(arn);
  if (fn) return fn.qualifier === undefined ? fn.functionName : `${fn.functionName}:${fn.qualifier}`;
  return parsed.resource.replace(/^event-bus\//, '');
}
