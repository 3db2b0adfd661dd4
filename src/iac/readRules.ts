import { functionArn, parseArn, queueArn, type AccountScope } from '../model/arn.ts';
import { compileEventPattern } from '../model/eventPattern/eventPattern.ts';
import { InvalidPattern } from '../model/eventPattern/invalidPattern.ts';
import type { DeclaredResource, DeclaredRule, DeclaredRuleTarget, TemplateLocation } from './declarations.ts';
import { templateJsonText } from './templateJson.ts';
import type { Report, TemplateNode } from './templateNode.ts';
import type { TemplateResource } from './templateResources.ts';
import type { TemplateValues } from './templateValues.ts';

/** What reading rules needs of its surroundings. */
export interface RuleContext {
  readonly values: TemplateValues;
  readonly scope: AccountScope;
  readonly report: Report;
  /** Takes the dead-letter queues that SAM makes. */
  addQueue(queue: DeclaredResource): void;
}

/** The EventBridge rules a resource declares: on its own, or as a SAM function's event. */
export function readRules(resource: TemplateResource, context: RuleContext): readonly DeclaredRule[] {
  if (resource.type === 'AWS::Events::Rule') return ruleResource(resource, context);
  return resource.type === 'AWS::Serverless::Function' ? samEvents(resource, context) : [];
}

function ruleResource(
  { logicalId, properties, location }: TemplateResource,
  context: RuleContext,
): readonly DeclaredRule[] {
  const { values, report } = context;
  const name = values.resources.nameOf(logicalId);
  const schedule = values.get(properties, 'ScheduleExpression');
  if (schedule) report('warning', schedule.location, noSchedules);
  const pattern = readPattern(values.get(properties, 'EventPattern'), context);
  const bus = readBus(values.get(properties, 'EventBusName'), context);
  if (name === undefined || pattern === undefined || bus === undefined) return [];
  const targets = values.list(values.get(properties, 'Targets')).flatMap((node) => {
    const id = values.text(values.get(node, 'Id'));
    const arn = values.text(values.get(node, 'Arn'));
    return id === undefined || arn === undefined
      ? []
      : [{ id, arn, ...readInput(node, context), ...deadLetters(node) }];
  });
  const description = values.text(values.get(properties, 'Description'));
  return [
    {
      ...{ logicalId, name, bus, eventPattern: pattern, targets, location },
      enabled: values.text(values.get(properties, 'State')) !== 'DISABLED',
      ...(description === undefined ? {} : { description }),
    },
  ];

  function deadLetters(node: TemplateNode): Pick<DeclaredRuleTarget, 'deadLetterArn'> {
    const arn = values.text(values.get(values.get(node, 'DeadLetterConfig'), 'Arn'));
    return arn === undefined ? {} : { deadLetterArn: arn };
  }
}

const noSchedules = 'Local Lambda has no schedules: what is declared here runs on AWS only.';

function samEvents({ logicalId, properties }: TemplateResource, context: RuleContext): readonly DeclaredRule[] {
  const { values, scope, report } = context;
  const events = values.get(properties, 'Events');
  const functionName = values.resources.nameOf(logicalId);
  if (events?.kind !== 'map' || functionName === undefined) return [];
  const alias = values.text(values.get(properties, 'AutoPublishAlias'));
  const rules: DeclaredRule[] = [];
  for (const [key, { value, location }] of events.entries) {
    const event = values.resolve(value);
    const type = values.get(event, 'Type');
    const typeName = values.text(type);
    if (type && (typeName === 'Schedule' || typeName === 'ScheduleV2')) report('warning', type.location, noSchedules);
    if (typeName !== 'EventBridgeRule' && typeName !== 'CloudWatchEvent') continue;
    const details = values.get(event, 'Properties');
    const pattern = readPattern(values.get(details, 'Pattern'), context);
    const bus = readBus(values.get(details, 'EventBusName'), context);
    if (!details || pattern === undefined || bus === undefined) continue;
    const ruleId = `${logicalId}${key}`;
    const state = values.text(values.get(details, 'State'));
    const enabled = values.boolean(values.get(details, 'Enabled')) ?? true;
    const target: DeclaredRuleTarget = {
      id: values.text(values.get(values.get(details, 'Target'), 'Id')) ?? `${ruleId}LambdaTarget`,
      arn: functionArn(scope, functionName, alias),
      ...readInput(details, context),
      ...samDeadLetters(details, ruleId, context),
    };
    rules.push({
      logicalId: ruleId,
      name: values.text(values.get(details, 'RuleName')) ?? ruleId,
      ...{ bus, eventPattern: pattern, targets: [target], location },
      enabled: state === undefined ? enabled : state !== 'DISABLED',
    });
  }
  return rules;
}

/** SAM makes the queue where only its type is given. */
function samDeadLetters(
  details: TemplateNode,
  ruleId: string,
  { values, scope, addQueue }: RuleContext,
): Pick<DeclaredRuleTarget, 'deadLetterArn'> {
  const config = values.get(details, 'DeadLetterConfig');
  const given = values.text(values.get(config, 'Arn'));
  if (given !== undefined) return { deadLetterArn: given };
  if (!config || values.text(values.get(config, 'Type')) !== 'SQS') return {};
  const name = values.text(values.get(config, 'QueueLogicalId')) ?? `${ruleId}Queue`;
  const arn = queueArn(scope, name);
  addQueue({ logicalId: name, name, arn, fifo: false, location: config.location });
  return { deadLetterArn: arn };
}

function readInput(
  node: TemplateNode,
  { values }: RuleContext,
): Pick<DeclaredRuleTarget, 'input' | 'inputPath' | 'inputTransformer' | 'messageGroupId'> {
  const input = values.text(values.get(node, 'Input'));
  const inputPath = values.text(values.get(node, 'InputPath'));
  const transformer = values.get(node, 'InputTransformer');
  const template = values.text(values.get(transformer, 'InputTemplate'));
  const paths = values.get(transformer, 'InputPathsMap') ?? values.get(transformer, 'InputPaths');
  const messageGroupId = values.text(values.get(values.get(node, 'SqsParameters'), 'MessageGroupId'));
  const pathsMap: Record<string, string> = {};
  if (paths?.kind === 'map') {
    for (const [name, { value }] of paths.entries) pathsMap[name] = values.text(value) ?? '';
  }
  return {
    ...(input === undefined ? {} : { input }),
    ...(inputPath === undefined ? {} : { inputPath }),
    ...(template === undefined ? {} : { inputTransformer: { pathsMap, template } }),
    ...(messageGroupId === undefined ? {} : { messageGroupId }),
  };
}

/** A pattern as JSON text; `undefined`: there is none, it can't be known, or it is not valid (reported). */
function readPattern(node: TemplateNode | undefined, { values, report }: RuleContext): string | undefined {
  const text = templateJsonText(node, values);
  if (!node || text === undefined) return undefined;
  try {
    compileEventPattern(text);
    return text;
  } catch (error) {
    if (!InvalidPattern.is(error)) throw error;
    report('error', at(node), `Event pattern is not valid. Reason: ${error.message}`);
    return undefined;
  }
}

/** A long pattern is marked where it begins. */
function at({ location }: TemplateNode): TemplateLocation {
  const { file, line, column, endLine, endColumn } = location;
  return endLine === line ? location : { file, line, column, endLine: line, endColumn: Math.max(column, endColumn) };
}

/** The name of the bus; `default` where none is given, `undefined` where it can't be known. */
function readBus(node: TemplateNode | undefined, { values }: RuleContext): string | undefined {
  if (!node) return 'default';
  const given = values.text(node);
  return given === undefined ? undefined : (parseArn(given)?.resource.replace(/^event-bus\//, '') ?? given);
}
