import { functionArn, type AccountScope } from '../../model/arn.ts';
import { asyncLimits } from '../../model/eventInvokeConfig.ts';
import type { LogLine } from '../../model/invocation.ts';
import { clientTokenHeader } from '../../protocol/localApi.ts';
import type { LambdaMetrics } from '../cloudwatch/lambdaMetrics.ts';
import type { ExecutionEnvironments, ExecutionResult } from '../environments/executionEnvironments.ts';
import type { EventQueue } from '../events/eventQueue.ts';
import type { FaultDecisions } from '../faults/localFaults.ts';
import { withHop } from '../events/lineage.ts';
import type { FunctionRegistry, ResolvedFunction } from '../functions/functionRegistry.ts';
import type { ApiRequest, ApiResponse } from '../server/apiRequest.ts';
import {
  functionNotFound,
  parseIdentifier,
  validateIdentifier,
  type FunctionIdentifier,
} from './functionIdentifier.ts';
import { jsonProblem } from './jsonProblem.ts';
import { LambdaError } from './lambdaError.ts';
import type { LambdaOperation } from './operation.ts';
import { traceOf, type Trace } from './traceHeader.ts';
import { Validation } from './validation.ts';

/** What invoking works on. */
export interface InvokeParts {
  readonly scope: AccountScope;
  readonly functions: FunctionRegistry;
  readonly queue: EventQueue;
  readonly environments: ExecutionEnvironments;
  readonly metrics: LambdaMetrics;
  readonly faults?: Pick<FaultDecisions, 'happens'>;
  /** Local Lambda takes no more events: it stops. */
  isStopping(): boolean;
  /** Epoch ms. */
  now(): number;
}

interface Invocation {
  readonly identifier: FunctionIdentifier;
  readonly found: ResolvedFunction;
  readonly payload: Uint8Array;
  readonly trace: Trace;
}

const emptyEvent = new TextEncoder().encode('{}');
/** The log that comes with the answer is the end of it (spec 5.4). */
const tailBytes = 4_096;

/** Invoke: `Event`, `RequestResponse` and `DryRun` (spec 5.4). */
export function invokeOperation(parts: InvokeParts): LambdaOperation {
  const { scope, functions } = parts;
  return (request, name) => {
    const { headers, body } = request;
    const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
    const logType = headers['x-amz-log-type'] ?? 'None';
    const qualifier = request.query.get('Qualifier') ?? undefined;
    const validation = new Validation();
    validateIdentifier(validation, name, qualifier);
    validation.oneOf('invocationType', type, ['Event', 'RequestResponse', 'DryRun']);
    validation.oneOf('logType', logType, ['None', 'Tail']);
    validation.throwIfFailed();
    const identifier = parseIdentifier(name, qualifier, scope);
    const found = functions.resolve(identifier.functionName, identifier.qualifier);
    if (!found) {
      throw functionNotFound(scope, { ...identifier, qualifier: identifier.qualifier ?? '$LATEST' });
    }
    if (parts.isStopping()) throw stopping();
    if (type === 'DryRun') return { status: 204, headers: { 'x-amzn-Remapped-Content-Length': '0' } };
    checkPayload(body, type);
    const payload = body.byteLength === 0 ? emptyEvent : body;
    const trace = traceOf(headers['x-amzn-trace-id'], parts.now());
    const invocation = { identifier, found, payload, trace };
    return type === 'Event' ? accept(parts, request, invocation) : run(parts, request, invocation, logType === 'Tail');
  };
}

/** Size, then JSON. @throws LambdaError */
function checkPayload(body: Uint8Array, type: string): void {
  const limit = asyncLimits.maximumEventPayloadBytes;
  if (type === 'Event' && body.byteLength > limit) {
    throw new LambdaError(
      413,
      'RequestEntityTooLargeException',
      `${body.byteLength} byte payload is too large for the Event invocation type (limit ${limit} bytes)`,
    );
  }
  const problem = body.byteLength === 0 ? undefined : jsonProblem(body);
  if (problem === undefined) return;
  throw new LambdaError(
    400,
    'InvalidRequestContentException',
    `Could not parse request body into json: Could not parse payload into json: ${problem}`,
  );
}

/** On disk first, then the 202. */
async function accept(
  parts: InvokeParts,
  { requestId, headers }: ApiRequest,
  invocation: Invocation,
): Promise<ApiResponse> {
  const { identifier, payload, trace } = invocation;
  const token = headers[clientTokenHeader];
  const clientToken = token !== undefined && /^[\w-]{1,64}$/.test(token) ? { clientToken: token } : {};
  await parts.queue.acceptSoon({ requestId, ...identifier, payload, traceId: trace.traceId, ...clientToken });
  return {
    status: 202,
    headers: { 'x-amzn-Remapped-Content-Length': '0', 'X-Amzn-Trace-Id': trace.responseHeader },
  };
}

async function run(
  parts: InvokeParts,
  { requestId, headers }: ApiRequest,
  { identifier, found, payload, trace }: Invocation,
  tail: boolean,
): Promise<ApiResponse> {
  const { definition, executedVersion } = found;
  const reserved = definition.reservedConcurrentExecutions;
  const leave =
    parts.faults?.happens('throttle', definition.functionName) === true
      ? undefined
      : parts.queue.takePlace(definition.functionName, reserved);
  if (!leave) {
    parts.metrics.count('Throttles', identifier, 1, parts.now());
    parts.metrics.count('Errors', identifier, 0, parts.now());
    const whose = reserved === undefined ? '' : 'ReservedFunction';
    const reason = `${whose}ConcurrentInvocationLimitExceeded`;
    throw new LambdaError(429, 'TooManyRequestsException', 'Rate Exceeded.', reason);
  }
  const traceId = withHop(trace.traceId, definition.functionArn);
  let result: ExecutionResult;
  try {
    const clientContext = headers['x-amz-client-context'];
    if (clientContext !== undefined) checkClientContext(clientContext);
    const execution = parts.environments.execute({
      definition,
      requestId,
      invokedFunctionArn: functionArn(parts.scope, identifier.functionName, identifier.qualifier),
      executedVersion,
      payload,
      traceId,
      ...(clientContext === undefined ? {} : { clientContext }),
    });
    result = await execution.catch((error: unknown) => {
      throw parts.isStopping() ? stopping() : error;
    });
  } finally {
    leave();
  }
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/json',
      'x-amzn-Remapped-Content-Length': '0',
      'X-Amz-Executed-Version': executedVersion,
      'X-Amzn-Trace-Id': traceId,
      ...(result.status === 'success' ? {} : { 'X-Amz-Function-Error': 'Unhandled' }),
      ...(tail ? { 'X-Amz-Log-Result': tailOf(result.logs) } : {}),
    },
    body: result.payload,
  };
}

/** Of `RequestResponse` only: nobody looks at it for an `Event` (spec 4.3). @throws LambdaError */
function checkClientContext(base64: string): void {
  const bytes = Buffer.from(base64, 'base64');
  if (/^[A-Za-z\d+/]*={0,2}$/.test(base64) && jsonProblem(bytes) === undefined) return;
  throw new LambdaError(
    400,
    'InvalidRequestContentException',
    'Client context must be a valid Base64-encoded JSON object.',
  );
}

function stopping(): LambdaError {
  return new LambdaError(503, 'ServiceUnavailableException', 'Local Lambda is stopping and runs nothing more.');
}

/** Cut on a byte, and what that breaks replaced (spec 5.4). */
function tailOf(lines: readonly LogLine[]): string {
  const all = Buffer.from(lines.map(({ message }) => (message.endsWith('\n') ? message : `${message}\n`)).join(''));
  const text = new TextDecoder().decode(all.subarray(-tailBytes));
  return Buffer.from(text).toString('base64');
}
