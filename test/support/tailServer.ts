import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Emitter, type Event } from '../../src/model/event.ts';
import { eventFrame, exceptionFrame } from '../../src/local/server/eventStream.ts';

/** A session of Live Tail, as the server has it. */
export interface TailSession {
  readonly logGroupIdentifiers: readonly string[];
  start(): void;
  update(results: readonly unknown[], sampled?: boolean): void;
  /** It ends as AWS ends one after three hours. */
  timeOut(): void;
  /** The connection breaks. */
  cut(): void;
  /** The client has gone. */
  readonly closed: Promise<unknown>;
}

/** A server that knows functions' settings, and lets a test make what comes of StartLiveTail. */
export interface TailServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly sessions: readonly TailSession[];
  readonly onDidBegin: Event<TailSession>;
  /** The next session is refused. */
  refuse(status: number, body: unknown): void;
}

/** The ARN of a function's default log group there. */
export function tailedGroup(functionName: string): string {
  return `arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/${functionName}`;
}

/** Starts one. */
export async function startTailServer(): Promise<TailServer> {
  const sessions: TailSession[] = [];
  const begun = new Emitter<TailSession>();
  const refusals: { readonly status: number; readonly body: unknown }[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const functionName = /\/functions\/([^/]+)\/configuration/.exec(request.url ?? '')?.[1];
      if (functionName !== undefined) {
        const FunctionArn = `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`;
        response.end(JSON.stringify({ FunctionName: functionName, FunctionArn }));
        return;
      }
      const refusal = refusals.shift();
      if (refusal) {
        response.writeHead(refusal.status).end(JSON.stringify(refusal.body));
        return;
      }
      const session = newSession(response, body);
      sessions.push(session);
      begun.fire(session);
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sessions,
    onDidBegin: begun.event,
    refuse: (status, body) => void refusals.push({ status, body }),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function newSession(response: ServerResponse, body: string): TailSession {
  const { logGroupIdentifiers } = JSON.parse(body) as { readonly logGroupIdentifiers: readonly string[] };
  return {
    logGroupIdentifiers,
    start() {
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
      response.write(eventFrame('initial-response', {}));
      response.write(eventFrame('sessionStart', { logGroupIdentifiers }));
    },
    update(sessionResults, sampled = false) {
      response.write(eventFrame('sessionUpdate', { sessionMetadata: { sampled }, sessionResults }));
    },
    timeOut() {
      response.end(exceptionFrame('SessionTimeoutException', 'The session has timed out.'));
    },
    cut() {
      response.destroy();
    },
    closed: once(response, 'close'),
  };
}
