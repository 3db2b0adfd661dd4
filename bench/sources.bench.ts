import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateEventBusCommand, EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreateTopicCommand, PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { BenchResult } from '../scripts/bench/result.ts';
import { createAwsClients } from '../src/aws/awsClients.ts';
import { createQueueDrain } from '../src/aws/sources/queueDrain.ts';
import { createTap } from '../src/aws/sources/tap.ts';
import type { PieceSink, RecordSource } from '../src/model/recordSource.ts';
import type { InvocationStore } from '../src/store/invocationStore.ts';
import { openInvocationStore } from '../src/store/sqliteStore.ts';
import { startCuttingProxy } from '../test/support/cuttingProxy.ts';
import { seededRandom } from '../test/support/fuzz/random.ts';
import { executionRecord } from './support/executionRecords.ts';
import { benchFolder, bundleLocal, startLocalServer, type LocalServer } from './support/localServer.ts';

const perSecond = 300;
/** Shorter to try it out. */
const seconds = Number(process.env['BENCH_SECONDS'] ?? 60);
const burst = Math.round((10_000 * seconds) / 60);
const cuts = Math.max(5, Math.round((50 * seconds) / 60));
const outageMs = 200;
const batchSize = 10;
const sendersOfBurst = 8;
/** It waits for what is missing as long as something comes within this; twice what an unfinished message stays hidden. */
const patienceMs = 60_000;

const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** What was sent, and what came of it. */
interface Came {
  readonly lost: number;
  readonly duplicated: number;
  /** Handed on more than once: the store told them apart. */
  readonly repeated: number;
  readonly perSecond: number;
}

/**
 * Records that are published to a topic, a bus and a queue of local Lambda, in a process of its own, are read by a tap and a
 * drain into a store: in a steady stream, in a burst, and over a connection that is cut.
 */
export async function run(): Promise<readonly BenchResult[]> {
  await using folder = await benchFolder();
  await using local = await startLocalServer(await bundleLocal(), folder.path);
  const workerUrl = new URL('../src/store/storeWorker.ts', import.meta.url);
  const settings = { maxRows: Number.MAX_SAFE_INTEGER, maxMegabytes: 100_000, maxDays: 0, redact: [] };
  const store = await openInvocationStore({ file: join(folder.path, 'records.sqlite'), workerUrl, settings, log });
  try {
    const steady = await readAll(local, store, 'steady', async (send) => {
      await atRate(seconds, send);
      await inBurst(burst, send);
    });
    await using proxy = await startCuttingProxy(local.ready.endpoint);
    const random = seededRandom(5);
    const cut = await readAll(local, store, 'cut', (send) => atRate(seconds / 2, send), {
      endpoint: proxy.endpoint,
      // Over the whole time that is sent, on average.
      async meanwhile() {
        for (let n = 0; n < cuts; n++) {
          await delay(random.below((seconds * 1_000) / cuts - outageMs));
          proxy.refuse();
          await delay(random.below(outageMs));
          proxy.restore();
        }
      },
    });
    return [
      ...numbers(`${perSecond} a second for ${seconds} s and a burst of ${burst}`, steady),
      ...numbers(`connection cut and restored ${cuts} times at random, at ${perSecond} a second`, cut),
    ];
  } finally {
    await store.dispose();
  }
}

function numbers(what: string, came: Readonly<Record<string, Came>>): readonly BenchResult[] {
  return Object.entries(came).flatMap(([name, { lost, duplicated, repeated, perSecond: rate }]) => [
    { name: `${name}, ${what}: lost`, value: lost, unit: '', goal: '= 0' },
    { name: `${name}, ${what}: duplicated`, value: duplicated, unit: '', goal: '= 0' },
    { name: `${name}, the same: came again, and the store knew`, value: repeated, unit: '', goal: '>= 0' },
    { name: `${name}, the same: stored`, value: rate, unit: '/s', goal: '> 0' },
  ]);
}

type Send = (texts: readonly string[]) => Promise<unknown>;

/** A source, and how records get to what it reads. */
interface Path {
  readonly source: RecordSource;
  readonly connectionId: string;
  readonly send: Send;
  /** What was sent, and what the store has said to have of it. */
  readonly ids: Set<string>;
  readonly stored: ReadonlySet<string>;
}

/** Starts a tap and a drain, has `feed` send to both at once, and looks at what the store has in the end. */
async function readAll(
  local: LocalServer,
  store: InvocationStore,
  name: string,
  feed: (send: Send) => Promise<void>,
  {
    endpoint = local.ready.endpoint,
    meanwhile = async () => undefined,
  }: { readonly endpoint?: string; readonly meanwhile?: () => Promise<unknown> } = {},
): Promise<Readonly<Record<string, Came>>> {
  const { region, credentials } = local.client;
  const clients = createAwsClients({ region, endpoint, credentials });
  const sqs = new SQSClient(local.client);
  const sns = new SNSClient(local.client);
  const events = new EventBridgeClient(local.client);
  try {
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: `topic-${name}` }));
    const { EventBusArn = '' } = await events.send(new CreateEventBusCommand({ Name: `bus-${name}` }));
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `queue-${name}` }));
    const queueArn = `arn:aws:sqs:${region}:${local.ready.account}:queue-${name}`;
    const sinkOf = (connectionId: string, stored: Set<string>): PieceSink => ({
      async ingest(pieces, cursor) {
        await store.ingest(connectionId, pieces, cursor);
        for (const piece of pieces) if (piece.kind === 'record') stored.add(piece.requestId);
      },
      cursor: (stream) => store.cursor(connectionId, stream),
    });
    const storedOf = { tap: new Set<string>(), drain: new Set<string>() };
    let turn = 0;
    const toTap: Send = (texts) =>
      turn++ % 2 === 0 ? publish(sns, TopicArn, texts) : putEvents(events, EventBusArn, texts);
    const targets = [TopicArn, EventBusArn];
    const paths: Readonly<Record<string, Path>> = {
      'taps (SNS, EventBridge)': {
        source: createTap({ clients, owner: `bench ${name}`, targets, sink: sinkOf(`${name} tap`, storedOf.tap), log }),
        connectionId: `${name} tap`,
        stored: storedOf.tap,
        send: toTap,
        ids: new Set(),
      },
      'drain (SQS)': {
        source: createQueueDrain({ clients, queueArn, sink: sinkOf(`${name} drain`, storedOf.drain), log }),
        connectionId: `${name} drain`,
        stored: storedOf.drain,
        send: (texts) => sendMessages(sqs, QueueUrl, texts),
        ids: new Set(),
      },
    };
    for (const { source } of Object.values(paths)) await source.start();
    const reading = Promise.all(
      Object.entries(paths).map(async ([title, path]) => {
        const begun = performance.now();
        await feed((texts) => {
          for (const text of texts) path.ids.add(idOf(text));
          return path.send(texts);
        });
        await allReceived(path);
        const took = (performance.now() - begun) / 1_000;
        await path.source.stop();
        return [title, { ...(await kept(store, path)), perSecond: path.ids.size / took }] as const;
      }),
    );
    const [came] = await Promise.all([reading, meanwhile()]);
    return Object.fromEntries(came);
  } finally {
    await clients.dispose();
    for (const client of [sqs, sns, events]) client.destroy();
  }
}

/** A constant number of records a second, whatever the sending of the ones before takes. */
async function atRate(forSeconds: number, send: Send): Promise<void> {
  const begun = performance.now();
  const sending: Promise<unknown>[] = [];
  const batches = (forSeconds * perSecond) / batchSize;
  for (let n = 0; n < batches; n++) {
    const due = begun + (n * 1_000 * batchSize) / perSecond;
    const early = due - performance.now();
    if (early > 0) await delay(early);
    sending.push(send(records(batchSize)));
  }
  await Promise.all(sending);
}

/** As fast as it goes. */
async function inBurst(count: number, send: Send): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: sendersOfBurst }, async () => {
      while (left > 0) {
        const some = Math.min(left, batchSize);
        left -= some;
        await send(records(some));
      }
    }),
  );
}

let made = 0;

function records(count: number): readonly string[] {
  return Array.from({ length: count }, () => executionRecord(made++));
}

function idOf(text: string): string {
  return /"requestId":"([^"]+)"/.exec(text)?.[1] ?? '';
}

/** Waits until as much came as was sent, or until nothing comes any more. */
async function allReceived({ ids, stored }: Path): Promise<void> {
  let last = performance.now();
  let seen = stored.size;
  while (seen < ids.size && performance.now() - last < patienceMs) {
    await delay(100);
    if (stored.size > seen) last = performance.now();
    seen = stored.size;
  }
}

async function kept(store: InvocationStore, { connectionId, ids, source }: Path): Promise<Omit<Came, 'perSecond'>> {
  const found = new Set<string>();
  const { total } = await store.rows({ connectionId }, { offset: 0, limit: 1 });
  for (let offset = 0; offset < total; offset += 500) {
    const { rows } = await store.rows({ connectionId }, { offset, limit: 500 });
    for (const { requestId } of rows) if (requestId !== undefined && ids.has(requestId)) found.add(requestId);
  }
  return {
    lost: ids.size - found.size,
    duplicated: total - found.size,
    repeated: source.state.received - found.size,
  };
}

async function publish(sns: SNSClient, TopicArn: string, texts: readonly string[]): Promise<void> {
  const PublishBatchRequestEntries = texts.map((Message, index) => ({ Id: String(index), Message }));
  const { Failed = [] } = await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
  if (Failed.length > 0) throw new Error(`Not published: ${Failed[0]?.Message}`);
}

async function putEvents(events: EventBridgeClient, bus: string, texts: readonly string[]): Promise<void> {
  const Entries = texts.map((Detail) => ({
    EventBusName: bus,
    Source: 'lambda',
    DetailType: 'Lambda Function Invocation Result - Success',
    Resources: [bus, 'arn:aws:lambda:us-east-1:123456789012:function:orders:$LATEST'],
    Detail,
  }));
  const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries }));
  if (FailedEntryCount) throw new Error('Not put.');
}

async function sendMessages(sqs: SQSClient, QueueUrl: string, texts: readonly string[]): Promise<void> {
  const Entries = texts.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  if (Failed.length > 0) throw new Error(`Not sent: ${Failed[0]?.Message}`);
}
