import { destinationKind } from '../model/destination.ts';
import { asyncLimits } from '../model/eventInvokeConfig.ts';
import { parseArn, parseFunctionArn, queueArn, topicArn, type AccountScope } from '../model/arn.ts';
import type { DeclaredEventInvokeConfig, DeclaredResource, TemplateLocation } from './declarations.ts';
import type { Report, TemplateNode } from './templateNode.ts';
import { implicitDestinationId } from './templateResources.ts';
import type { TemplateValues } from './templateValues.ts';

/** What reading a config needs of its surroundings. */
export interface ConfigContext {
  readonly values: TemplateValues;
  readonly scope: AccountScope;
  readonly report: Report;
  /** The function it belongs to. */
  readonly logicalId: string;
  readonly functionName: string;
  /** Takes the queues and topics that SAM makes. */
  addQueue(queue: DeclaredResource): void;
  addTopic(topic: DeclaredResource): void;
}

const events = ['OnSuccess', 'OnFailure'] as const;
type DestinationEvent = (typeof events)[number];
const samTypes = ['SQS', 'SNS', 'EventBridge', 'Lambda', 'S3Bucket'];

/** A SAM function's `EventInvokeConfig` (spec 8.2). Errors are SAM's. */
export function readSamConfig(
  node: TemplateNode,
  qualifier: string,
  context: ConfigContext,
): DeclaredEventInvokeConfig {
  return readConfig(node, qualifier, context, (event, destination, resolved) =>
    samDestination(event, destination, resolved, context),
  );
}

/** The properties of an `AWS::Lambda::EventInvokeConfig` (spec 8.1). */
export function readCloudFormationConfig(
  node: TemplateNode,
  qualifier: string,
  context: ConfigContext,
): DeclaredEventInvokeConfig {
  const config = readConfig(node, qualifier, context, (_event, _destination, resolved) =>
    context.values.text(resolved),
  );
  if (Object.keys(config).length === 1) {
    context.report('error', node.location, 'You must specify at least one of error handling or destination setting.');
  }
  return config;
}

type ReadDestination = (
  event: DestinationEvent,
  destination: TemplateNode,
  resolved: TemplateNode | undefined,
) => string | undefined;

function readConfig(
  node: TemplateNode,
  qualifier: string,
  context: ConfigContext,
  readDestination: ReadDestination,
): DeclaredEventInvokeConfig {
  const { values } = context;
  const retries = values.get(node, 'MaximumRetryAttempts');
  const age = values.get(node, 'MaximumEventAgeInSeconds');
  const destinations = values.get(node, 'DestinationConfig');
  const arns: Partial<Record<DestinationEvent, string>> = {};
  for (const event of events) {
    const destination = values.get(destinations, event);
    if (destination?.kind !== 'map') continue;
    const resolved = values.get(destination, 'Destination');
    const arn = readDestination(event, destination, resolved);
    if (arn === undefined) continue;
    const wrong = wrongDestination(arn, event, context);
    if (wrong === undefined) arns[event] = arn;
    else context.report('error', (resolved ?? destination).location, wrong);
  }
  const { minimumRetryAttempts, maximumRetryAttempts } = asyncLimits;
  const { minimumEventAgeInSeconds, maximumEventAgeInSeconds } = asyncLimits;
  const retryCount = within(retries, 'MaximumRetryAttempts', minimumRetryAttempts, maximumRetryAttempts, context);
  const ageLimit = within(age, 'MaximumEventAgeInSeconds', minimumEventAgeInSeconds, maximumEventAgeInSeconds, context);
  return {
    qualifier,
    ...(retryCount === undefined ? {} : { maximumRetryAttempts: retryCount }),
    ...(ageLimit === undefined ? {} : { maximumEventAgeInSeconds: ageLimit }),
    ...(arns.OnSuccess === undefined ? {} : { onSuccess: arns.OnSuccess }),
    ...(arns.OnFailure === undefined ? {} : { onFailure: arns.OnFailure }),
  };
}

function within(
  node: TemplateNode | undefined,
  property: string,
  minimum: number,
  maximum: number,
  { values, report }: ConfigContext,
): number | undefined {
  const value = values.integer(node);
  if (!node || value === undefined) return undefined;
  if (value >= minimum && value <= maximum) return value;
  report('error', node.location, `${property} must be from ${minimum} to ${maximum}, not ${value}.`);
  return undefined;
}

function samDestination(
  event: DestinationEvent,
  destination: TemplateNode,
  resolved: TemplateNode | undefined,
  context: ConfigContext,
): string | undefined {
  const { values, scope, logicalId } = context;
  const typeNode = values.get(destination, 'Type');
  if (typeNode?.kind === 'unresolved') return undefined;
  const type = values.text(typeNode);
  const at = (typeNode ?? destination).location;
  if (type === undefined || !samTypes.includes(type)) {
    const accepted = samTypes.map((name) => `'${name}'`).join(', ');
    samError(context, at, `'Type: ${type ?? 'None'}' must be one of [${accepted}]`);
    return undefined;
  }
  if (resolved) {
    const arn = values.text(resolved);
    warnOfOtherType(type, arn, resolved.location, context);
    return arn;
  }
  if (type !== 'SQS' && type !== 'SNS') {
    samError(context, at, "Destination is required if Type is not ['SQS', 'SNS']");
    return undefined;
  }
  const id = implicitDestinationId(logicalId, event, type);
  const arn = type === 'SQS' ? queueArn(scope, id) : topicArn(scope, id);
  const resource: DeclaredResource = { logicalId: id, name: id, arn, fifo: false, location: at };
  if (type === 'SQS') context.addQueue(resource);
  else context.addTopic(resource);
  return arn;
}

function samError({ report, logicalId }: ConfigContext, location: TemplateLocation, message: string): void {
  report('error', location, `Resource with id [${logicalId}] is invalid. ${message}`);
}

const kindsBySamType: Readonly<Record<string, string>> = { S3Bucket: 'S3' };

/** SAM believes the type and gives the function a permission for it only. */
function warnOfOtherType(
  type: string,
  arn: string | undefined,
  location: TemplateLocation,
  { report }: ConfigContext,
): void {
  const kind = arn === undefined ? undefined : destinationKind(arn);
  if (kind === undefined || kind === (kindsBySamType[type] ?? type)) return;
  report(
    'warning',
    location,
    `Type is ${type}, but this is the ARN of another kind (${kind}): on AWS the function’s role would lack the permission to deliver.`,
  );
}

/** Why an ARN can't be a destination, or `undefined` (spec 2.6, 5.6). */
function wrongDestination(
  arn: string,
  event: DestinationEvent,
  { functionName, scope }: ConfigContext,
): string | undefined {
  const parsed = parseArn(arn);
  const kind = destinationKind(arn);
  if (!parsed) return `A destination is an ARN, and “${arn}” is none. Use Fn::GetAtt with Arn (Ref for a topic).`;
  if (kind === undefined) {
    return `“${arn}” can’t be a destination: only queues, topics, functions, event buses and buckets can.`;
  }
  if (kind === 'SQS' && arn.endsWith('.fifo')) {
    return `The destination ARN ${arn} is invalid. A FIFO queue can’t be a destination.`;
  }
  if (kind === 'SNS' && arn.endsWith('.fifo')) {
    return "FIFO-type Amazon SNS topics aren't supported as a destination.";
  }
  if (kind === 'S3' && event === 'OnSuccess') {
    return 'An S3 bucket can be a destination on failure only.';
  }
  const target = parseFunctionArn(arn);
  if (target?.functionName === functionName && target.region === scope.region && target.account === scope.account) {
    return "You can't specify the function as a destination for itself.";
  }
  return undefined;
}
