import { parseArn } from './arn.ts';
import { destinationKind } from './destination.ts';

/** A statement of an IAM policy. */
export interface IamStatement {
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: string;
}

/**
 * What a function's execution role needs to deliver to an ARN (AWS Lambda Developer Guide, "Capturing records of
 * asynchronous invocations"; spec 2.5). Empty: nothing can be delivered there.
 */
export function deliveryStatements(arn: string): readonly IamStatement[] {
  const allow = (action: string, resource: string): IamStatement => ({
    Effect: 'Allow',
    Action: action,
    Resource: resource,
  });
  switch (destinationKind(arn)) {
    case 'SQS':
      return [allow('sqs:SendMessage', arn)];
    case 'SNS':
      return [allow('sns:Publish', arn)];
    case 'Lambda':
      return [allow('lambda:InvokeFunction', arn)];
    case 'EventBridge':
      return [allow('events:PutEvents', arn)];
    case 'S3':
      return [allow('s3:PutObject', `${arn}/*`), allow('s3:ListBucket', arn)];
    case undefined:
      return [];
  }
}

/** Statements as the JSON of a whole policy. */
export function policyJson(statements: readonly IamStatement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements }, undefined, 2);
}

/** Whether Lambda refused a destination because the execution role lacks a permission, by its message (spec 3.4, 5.6). */
export function isMissingRolePermission(message: string): boolean {
  return /execution role does not have permissions to call \w+/.test(message);
}

/** `sqs:SendMessage on arn:…`, for messages. */
export function deliveryPermission(arn: string): string {
  const actions = deliveryStatements(arn).map(({ Action, Resource }) => `${String(Action)} on ${Resource}`);
  return actions.length === 0 ? `deliver to ${parseArn(arn)?.resource ?? arn}` : actions.join(' and ');
}
