import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createAwsClients, type AwsClients } from '../../src/aws/awsClients.ts';
import { Emitter, type Event } from '../../src/model/event.ts';
import type { InvocationPiece } from '../../src/model/invocation.ts';
import type { PieceSink, SourceCursor } from '../../src/model/recordSource.ts';
import { runLocalLambda } from './localLambda.ts';
import { startMoto } from './motoServer.ts';

/** A server that record sources read from, with clients of a test's own. */
export interface SourceBackend extends AsyncDisposable {
  readonly endpoint: string;
  readonly account: string;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly events: EventBridgeClient;
  readonly s3: S3Client;
  /** As a connection has them; through `endpoint`, if one is given. */
  clients(endpoint?: string): AwsClients;
}

/** The region of all of them. */
export const sourceRegion = 'us-east-1';

/** How each is started; `undefined`: the machine has none. */
export const sourceBackends: Readonly<Record<string, () => Promise<SourceBackend | undefined>>> = {
  'Local Lambda': async () => {
    const local = await runLocalLambda();
    return backend(local.endpoint, '000000000000', local);
  },
  moto: async () => {
    const moto = await startMoto();
    return moto && backend(moto.endpoint, '123456789012', moto);
  },
};

/** Clients for any server. */
export function backend(endpoint: string, account: string, server: AsyncDisposable): SourceBackend {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const config = { endpoint, region: sourceRegion, credentials };
  const access = (at: string): AwsClients => createAwsClients({ region: sourceRegion, endpoint: at, credentials });
  const made: AwsClients[] = [];
  const own = {
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    events: new EventBridgeClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
  };
  return {
    endpoint,
    account,
    ...own,
    clients(at = endpoint) {
      const clients = access(at);
      made.push(clients);
      return clients;
    },
    async [Symbol.asyncDispose]() {
      for (const client of Object.values(own)) client.destroy();
      for (const clients of made) await clients.dispose();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** A sink that keeps what it got, as a store would. */
export interface MemorySink extends PieceSink {
  /** All that came, repeats included. */
  readonly pieces: readonly InvocationPiece[];
  readonly cursors: ReadonlyMap<string, number>;
  readonly onDidIngest: Event<void>;
  /** Called before pieces are kept; what it throws is the sink's failure. */
  before: (pieces: readonly InvocationPiece[]) => void | Promise<void>;
  /** Request ids of the records, sorted, each as often as it came. */
  requestIds(): readonly string[];
}

/** An empty one. */
export function memorySink(): MemorySink {
  const pieces: InvocationPiece[] = [];
  const cursors = new Map<string, number>();
  const ingested = new Emitter<void>();
  const sink: MemorySink = {
    pieces,
    cursors,
    onDidIngest: ingested.event,
    before: () => undefined,
    requestIds: () => pieces.flatMap((piece) => ('requestId' in piece ? [piece.requestId] : [])).toSorted(),
    async ingest(some: readonly InvocationPiece[], cursor?: SourceCursor) {
      await sink.before(some);
      pieces.push(...some);
      if (cursor) cursors.set(cursor.stream, cursor.value);
      ingested.fire();
    },
    cursor: async (stream) => cursors.get(stream) ?? 0,
  };
  return sink;
}

/** A request id: the same for the same number. */
export function requestIdOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** The text of an execution record (spec 1.1), as Lambda writes it. */
export function recordText(n: number, condition: 'Success' | 'RetriesExhausted' = 'Success'): string {
  const functionArn = `arn:aws:lambda:${sourceRegion}:123456789012:function:charge:$LATEST`;
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(1_764_000_000_000 + n).toISOString(),
    requestContext: { requestId: requestIdOf(n), functionArn, condition, approximateInvokeCount: 1 },
    requestPayload: { n },
    responseContext: { statusCode: 200, executedVersion: '$LATEST' },
    responsePayload: { n },
  });
}
