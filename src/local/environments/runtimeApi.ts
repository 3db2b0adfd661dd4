import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MAX_RESPONSE_BYTES, runtimeFault } from './platformErrors.ts';

/** An event as the runtime gets it. `deadlineMs` is epoch ms, `clientContext` JSON. */
export interface RuntimeInvocation {
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly invokedFunctionArn: string;
  readonly traceId: string;
  readonly clientContext?: string;
  readonly payload: Uint8Array;
}

/**
 * What the runtime made of an event: its bytes as they came. `tooLarge`: a response beyond the limit, not kept. `fault`:
 * one that was not answered as the Runtime API has it. `begun` and `ended`: when it came, in the time of
 * `performance.now()`.
 */
export interface RuntimeAnswer {
  readonly kind: 'response' | 'error' | 'tooLarge' | 'fault';
  readonly payload: Uint8Array;
  /** Of a fault. */
  readonly errorType?: string;
  readonly begun: number;
  readonly ended: number;
}

/** What a runtime says by calling its API. */
export interface RuntimeCalls {
  /** It is done with init or with the last event, and waits for another. */
  next(): void;
  answer(answer: RuntimeAnswer): void;
  initError(errorType: string, payload: Uint8Array): void;
}

const PREFIX = '/2018-06-01/runtime';
const BAD_MODE = 'Invalid function response mode';
const TRUNCATED = 'The runtime ended its response before it was complete';
const OK = Buffer.from('{"status":"OK"}\n');

/**
 * The Lambda Runtime API (spec 7) for one process: a port of its own, because that is what every runtime client takes as
 * `AWS_LAMBDA_RUNTIME_API`. Only requests that name this very address and come from no web page are heard.
 */
export class RuntimeApi {
  readonly #server: Server;
  readonly #calls: RuntimeCalls;
  #address = '';
  #waiting: ServerResponse | undefined;
  #open: string | undefined;
  #answered: string | undefined;

  private constructor(calls: RuntimeCalls) {
    this.#calls = calls;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    // A runtime is frozen between events, for minutes: nothing here may time out.
    this.#server.keepAliveTimeout = 0;
    this.#server.requestTimeout = 0;
    this.#server.headersTimeout = 0;
    this.#server.timeout = 0;
  }

  /** Opens a port on 127.0.0.1. */
  static async open(calls: RuntimeCalls): Promise<RuntimeApi> {
    const api = new RuntimeApi(calls);
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    api.#address = `127.0.0.1:${(api.#server.address() as AddressInfo).port}`;
    return api;
  }

  /** `127.0.0.1:PORT` */
  get address(): string {
    return this.#address;
  }

  /** Hands an event to the runtime, which must be waiting for one. */
  give(invocation: RuntimeInvocation): void {
    const response = this.#waiting;
    if (response === undefined) throw new Error('The runtime is not waiting for an event');
    this.#waiting = undefined;
    this.#open = invocation.requestId;
    // A retry has the id of the attempt before.
    this.#answered = undefined;
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': invocation.payload.byteLength,
      'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
      'Lambda-Runtime-Deadline-Ms': String(invocation.deadlineMs),
      'Lambda-Runtime-Invoked-Function-Arn': invocation.invokedFunctionArn,
      'Lambda-Runtime-Trace-Id': invocation.traceId,
      ...(invocation.clientContext === undefined
        ? {}
        : { 'Lambda-Runtime-Client-Context': asciiJson(invocation.clientContext) }),
    });
    response.end(invocation.payload);
  }

  /** Closes the port and every connection. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, headers } = request;
    if (headers.host !== this.#address || headers.origin !== undefined) {
      return refuse(
        response,
        403,
        'AccessDenied',
        'This is the Runtime API of one execution environment of local Lambda',
      );
    }
    const path = request.url?.startsWith(PREFIX) === true ? request.url.slice(PREFIX.length) : '';
    if (method === 'GET' && path === '/invocation/next') {
      this.#waiting?.destroy();
      this.#waiting = response;
      return this.#calls.next();
    }
    if (method === 'POST' && path === '/init/error') {
      const payload = await read(request, MAX_RESPONSE_BYTES);
      accept(response);
      return this.#calls.initError(errorType(request, payload), payload ?? Buffer.from('{}'));
    }
    const [, id, kind] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (method !== 'POST' || id === undefined) return refuse(response, 404, 'NotFound', 'Not Found');
    const begun = performance.now();
    const payload = await read(request, MAX_RESPONSE_BYTES).catch(() => 'truncated' as const);
    if (id === this.#answered) {
      const message =
        'State transition from Ready to InvocationResponse failed for runtime. Error: State transition is not allowed';
      return refuse(response, 403, 'InvalidStateTransition', message);
    }
    if (id !== this.#open) return refuse(response, 400, 'InvalidRequestID', 'Invalid request ID');
    this.#answered = id;
    this.#open = undefined;
    const times = { begun, ended: performance.now() };
    if (payload === undefined) {
      const message = `Exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
      this.#calls.answer({ kind: 'tooLarge', payload: new Uint8Array(), ...times });
      return refuse(response, 413, 'RequestEntityTooLarge', message);
    }
    if (payload === 'truncated') {
      this.#calls.answer({ kind: 'fault', ...runtimeFault(id, 'Runtime.TruncatedResponse', TRUNCATED), ...times });
      response.destroy();
      return;
    }
    const mode = headers['lambda-runtime-function-response-mode'] ?? 'streaming';
    if (kind === 'response' && mode !== 'streaming') {
      this.#calls.answer({
        kind: 'fault',
        ...runtimeFault(id, 'Runtime.InvalidResponseModeHeader', BAD_MODE),
        ...times,
      });
      return refuse(response, 400, 'InvalidFunctionResponseMode', BAD_MODE);
    }
    const error = kind === 'error' ? payload : payload.length === 0 ? trailedError(request) : undefined;
    this.#calls.answer({ kind: error ? 'error' : 'response', payload: error ?? payload, ...times });
    accept(response);
  }
}

/** The whole body; `undefined` when it is longer than `limit`, and then all of it is read and dropped. */
async function read(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
  }
  return length > limit ? undefined : Buffer.concat(chunks, length);
}

/**
 * An error that ends a streamed response of no bytes. After some the response stands: AWS calls that a successful one
 * (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html).
 */
function trailedError({ trailers }: IncomingMessage): Buffer | undefined {
  const type = trailers['lambda-runtime-function-error-type'];
  if (type === undefined) return undefined;
  const body = trailers['lambda-runtime-function-error-body'];
  return body === undefined ? Buffer.from(JSON.stringify({ errorType: type })) : Buffer.from(body, 'base64');
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { 'Content-Type': 'application/json', 'Content-Length': OK.length });
  response.end(OK);
}

function refuse(response: ServerResponse, status: number, type: string, errorMessage: string): void {
  const body = Buffer.from(`${JSON.stringify({ errorMessage, errorType: type })}\n`);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
}

function errorType(request: IncomingMessage, payload: Buffer | undefined): string {
  const header = request.headers['lambda-runtime-function-error-type'];
  if (typeof header === 'string' && header !== '') return header;
  const [, type] = /"errorType"\s*:\s*"([^"]*)"/.exec(payload?.toString() ?? '') ?? [];
  return type ?? 'Runtime.Unknown';
}

/** JSON with only ASCII in it: headers carry nothing else. */
function asciiJson(json: string): string {
  return json.replace(/[\u0080-\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
