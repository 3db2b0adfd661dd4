import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAwsConnection } from '../../src/connections/awsConnection.ts';
import type { Connection } from '../../src/connections/connection.ts';
import type { Listening, RememberedListening } from '../../src/connections/listening/listening.ts';
import type { Invocation, InvocationRow } from '../../src/model/invocation.ts';
import type { InvocationStore } from '../../src/store/invocationStore.ts';
import { openInvocationStore } from '../../src/store/sqliteStore.ts';
import { runLocalLambda, type TestLocalLambda } from './localLambda.ts';
import { fakeLog } from './panelFakes.ts';
import { when } from './when.ts';

const arnOf = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:000000000000:${resource}`;

/** Destinations of the functions in `listeningProject`. */
export const destinations = {
  topic: arnOf('sns', 'news'),
  bus: arnOf('events', 'event-bus/things'),
  queue: arnOf('sqs', 'caught'),
  deadLetters: arnOf('sqs', 'dead'),
  receiver: arnOf('lambda', 'function:receiver'),
  bucket: 'arn:aws:s3:::failures',
};

const functionText = (name: string, handler: string, more = ''): string => `  ${name}:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: ${name}, Runtime: nodejs22.x, Handler: index.${handler}${more} }
`;
const toDestination = (role: string, type: string, arn: string): string =>
  `, EventInvokeConfig: { MaximumRetryAttempts: 0, DestinationConfig: { ${role}: { Type: ${type}, Destination: '${arn}' } } }`;

/** A function for each kind of destination. */
export const listeningProject: Readonly<Record<string, string>> = {
  'index.js': `exports.fine = async (event) => ({ got: event });
exports.fails = async () => { throw new TypeError('no stock'); };
exports.logs = async (event) => console.log(JSON.stringify(event));
`,
  'template.yaml': `Transform: AWS::Serverless-2016-10-31
Resources:
${functionText('plain', 'fine')}${functionText('lost', 'fails')}${functionText('toTopic', 'fine', toDestination('OnSuccess', 'SNS', destinations.topic))}${functionText('toBus', 'fine', toDestination('OnSuccess', 'EventBridge', destinations.bus))}${functionText('toQueue', 'fails', toDestination('OnFailure', 'SQS', destinations.queue))}${functionText('toFunction', 'fine', toDestination('OnSuccess', 'Lambda', destinations.receiver))}${functionText('toBucket', 'fails', toDestination('OnFailure', 'S3Bucket', destinations.bucket))}${functionText('receiver', 'logs')}${functionText('dying', 'fails', `, DeadLetterQueue: { Type: SQS, TargetArn: '${destinations.deadLetters}' }, EventInvokeConfig: { MaximumRetryAttempts: 0 }`)}`,
};

/** A window: a connection to a local Lambda as if it were AWS, and what it remembers. */
export interface ListeningWindow {
  readonly connection: Connection;
  readonly listening: Listening;
  readonly log: readonly string[];
  /** The row of a request, when it is as it should be. */
  row(
    requestId: string,
    isSo: (row: InvocationRow, invocation: Invocation) => boolean,
  ): Promise<{ readonly row: InvocationRow; readonly invocation: Invocation }>;
  send(functionName: string, payload?: string): Promise<string>;
  /** Resolves when an entry is as it should be. */
  entry(id: string, phase: string): Promise<void>;
}

/** A server, a store, and windows on both. */
export interface ListeningHarness extends AsyncDisposable {
  readonly local: TestLocalLambda;
  readonly store: InvocationStore;
  /** What is remembered, by place. */
  readonly memory: Map<string, RememberedListening>;
  /** Other windows of the same workspace have the same id. */
  window(options?: { readonly readLogs?: boolean; readonly endpoint?: string }): ListeningWindow;
}

/** Starts them. Dispose it: windows end first. */
export async function startListeningHarness(files = listeningProject): Promise<ListeningHarness> {
  const local = await runLocalLambda({ files });
  const folder = await mkdtemp(join(tmpdir(), 'lambda-listening-'));
  const workerUrl = new URL('../../src/store/storeWorker.ts', import.meta.url);
  const store = await openInvocationStore({ file: join(folder, 'store.sqlite'), workerUrl, log: fakeLog() });
  const memory = new Map<string, RememberedListening>();
  const connections: Connection[] = [];
  return {
    local,
    store,
    memory,
    window({ readLogs = true, endpoint = local.endpoint } = {}) {
      const log: string[] = [];
      const connection = createAwsConnection({
        choice: { kind: 'endpoint', endpoint, region: 'us-east-1' },
        store,
        log: fakeLog(log),
        listening: {
          store,
          memory: {
            load: (place) => memory.get(place) ?? { agreed: false, entries: [] },
            save: (place, remembered) => Promise.resolve(void memory.set(place, remembered)),
          },
          workspaceId: 'test',
          readLogs: () => readLogs,
        },
      });
      connections.push(connection);
      const { listening } = connection;
      if (!listening) throw new Error('An endpoint can be listened to');
      return {
        connection,
        listening,
        log,
        row: (requestId, isSo) =>
          when(store.onDidChange, async () => {
            const { rows } = await store.rows({ requestId }, { offset: 0, limit: 1 });
            const found = rows[0] && (await store.get(rows[0].id));
            return found && isSo(found.row, found.invocation) ? found : undefined;
          }),
        async send(functionName, payload = '{}') {
          return (await connection.sendAsync({ functionName, payload, origin: 'test' })).requestId;
        },
        async entry(id, phase) {
          await when(
            listening.onDidChange,
            () => listening.entries.find((entry) => entry.id === id && entry.state.phase === phase) ?? undefined,
          );
        },
      };
    },
    async [Symbol.asyncDispose]() {
      for (const connection of connections) await connection.dispose();
      await store.dispose();
      await local[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
