import { destinationKind, type DestinationKind } from './destination.ts';
import type { ConfigValues } from './settingsChange.ts';

/** Settings for asynchronous invocation as they are on a connection. */
export interface LiveSettings {
  readonly functionName: string;
  readonly deadLetterTargetArn?: string;
  /** One per qualifier that has settings. */
  readonly configs: readonly { readonly qualifier: string; readonly values: ConfigValues }[];
}

/** How a template names what the settings name by ARN. */
export interface TemplateNames {
  /** The function's own key in the template. */
  readonly logicalId?: string;
  /** The logical id of what has that ARN; `undefined`: the template does not declare it. */
  logicalIdOf(arn: string): string | undefined;
}

/** Names of nothing: all ARNs are written out. */
export const noTemplateNames: TemplateNames = { logicalIdOf: () => undefined };

/** The settings as CloudFormation (spec 8.1): a resource per qualifier, and the function's dead-letter queue. */
export function cloudFormationText(settings: LiveSettings, names: TemplateNames = noTemplateNames): string {
  const logicalId = names.logicalId ?? logicalIdFrom(settings.functionName);
  const lines = ['Resources:', ...settings.configs.flatMap((config) => configResource(config, settings, names))];
  if (settings.deadLetterTargetArn !== undefined) {
    lines.push(
      `  # Add to the properties of the function itself:`,
      `  ${logicalId}:`,
      '    Properties:',
      '      DeadLetterConfig:',
      `        TargetArn: ${reference(settings.deadLetterTargetArn, names)}`,
    );
  }
  return lines.length === 1 ? nothingSet(settings.functionName) : `${lines.join('\n')}\n`;
}

/**
 * The settings as SAM (spec 8.2): properties of the function for `$LATEST`, and CloudFormation resources for versions and
 * aliases, which SAM has no property for.
 */
export function samText(settings: LiveSettings, names: TemplateNames = noTemplateNames): string {
  const logicalId = names.logicalId ?? logicalIdFrom(settings.functionName);
  const latest = settings.configs.find(({ qualifier }) => qualifier === '$LATEST');
  const others = settings.configs.filter(({ qualifier }) => qualifier !== '$LATEST');
  const properties: string[] = [];
  if (latest) {
    const { onSuccess, onFailure } = latest.values;
    properties.push('EventInvokeConfig:', ...numbers(latest.values).map((line) => `  ${line}`));
    if (onSuccess !== undefined || onFailure !== undefined) properties.push('  DestinationConfig:');
    if (onSuccess !== undefined)
      properties.push('    OnSuccess:', ...samDestination(onSuccess, '      ', 'Destination'));
    if (onFailure !== undefined)
      properties.push('    OnFailure:', ...samDestination(onFailure, '      ', 'Destination'));
  }
  if (settings.deadLetterTargetArn !== undefined) {
    properties.push('DeadLetterQueue:', ...samDestination(settings.deadLetterTargetArn, '  ', 'TargetArn'));
  }
  const lines = ['Resources:', ...others.flatMap((config) => configResource(config, settings, names))];
  if (properties.length > 0) {
    lines.push(`  # Add to the properties of the function itself:`, `  ${logicalId}:`, '    Properties:');
    lines.push(...properties.map((line) => `      ${line}`));
  }
  return lines.length === 1 ? nothingSet(settings.functionName) : `${lines.join('\n')}\n`;

  function samDestination(arn: string, indent: string, property: string): string[] {
    const kind = destinationKind(arn);
    const type = kind === undefined ? 'SQS' : samTypes[kind];
    // SAM makes this one itself, and only as long as nobody names it.
    const implicit = /EventInvokeConfigOn(?:Success|Failure)(?:Queue|Topic)$/.test(names.logicalIdOf(arn) ?? '');
    return [
      `${indent}Type: ${type}`,
      ...(implicit && property === 'Destination' ? [] : [`${indent}${property}: ${reference(arn, names)}`]),
    ];
  }
}

const samTypes = {
  SQS: 'SQS',
  SNS: 'SNS',
  Lambda: 'Lambda',
  EventBridge: 'EventBridge',
  S3: 'S3Bucket',
} as const satisfies Record<DestinationKind, string>;

function configResource(
  { qualifier, values }: LiveSettings['configs'][number],
  { functionName }: LiveSettings,
  names: TemplateNames,
): string[] {
  const { onSuccess, onFailure } = values;
  const suffix = qualifier === '$LATEST' ? '' : logicalIdFrom(qualifier);
  const destination = (event: string, arn: string | undefined): string[] =>
    arn === undefined ? [] : [`        ${event}:`, `          Destination: ${reference(arn, names)}`];
  return [
    `  ${names.logicalId ?? logicalIdFrom(functionName)}${suffix}EventInvokeConfig:`,
    '    Type: AWS::Lambda::EventInvokeConfig',
    '    Properties:',
    `      FunctionName: ${names.logicalId === undefined ? scalar(functionName) : `!Ref ${names.logicalId}`}`,
    `      Qualifier: ${scalar(qualifier)}`,
    ...numbers(values).map((line) => `      ${line}`),
    ...(onSuccess === undefined && onFailure === undefined ? [] : ['      DestinationConfig:']),
    ...destination('OnSuccess', onSuccess),
    ...destination('OnFailure', onFailure),
  ];
}

function numbers({ maximumRetryAttempts, maximumEventAgeInSeconds }: ConfigValues): string[] {
  return [
    ...(maximumRetryAttempts === undefined ? [] : [`MaximumRetryAttempts: ${maximumRetryAttempts}`]),
    ...(maximumEventAgeInSeconds === undefined ? [] : [`MaximumEventAgeInSeconds: ${maximumEventAgeInSeconds}`]),
  ];
}

function reference(arn: string, names: TemplateNames): string {
  const logicalId = names.logicalIdOf(arn);
  if (logicalId === undefined) return scalar(arn);
  return destinationKind(arn) === 'SNS' ? `!Ref ${logicalId}` : `!GetAtt ${logicalId}.Arn`;
}

/** Logical ids have letters and digits only. */
function logicalIdFrom(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('');
}

/** A string that YAML reads back as that string. */
function scalar(text: string): string {
  const plain = /^[A-Za-z$][\w$./:-]*[\w$]$/.test(text) && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}

function nothingSet(functionName: string): string {
  return `# ${functionName} has no settings for asynchronous invocation: AWS's defaults are in effect.\n`;
}
