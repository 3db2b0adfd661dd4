import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../../model/logger.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { newRequestId } from '../requestId.ts';
import { databaseTrouble } from '../state/databaseTrouble.ts';
import type { ApiRequest, ApiResponse, ApiService } from './apiRequest.ts';
import { errorResponse, unknownService } from './errorShapes.ts';
import { guard } from './guard.ts';
import { readBody } from './readBody.ts';
import { maximumBodyBytes, serviceOf } from './routing.ts';

/** A frozen execution environment's connections have to be there when it thaws (design.md, "Freezing"). */
const keepAliveMs = 15 * 60_000;

/** What the server is made from. */
export interface HttpServerOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly controlToken: string;
  /** By signing name; `_local` is the local API. */
  readonly services: Readonly<Record<string, ApiService>>;
  readonly log: Logger;
  /** Instead of what each operation takes. */
  readonly maximumBodyBytes?: number;
}

/** The one server in front of all services, on 127.0.0.1. */
export interface HttpServer {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Takes no more requests and ends those that are open. */
  close(): Promise<void>;
}

/** Starts the server. @throws UserFacingFailure `portInUse`, `badArgument` (a port that this user may not take) */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    void serve(options, request, response).catch((error: unknown) => {
      // The client is gone, or what it sent is no HTTP body.
      options.log.debug(`${request.method ?? ''} was cut off: ${String(error)}`);
      response.destroy();
    });
  });
  server.keepAliveTimeout = keepAliveMs;
  server.requestTimeout = 0;
  await listen(server, options.port);
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') {
      throw new UserFacingFailure(
        'portInUse',
        `Port ${port} is in use by another process, so local Lambda can't listen there. Choose another port, or 0 for any free one.`,
        { cause: error },
      );
    }
    if (code === 'EACCES') {
      throw new UserFacingFailure(
        'badArgument',
        `This user may not listen on port ${port}. Choose one above 1023, or 0 for any free one.`,
        { cause: error },
      );
    }
    throw error;
  }
}

async function serve(options: HttpServerOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController();
  // Not when all was sent: nobody listens any more, and an abort costs.
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  // A client that goes away while it is answered is no event.
  outgoing.on('error', () => gone.abort());
  const request = readHead(incoming, gone.signal);
  if (request === undefined) {
    await answer(outgoing, newRequestId(), { status: 400, body: '{"message":"The path can\'t be decoded."}' });
    return;
  }
  const refusal = guard(request, options.controlToken);
  const service = serviceOf(request);
  const limit = refusal ? 0 : (options.maximumBodyBytes ?? maximumBodyBytes(service, request));
  const read = await readBody(incoming, limit, Math.max(limit * 16, 1_048_576));
  if ('cutOff' in read) outgoing.shouldKeepAlive = false;
  const respond = (): Promise<ApiResponse> | ApiResponse => {
    if (refusal) return errorResponse(request, service, refusal);
    if ('tooLong' in read) return tooLong(request, service, limit);
    return dispatch(options, service, { ...request, body: read.body });
  };
  await answer(outgoing, request.requestId, await respond());
}

function readHead(incoming: IncomingMessage, signal: AbortSignal): Omit<ApiRequest, 'body'> | undefined {
  const [rawPath = '/', ...search] = (incoming.url ?? '/').split('?');
  let path: string;
  try {
    path = decodeURIComponent(rawPath);
  } catch {
    return undefined;
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: incoming.method ?? 'GET',
    path,
    rawPath,
    query: new URLSearchParams(search.join('?')),
    headers,
    requestId: newRequestId(),
    signal,
    endpoint: `http://${headers['host'] ?? '127.0.0.1'}`,
  };
}

async function dispatch(
  { services, log }: HttpServerOptions,
  service: string | undefined,
  request: ApiRequest,
): Promise<ApiResponse> {
  const api = service !== undefined && Object.hasOwn(services, service) ? services[service] : undefined;
  if (!api) return unknownService(request, service);
  try {
    return await api.handle(request);
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log.error(`${service ?? ''} ${request.method} ${request.path} failed: ${reason}`);
    const message = failureText(error);
    const code = service === 'lambda' ? 'ServiceException' : 'InternalFailure';
    return errorResponse(request, service, { status: 500, code, message });
  }
}

function failureText(error: unknown): string {
  switch (databaseTrouble(error)) {
    case 'full':
      return "The disk with local Lambda's data is full, so nothing of this request is kept. Make room and send it again.";
    case 'damaged':
      return 'The database of local Lambda is damaged. Restart local Lambda: it sets the file aside and begins anew.';
    default:
      return 'Local Lambda failed on this request. Its log says why.';
  }
}

/** Spec 5.4 for Lambda; the others have no text of their own. */
function tooLong(request: Omit<ApiRequest, 'body'>, service: string | undefined, limit: number): ApiResponse {
  const code = 'RequestEntityTooLargeException';
  if (service === 's3') {
    const message = `Your proposed upload exceeds the maximum allowed size: local Lambda takes ${limit} bytes.`;
    return errorResponse(request, service, { status: 400, code: 'EntityTooLarge', message });
  }
  if (service !== 'lambda') {
    return errorResponse(request, service, {
      status: 413,
      code,
      message: `Request must be smaller than ${limit} bytes`,
    });
  }
  return {
    status: 413,
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': code },
    body: JSON.stringify({ Message: `Request must be smaller than ${limit} bytes for the InvokeFunction operation` }),
  };
}

async function answer(outgoing: ServerResponse, requestId: string, response: ApiResponse): Promise<void> {
  const { status, headers = {}, body = '' } = response;
  outgoing.statusCode = status;
  outgoing.setHeader('x-amzn-RequestId', requestId);
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  // Named here, so that Node doesn't add a Keep-Alive header, which AWS has not.
  if (outgoing.shouldKeepAlive) outgoing.setHeader('Connection', 'keep-alive');
  else outgoing.setHeader('Connection', 'close');
  if (typeof body === 'string' || body instanceof Uint8Array) {
    // A 204 and a 304 have no length; that of an answer to HEAD is the one of a body that is not sent.
    if (status !== 204 && status !== 304 && !outgoing.hasHeader('Content-Length')) {
      outgoing.setHeader('Content-Length', Buffer.byteLength(body));
    }
    // Given to `end`, Node would read this one header as UTF-8, and write other bytes than it was set to.
    if (outgoing.hasHeader('content-disposition')) outgoing.write(body);
    outgoing.end(outgoing.headersSent ? undefined : body);
    return;
  }
  outgoing.flushHeaders();
  for await (const chunk of body) {
    if (outgoing.destroyed) break;
    if (!outgoing.write(chunk)) await drained(outgoing);
  }
  outgoing.end();
}

/** Resolves when there is room for more, or nobody to read it. */
function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      outgoing.off('drain', done).off('close', done);
      resolve();
    };
    outgoing.on('drain', done).on('close', done);
  });
}
