import { parseArn, type AccountScope } from '../../model/arn.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import type { JsonBody } from './jsonBody.ts';
import { invalidParameter } from './lambdaError.ts';
import { type LoggingInput, readLogging, withLogging } from './loggingInput.ts';
import type { Validation } from './validation.ts';

/** The settings that CreateFunction and UpdateFunctionConfiguration have in common; absent: not given. */
export type FunctionInput = {
  readonly [
    K in 'runtime' | 'role' | 'handler' | 'description' | 'timeout' | 'memorySize' | 'environment' | 'logGroupName'
  ]?: FunctionDefinition[K];
} & {
  /** `''` takes it away. */
  readonly deadLetterTargetArn?: string;
  readonly logging?: LoggingInput;
};

const rolePattern = 'arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+';
const variablePattern = '[a-zA-Z]([a-zA-Z0-9_])+';
/** Set by Lambda itself (developer guide, "Defined runtime environment variables"). */
const reservedVariables: ReadonlySet<string> = new Set([
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);
/** All names and values of a function together, as JSON (Lambda quotas). */
const maximumEnvironmentBytes = 4_096;
const handlerPattern = '[^\\s]+';

/** Reads the settings; what the model forbids is added to `validation` (limits: Lambda API reference, CreateFunction). */
export function readFunctionInput(body: JsonBody, validation: Validation): FunctionInput {
  const environment = body.body('Environment')?.textMap('Variables');
  const input = {
    runtime: body.text('Runtime'),
    role: body.text('Role'),
    handler: body.text('Handler'),
    description: body.text('Description'),
    timeout: body.integer('Timeout'),
    memorySize: body.integer('MemorySize'),
    environment,
    // An empty structure leaves the target as it is (spec 3.3).
    deadLetterTargetArn: body.body('DeadLetterConfig')?.text('TargetArn'),
    logGroupName: body.body('LoggingConfig')?.text('LogGroup'),
    logging: readLogging(body.body('LoggingConfig'), validation),
  };
  const { role, handler, description, timeout, memorySize } = input;
  if (role !== undefined) validation.pattern('role', role, rolePattern, new RegExp(`^${rolePattern}$`));
  if (handler !== undefined) {
    validation.length('handler', handler, 0, 128);
    validation.pattern('handler', handler, handlerPattern, /^\S+$/);
  }
  if (description !== undefined) validation.length('description', description, 0, 256);
  if (timeout !== undefined) validation.range('timeout', timeout, 1, 900);
  if (memorySize !== undefined) validation.range('memorySize', memorySize, 128, 10_240);
  for (const key of Object.keys(environment ?? {})) {
    validation.pattern('environment.variables', key, variablePattern, new RegExp(`^${variablePattern}$`));
  }
  return present(input);
}

/** @throws LambdaError when the variables are too many, or Lambda's own */
export function checkEnvironment(variables: Readonly<Record<string, string>> = {}): void {
  const refused =
    'Lambda was unable to configure your environment variables because the environment variables you have provided';
  const reserved = Object.keys(variables).filter((key) => reservedVariables.has(key));
  if (reserved.length > 0) {
    throw invalidParameter(
      `${refused} contains reserved keys that are currently not supported for modification. ` +
        `Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  if (bytes > maximumEnvironmentBytes) {
    throw invalidParameter(`${refused} exceeded the 4KB limit. String measured: ${bytes} bytes`);
  }
  if (Object.values(variables).some((value) => value.includes('\0'))) {
    throw invalidParameter(`${refused} hold a NUL character.`);
  }
}

/** @throws LambdaError as spec 3.4 has it */
export function checkDeadLetterTarget(targetArn: string | undefined, scope: AccountScope): void {
  if (targetArn === undefined || targetArn === '') return;
  const { service, region, resource = '' } = parseArn(targetArn) ?? {};
  if (service !== 'sqs' && service !== 'sns') {
    throw invalidParameter(
      `Invalid dead letter queue ARN: ${targetArn}. Only Amazon SQS queues and Amazon SNS topics are supported.`,
    );
  }
  if (resource.endsWith('.fifo')) {
    throw invalidParameter(
      service === 'sqs'
        ? 'Invalid dead letter queue ARN: FIFO SQS queue is not supported for dead letter configuration'
        : 'Invalid dead letter queue ARN: FIFO SNS topic is not supported for dead letter configuration',
    );
  }
  if (region !== scope.region) {
    throw invalidParameter('The dead letter queue must be in the same region as the function.');
  }
}

/** Lays the input over a function; `now`: epoch ms. */
export function withInput(definition: FunctionDefinition, input: FunctionInput, now: number): FunctionDefinition {
  const { deadLetterTargetArn: target, logging, ...rest } = input;
  const { deadLetterTargetArn: before, roleIsMadeUp, ...others } = withLogging(definition, logging);
  const after = target ?? before ?? '';
  const madeUp = roleIsMadeUp === true && rest.role === undefined ? { roleIsMadeUp } : {};
  return { ...others, ...madeUp, ...rest, ...(after === '' ? {} : { deadLetterTargetArn: after }), lastModified: now };
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> };

function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
