import type { ConfigValues, PlannedCall } from './settingsChange.ts';

/** How the AWS CLI reaches what a connection reaches. */
export interface CliConnection {
  readonly region: string;
  /** Empty or absent: what the CLI finds by itself. */
  readonly profile?: string;
  readonly endpoint?: string;
}

/**
 * Calls as commands of the AWS CLI, one a line. Quoted so that POSIX shells, PowerShell and cmd read them alike; what
 * holds a `$` is in single quotes, which cmd does not know.
 */
export function awsCliCommands(calls: readonly PlannedCall[], connection: CliConnection): string {
  return calls
    .map((call) => ['aws', ...words(call), ...connectionOptions(connection)].map((word) => quoted(word)).join(' '))
    .join('\n');
}

function words(call: PlannedCall): readonly string[] {
  switch (call.call) {
    case 'createQueue':
      return ['sqs', 'create-queue', '--queue-name', call.name];
    case 'createTopic':
      return ['sns', 'create-topic', '--name', call.name];
    case 'putConfig':
      return ['lambda', 'put-function-event-invoke-config', ...functionOptions(call), ...valueOptions(call.values)];
    case 'deleteConfig':
      return ['lambda', 'delete-function-event-invoke-config', ...functionOptions(call)];
    case 'setDeadLetterQueue':
      return [
        'lambda',
        'update-function-configuration',
        ...functionOptions(call),
        '--dead-letter-config',
        `TargetArn=${call.targetArn ?? ''}`,
      ];
  }
}

function functionOptions(of: { readonly functionName: string; readonly qualifier?: string }): readonly string[] {
  return ['--function-name', of.functionName, ...(of.qualifier === undefined ? [] : ['--qualifier', of.qualifier])];
}

function valueOptions(values: ConfigValues): readonly string[] {
  const { maximumRetryAttempts, maximumEventAgeInSeconds, onSuccess, onFailure } = values;
  // The CLI's shorthand: JSON would need quotes that PowerShell takes away.
  const destinations = [
    ...(onSuccess === undefined ? [] : [`OnSuccess={Destination=${onSuccess}}`]),
    ...(onFailure === undefined ? [] : [`OnFailure={Destination=${onFailure}}`]),
  ];
  return [
    ...(maximumRetryAttempts === undefined ? [] : ['--maximum-retry-attempts', String(maximumRetryAttempts)]),
    ...(maximumEventAgeInSeconds === undefined
      ? []
      : ['--maximum-event-age-in-seconds', String(maximumEventAgeInSeconds)]),
    ...(destinations.length === 0 ? [] : ['--destination-config', destinations.join(',')]),
  ];
}

function connectionOptions({ region, profile, endpoint }: CliConnection): readonly string[] {
  return [
    '--region',
    region,
    ...(profile === undefined || profile === '' ? [] : ['--profile', profile]),
    ...(endpoint === undefined ? [] : ['--endpoint-url', endpoint]),
  ];
}

function quoted(word: string): string {
  if (/^[\w./:=@+-]+$/.test(word)) return word;
  if (!/["$`\\!%]/.test(word)) return `"${word}"`;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
