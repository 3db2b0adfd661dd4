import type { FunctionDefinition } from '../functionDefinition.ts';
import type { RuntimeLaunch } from './runtimes.ts';

/** Command lines that start runtimes, by function name or by the beginning of a runtime's name (`java`, `java21`). */
export type RuntimeCommands = Readonly<Record<string, string>>;

/**
 * How the person has a function started, if they say: its own command before that of its runtime, the longest name
 * first. A shell runs it in the code folder, so that it reads as in a terminal and may use variables (`$_HANDLER`).
 */
export function commandOf(commands: RuntimeCommands, definition: FunctionDefinition): RuntimeLaunch | undefined {
  const { functionName, runtime } = definition;
  const prefix = Object.keys(commands)
    .filter((name) => runtime.startsWith(name))
    .toSorted((a, b) => b.length - a.length)[0];
  const name = Object.hasOwn(commands, functionName) ? functionName : prefix;
  const command = name === undefined ? undefined : commands[name];
  if (name === undefined || command === undefined) return undefined;
  return {
    name: `The command of "${name}"`,
    command,
    commandArguments: [],
    shell: true,
    variables: {},
    remedy: 'Correct it in lambdaDestinations.local.runtimeCommands, then restart local Lambda.',
  };
}

/** What a command looks like, by the beginning of a runtime's name. Each ends in a client of the Runtime API. */
const EXAMPLES: RuntimeCommands = {
  java: 'java -cp "target/classes:target/dependency/*" com.amazonaws.services.lambda.runtime.api.client.AWSLambda $_HANDLER',
  dotnet: 'dotnet bin/Debug/net8.0/MyFunction.dll',
  ruby: 'bundle exec aws_lambda_ric $_HANDLER',
  go: 'go run .',
};

/** Why a function whose runtime is not known here can't run, and what to do; for people. */
export function noCommand({ functionName, runtime }: FunctionDefinition): string {
  const example = Object.entries(EXAMPLES).find(([name]) => runtime.startsWith(name))?.[1];
  return (
    `Local Lambda starts Node.js, Python and provided runtimes by itself, and "${functionName}" has the runtime ` +
    `"${runtime}". Say how it is started in lambdaDestinations.local.runtimeCommands (--runtime-command without VS ` +
    `Code)${example === undefined ? '' : `, for example ${JSON.stringify({ [runtime]: example })}`}, then restart ` +
    'local Lambda. The command runs in the code folder and speaks the Lambda Runtime API.'
  );
}
