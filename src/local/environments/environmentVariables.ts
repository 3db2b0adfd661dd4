import { delimiter, join } from 'node:path';
import type { AccountScope } from '../../model/arn.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';

/** What an environment's variables are made from. `parent` is the server's own environment. */
export interface EnvironmentVariableSource {
  readonly definition: FunctionDefinition;
  readonly version: string;
  readonly scope: AccountScope;
  /** Where local Lambda's services answer, `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  /** `host:port` */
  readonly runtimeApi: string;
  readonly logStreamName: string;
  readonly bootstrapDir: string;
  /** The Node that runs the handler is Electron. */
  readonly electron: boolean;
  readonly parent: Readonly<Record<string, string | undefined>>;
}

/**
 * All that a handler inherits of the server's environment, where it is set: what processes need to run at all. HOME is
 * not among them, as on Lambda, so that no profile of the person's is found through it.
 */
const INHERITED = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'TMPDIR'];
const INHERITED_ON_WINDOWS = ['Path', 'PATHEXT', 'SystemRoot', 'SystemDrive', 'windir', 'ComSpec', 'TEMP', 'TMP'];

/** The services that local Lambda answers for, as the SDKs spell them in `AWS_ENDPOINT_URL_<SERVICE>`. */
const LOCAL_SERVICES = ['LAMBDA', 'SQS', 'SNS', 'CLOUDWATCH_LOGS'];

/** The variables that a handler sees: spec 7's table, with real directories where Lambda has `/var/task` (design.md). */
export function environmentVariables(source: EnvironmentVariableSource): Record<string, string> {
  const { definition, scope, parent } = source;
  const variables: Record<string, string> = {};
  for (const name of process.platform === 'win32' ? [...INHERITED, ...INHERITED_ON_WINDOWS] : INHERITED) {
    const value = parent[name];
    if (value !== undefined) variables[name] = value;
  }
  for (const service of LOCAL_SERVICES) variables[`AWS_ENDPOINT_URL_${service}`] = source.endpoint;
  return {
    ...variables,
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    NODE_PATH: [join(definition.codeDir, 'node_modules'), definition.codeDir].join(delimiter),
    // A function's own variables may replace those above; the ones below are reserved on Lambda.
    ...withLocalQueues(source),
    AWS_LAMBDA_RUNTIME_API: source.runtimeApi,
    _HANDLER: definition.handler,
    LAMBDA_TASK_ROOT: definition.codeDir,
    LAMBDA_RUNTIME_DIR: source.bootstrapDir,
    AWS_LAMBDA_FUNCTION_NAME: definition.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: source.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: source.logStreamName,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_REGION: scope.region,
    AWS_DEFAULT_REGION: scope.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: 'test',
    ...(source.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}),
  };
}

/**
 * A function's own variables, with local Lambda's address in queue URLs of its own account and region: what `Ref` of a
 * queue gives is an address of AWS's, and SDKs call whatever address a queue URL names.
 */
function withLocalQueues({ definition, scope, endpoint }: EnvironmentVariableSource): Record<string, string> {
  const onAws = `https://sqs.${scope.region}.amazonaws.com/${scope.account}/`;
  const entries = Object.entries(definition.environment);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value.replaceAll(onAws, `${endpoint}/${scope.account}/`)]),
  );
}
