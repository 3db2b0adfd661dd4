import type { CliConnection } from './awsCliCommand.ts';
import type { ReplayItem } from './replay.ts';

/**
 * The AWS CLI's command that sends an event asynchronously, for POSIX shells: a payload has quotes that others take away.
 * What Lambda answers (nothing but 202) goes to /dev/null, as the command wants a file for it.
 */
export function invokeCliCommand(
  { functionName, qualifier, payload }: Pick<ReplayItem, 'functionName' | 'qualifier' | 'payload'>,
  { region, profile, endpoint }: CliConnection,
): string {
  const words = [
    'aws',
    'lambda',
    'invoke',
    '--function-name',
    functionName,
    ...(qualifier === undefined ? [] : ['--qualifier', qualifier]),
    '--invocation-type',
    'Event',
    '--cli-binary-format',
    'raw-in-base64-out',
    '--payload',
    payload,
    '--region',
    region,
    ...(profile === undefined || profile === '' ? [] : ['--profile', profile]),
    ...(endpoint === undefined ? [] : ['--endpoint-url', endpoint]),
    '/dev/null',
  ];
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
