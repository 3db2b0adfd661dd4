/** The parts of an Amazon Resource Name. `region` and `account` may be empty (S3 buckets). */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Where resources live: every ARN that local Lambda makes carries these two. `account` is 12 digits. */
export interface AccountScope {
  readonly region: string;
  readonly account: string;
}

/** Splits an ARN; `undefined` when `text` is not one. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:(aws[\w-]*):([\w-]+):([\w-]*):(\d{12})?:(.+)$/s.exec(text);
  if (!match) return undefined;
  const [, partition = '', service = '', region = '', account = '', resource = ''] = match;
  return { partition, service, region, account, resource };
}

/** Joins the parts of an ARN. */
export function formatArn(arn: Omit<Arn, 'partition'> & { readonly partition?: string }): string {
  return `arn:${arn.partition ?? 'aws'}:${arn.service}:${arn.region}:${arn.account}:${arn.resource}`;
}

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`. */
export function functionArn(scope: AccountScope, functionName: string, qualifier?: string): string {
  const resource = `function:${functionName}${qualifier === undefined ? '' : `:${qualifier}`}`;
  return formatArn({ service: 'lambda', ...scope, resource });
}

/** `arn:aws:sqs:REGION:ACCOUNT:NAME`. */
export function queueArn(scope: AccountScope, queueName: string): string {
  return formatArn({ service: 'sqs', ...scope, resource: queueName });
}

/** `arn:aws:sns:REGION:ACCOUNT:NAME`. */
export function topicArn(scope: AccountScope, topicName: string): string {
  return formatArn({ service: 'sns', ...scope, resource: topicName });
}

/** `arn:aws:events:REGION:ACCOUNT:event-bus/NAME`. */
export function eventBusArn(scope: AccountScope, busName: string): string {
  return formatArn({ service: 'events', ...scope, resource: `event-bus/${busName}` });
}

/** A function ARN taken apart; `undefined` when `text` is not the ARN of a Lambda function. */
export function parseFunctionArn(
  text: string,
): (AccountScope & { readonly functionName: string; readonly qualifier?: string }) | undefined {
  const arn = parseArn(text);
  if (arn?.service !== 'lambda') return undefined;
  const [type, functionName, qualifier] = arn.resource.split(':');
  if (type !== 'function' || !functionName) return undefined;
  const { region, account } = arn;
  return { region, account, functionName, ...(qualifier === undefined ? {} : { qualifier }) };
}
