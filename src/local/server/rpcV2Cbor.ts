import type { ApiRequest, ApiResponse, ApiService } from './apiRequest.ts';
import type { JsonOperation } from './awsJson.ts';
import { decodeCbor, encodeCbor } from './cbor.ts';
import { JsonInput } from './jsonInput.ts';
import { ServiceError } from './serviceError.ts';

/** Whether a request speaks Smithy RPC v2. */
export function speaksRpcV2({ headers }: Pick<ApiRequest, 'headers'>): boolean {
  return headers['smithy-protocol'] === 'rpc-v2-cbor';
}

/**
 * A service that speaks Smithy RPC v2 with CBOR: `POST /service/NAME/operation/OPERATION`, the operations those of its JSON
 * protocol with `Date` where they give a time. Errors carry the code of the service's older Query protocol as well.
 * `serviceName` is for people. Errors that are not a `ServiceError` go on to the server.
 */
export function createRpcV2CborService(
  serviceName: string,
  operations: Readonly<Record<string, JsonOperation>>,
): ApiService {
  return {
    async handle(request) {
      try {
        const output = await findOperation(serviceName, operations, request)(parseInput(request.body), request);
        return answer(200, output ?? {});
      } catch (error) {
        if (!ServiceError.is(error)) throw error;
        const fault = error.status >= 500 ? 'Receiver' : 'Sender';
        const headers = { 'x-amzn-query-error': `${error.queryCode};${fault}` };
        return answer(error.status, { __type: error.type, message: error.message }, headers);
      }
    },
  };
}

function findOperation(
  serviceName: string,
  operations: Readonly<Record<string, JsonOperation>>,
  { path }: ApiRequest,
): JsonOperation {
  const name = /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(path)?.[1] ?? path;
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation) return operation;
  throw new ServiceError({
    type: 'com.amazon.coral.service#UnknownOperationException',
    queryCode: 'InvalidAction',
    message: `The operation ${name} of ${serviceName} is not offered by local Lambda.`,
  });
}

function parseInput(body: Uint8Array): JsonInput {
  let value: unknown;
  try {
    value = body.byteLength === 0 ? {} : decodeCbor(body);
  } catch {
    throw notAMap();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array)
    throw notAMap();
  return new JsonInput(value as Readonly<Record<string, unknown>>);
}

function notAMap(): ServiceError {
  return new ServiceError({
    type: 'com.amazon.coral.service#SerializationException',
    queryCode: 'MalformedInput',
    message: 'The request body is not a map in CBOR.',
  });
}

function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ApiResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor', ...headers },
    body: encodeCbor(body),
  };
}
