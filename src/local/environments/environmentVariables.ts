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
  /** The merged layers, `/opt` on Lambda. */
  readonly optDir?: string | undefined;
  /** What the runtime itself needs. */
  readonly runtimeVariables: Readonly<Record<string, string>>;
  /** Those of the function's env file; they replace the template's. */
  readonly fileVariables: Readonly<Record<string, string>>;
  readonly parent: Readonly<Record<string, string | undefined>>;
}

/**
 * All that a handler inherits of the server's environment, where it is set: what processes need to run at all. HOME is
 * not among them, as on Lambda, so that no profile of the person's is found through it.
 */
const INHERITED = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'TMPDIR'];
const INHERITED_ON_WINDOWS = ['Path', 'PATHEXT', 'SystemRoot', 'SystemDrive', 'windir', 'ComSpec', 'TEMP', 'TMP'];

/** The services that local Lambda answers for, as the SDKs spell them in `AWS_ENDPOINT_URL_<SERVICE>`. */
const LOCAL_SERVICES = ['LAMBDA', 'SQS', 'SNS', 'CLOUDWATCH', 'CLOUDWATCH_LOGS', 'EVENTBRIDGE', 'S3', 'STS'];

/** An env file with one of these says whose credentials are used. */
const CREDENTIALS =
  /^AWS_(?:ACCESS_KEY_ID|PROFILE|DEFAULT_PROFILE|SHARED_CREDENTIALS_FILE|WEB_IDENTITY_TOKEN_FILE|CONTAINER_CREDENTIALS_(?:RELATIVE|FULL)_URI)$/;

/** The variables that a handler sees: spec 7's table, with real directories where Lambda has `/var/task` (design.md). */
export function environmentVariables(source: EnvironmentVariableSource): Record<string, string> {
  const { definition, scope, parent, fileVariables } = source;
  const variables: Record<string, string> = {};
  for (const name of process.platform === 'win32' ? [...INHERITED, ...INHERITED_ON_WINDOWS] : INHERITED) {
    const value = parent[name];
    if (value !== undefined) variables[name] = value;
  }
  const ownCredentials = Object.entries(fileVariables).some(([name, value]) => CREDENTIALS.test(name) && value !== '');
  for (const service of LOCAL_SERVICES) variables[`AWS_ENDPOINT_URL_${service}`] = source.endpoint;
  // A profile's role is assumed where the role is.
  if (ownCredentials) delete variables['AWS_ENDPOINT_URL_STS'];
  const all: Record<string, string> = {
    ...variables,
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    ...searchPaths(source, variables),
    // A function's own variables may replace those above; the ones below are reserved on Lambda.
    ...withLocalQueues(source),
    ...(ownCredentials ? {} : TEST_CREDENTIALS),
    ...profileFiles(source),
    ...fileVariables,
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
    ...(definition.jsonLogs === undefined
      ? {}
      : { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: definition.jsonLogs.applicationLevel }),
    // OS-only runtimes have none.
    ...(/^provided\b/.test(definition.runtime) ? {} : { AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}` }),
    AWS_REGION: scope.region,
    AWS_DEFAULT_REGION: scope.region,
    ...source.runtimeVariables,
  };
  // An empty endpoint in the file means AWS's own.
  for (const [name, value] of Object.entries(fileVariables)) {
    if (value === '' && name.startsWith('AWS_ENDPOINT_URL')) delete all[name];
  }
  return all;
}

/** All or none: a session token beside another's keys is an error. */
const TEST_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_SESSION_TOKEN: 'test' };

/** Where code, programs and libraries are looked for; of layers as Lambda has it (Lambda developer guide, "Layer paths"). */
function searchPaths(
  { definition: { runtime, codeDir }, optDir }: EnvironmentVariableSource,
  inherited: Readonly<Record<string, string>>,
): Record<string, string> {
  const inLayers = (...paths: string[]): string[] =>
    optDir === undefined ? [] : paths.map((path) => join(optDir, path));
  const variables: Record<string, string> = {};
  const [, node] = /^nodejs(\d+)/.exec(runtime) ?? [];
  if (node !== undefined) {
    const layers = inLayers(`nodejs/node${node}/node_modules`, 'nodejs/node_modules');
    variables['NODE_PATH'] = [...layers, join(codeDir, 'node_modules'), codeDir].join(delimiter);
  }
  if (optDir === undefined) return variables;
  const [python] = /^python\d[\d.]*/.exec(runtime) ?? [];
  if (python !== undefined) {
    variables['PYTHONPATH'] = inLayers(`python/lib/${python}/site-packages`, 'python').join(delimiter);
  }
  for (const [name, folder] of [
    ['Path' in inherited ? 'Path' : 'PATH', 'bin'],
    ['LD_LIBRARY_PATH', 'lib'],
  ] as const) {
    variables[name] = [...(inherited[name] === undefined ? [] : [inherited[name]]), ...inLayers(folder)].join(
      delimiter,
    );
  }
  return variables;
}

/** Where the person's profiles are, for an env file that names one: without HOME the SDKs may not find them. */
function profileFiles({ fileVariables, parent }: EnvironmentVariableSource): Record<string, string> {
  const home = parent['HOME'] ?? parent['USERPROFILE'];
  const profile = fileVariables['AWS_PROFILE'] ?? fileVariables['AWS_DEFAULT_PROFILE'] ?? '';
  if (profile === '' || home === undefined) return {};
  return {
    AWS_CONFIG_FILE: parent['AWS_CONFIG_FILE'] ?? join(home, '.aws', 'config'),
    AWS_SHARED_CREDENTIALS_FILE: parent['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials'),
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
