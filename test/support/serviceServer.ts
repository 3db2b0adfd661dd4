import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { ApiResponse, ApiService } from '../../src/local/server/apiRequest.ts';

/** The smallest HTTP server in front of services: no guard, no routes but the credential scope's service name. */
export interface ServiceServer extends AsyncDisposable {
  readonly endpoint: string;
  /** For an AWS SDK client. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  /** Resolves when the next request has arrived. */
  nextRequest(): Promise<void>;
  /** Resolves when the next client goes away without an answer. */
  nextGone(): Promise<void>;
}

/** Serves each service under its signing name (`sqs`, `sns`, `logs`) on a free loopback port. */
export async function serveServices(services: Readonly<Record<string, ApiService>>): Promise<ServiceServer> {
  const arrived: (() => void)[] = [];
  const left: (() => void)[] = [];
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
      if (!response.writableFinished) for (const tell of left.splice(0)) tell();
    });
    void handle(services, request, gone.signal, () => {
      for (const tell of arrived.splice(0)) tell();
    }).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      (error: unknown) => response.writeHead(500).end(String(error instanceof Error ? error.stack : error)),
    );
  });
  await listen(server);
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    clientConfig: {
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    },
    nextRequest: () =>
      new Promise((resolve) => {
        arrived.push(resolve);
      }),
    nextGone: () =>
      new Promise((resolve) => {
        left.push(resolve);
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function handle(
  services: Readonly<Record<string, ApiService>>,
  request: IncomingMessage,
  signal: AbortSignal,
  onArrived: () => void,
): Promise<Omit<ApiResponse, 'body'> & { readonly body: Uint8Array | string }> {
  const body = await buffer(request);
  const [, name = ''] = /Credential=[^/]+\/\d+\/[\w-]+\/(\w+)\//.exec(request.headers.authorization ?? '') ?? [];
  const service = services[name];
  if (!service) return { status: 404, body: `no service ${name}` };
  const url = new URL(request.url ?? '/', 'http://localhost');
  const answer = service.handle({
    method: request.method ?? '',
    path: decodeURIComponent(url.pathname),
    rawPath: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)])),
    body,
    requestId: randomUUID(),
    signal,
    endpoint: `http://${request.headers.host ?? ''}`,
  });
  onArrived();
  const { status, headers = {}, body: answered = '' } = await answer;
  if (typeof answered !== 'string' && !(answered instanceof Uint8Array)) throw new Error('Streams are not for here');
  return { status, headers, body: answered };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
}
