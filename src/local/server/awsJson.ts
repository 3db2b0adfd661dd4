import type { ApiRequest, ApiResponse, ApiService } from './apiRequest.ts';
import { EventStream } from './eventStream.ts';
import { JsonInput } from './jsonInput.ts';
import { ServiceError } from './serviceError.ts';

/** One operation of a service: input checked by itself, output as JSON or an `EventStream`. `undefined` answers with an empty body. */
export type JsonOperation = (input: JsonInput, request: ApiRequest) => unknown;

/** What tells one AWS JSON service from another. */
export interface AwsJsonProtocol {
  readonly version: '1.0' | '1.1';
  /** What stands before the operation in `X-Amz-Target`: `AmazonSQS`. */
  readonly targetPrefix: string;
  /** For people: `Amazon SQS`. */
  readonly serviceName: string;
  /** Whether errors carry `x-amzn-query-error`, the code of the service's older Query protocol. */
  readonly queryErrors: boolean;
}

/**
 * A service that speaks AWS JSON 1.0 or 1.1: `POST`, the operation in `X-Amz-Target`, errors as `{"__type","message"}`
 * (spec 5.10). Errors that are not a `ServiceError` go on to the server.
 */
export function createAwsJsonService(
  protocol: AwsJsonProtocol,
  operations: Readonly<Record<string, JsonOperation>>,
): ApiService {
  return {
    async handle(request) {
      try {
        const output = await findOperation(protocol, operations, request)(parseInput(request.body), request);
        if (output instanceof EventStream) {
          return {
            status: 200,
            headers: { 'Content-Type': 'application/vnd.amazon.eventstream' },
            body: output.frames,
          };
        }
        return answer(protocol, 200, output === undefined ? '' : JSON.stringify(output));
      } catch (error) {
        if (!ServiceError.is(error)) throw error;
        return errorAnswer(protocol, error);
      }
    },
  };
}

function findOperation(
  { targetPrefix, serviceName }: AwsJsonProtocol,
  operations: Readonly<Record<string, JsonOperation>>,
  request: ApiRequest,
): JsonOperation {
  const target = request.headers['x-amz-target'] ?? '';
  const name = target.startsWith(`${targetPrefix}.`) ? target.slice(targetPrefix.length + 1) : target;
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation) return operation;
  throw new ServiceError({
    type: 'com.amazon.coral.service#UnknownOperationException',
    queryCode: 'InvalidAction',
    message: name
      ? `The operation ${name} of ${serviceName} is not offered by local Lambda.`
      : `The X-Amz-Target header is missing: it names the operation of ${serviceName}.`,
  });
}

function parseInput(body: Uint8Array): JsonInput {
  const text = new TextDecoder().decode(body);
  let value: unknown;
  try {
    value = text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    throw notAnObject();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notAnObject();
  return new JsonInput(value as Readonly<Record<string, unknown>>);
}

function notAnObject(): ServiceError {
  return new ServiceError({
    type: 'com.amazon.coral.service#SerializationException',
    queryCode: 'MalformedInput',
    message: 'The request body is not a JSON object.',
  });
}

function errorAnswer(protocol: AwsJsonProtocol, error: ServiceError): ApiResponse {
  const body = JSON.stringify({ __type: error.type, message: error.message });
  const fault = error.status >= 500 ? 'Receiver' : 'Sender';
  return answer(
    protocol,
    error.status,
    body,
    protocol.queryErrors ? { 'x-amzn-query-error': `${error.queryCode};${fault}` } : {},
  );
}

function answer(
  { version }: AwsJsonProtocol,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): ApiResponse {
  return { status, headers: { 'Content-Type': `application/x-amz-json-${version}`, ...headers }, body };
}
