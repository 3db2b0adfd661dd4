import { destinationKind } from '../../model/destination.ts';
import { parseFunctionArn } from '../../model/arn.ts';
import { recordKey } from '../s3/s3Delivery.ts';
import type { RoleCall } from './executionRoles.ts';

/** What is delivered: of which function (qualified), and when it was decided (epoch ms). */
export interface DeliveredRecord {
  readonly functionArn: string;
  readonly condition: string;
  readonly at: number;
}

/** What Lambda calls as the execution role to deliver to an ARN (spec 2.1 to 2.5); `undefined`: nothing can be delivered there. */
export function deliveryCall(arn: string, { functionArn, condition, at }: DeliveredRecord): RoleCall | undefined {
  switch (destinationKind(arn)) {
    case 'S3': {
      const functionName = parseFunctionArn(functionArn)?.functionName ?? functionArn;
      return { action: 's3:PutObject', resource: `${arn}/${recordKey(functionName, at)}` };
    }
    case 'EventBridge': {
      const detailType = `Lambda Function Invocation Result - ${condition === 'Success' ? 'Success' : 'Failure'}`;
      const context = { 'events:source': 'lambda', 'events:detail-type': detailType };
      return { action: 'events:PutEvents', resource: arn, context };
    }
    case 'SQS':
    case 'SNS':
    case 'Lambda':
    case undefined:
      return admissionCall(arn);
  }
}

/**
 * What the execution role is asked for when a destination or dead-letter queue is set: for a bucket `s3:ListBucket` only (spec
 * 2.5, 5.6).
 */
export function admissionCall(arn: string): RoleCall | undefined {
  const kind = destinationKind(arn);
  if (kind === undefined) return undefined;
  const action = {
    SQS: 'sqs:SendMessage',
    SNS: 'sns:Publish',
    Lambda: 'lambda:InvokeFunction',
    EventBridge: 'events:PutEvents',
    S3: 's3:ListBucket',
  }[kind];
  return { action, resource: arn, ...(kind === 'EventBridge' ? { context: { 'events:source': 'lambda' } } : {}) };
}
