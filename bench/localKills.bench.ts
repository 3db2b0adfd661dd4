import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchResult } from '../scripts/bench/result.ts';
import { runLoad } from './support/httpLoad.ts';
import {
  benchFolder,
  bundleLocal,
  eventHeaders,
  invokePath,
  startLocalServer,
  type LocalServer,
} from './support/localServer.ts';
import { functionsWithRecords, trivialHandler } from './support/project.ts';

const kills = 10;
const beforeKillMs = 1_000;
const drainLimitMs = 5 * 60_000;

/** Killed ten times while events come in and run: those that got their 202 and no record, or two. */
export async function run(): Promise<readonly BenchResult[]> {
  await using folder = await benchFolder();
  const program = await bundleLocal();
  const files = functionsWithRecords(['worker'], trivialHandler);
  const accepted = new Set<string>();
  const onAnswer = (head: string): void => {
    const [, requestId = ''] = /^x-amzn-requestid: (\S+)/im.exec(head) ?? [];
    accepted.add(requestId);
  };
  for (let kill = 0; kill < kills; kill++) {
    const { process: local, ready } = await startLocalServer(program, folder.path, { files });
    const load = runLoad({
      endpoint: ready.endpoint,
      path: invokePath('worker'),
      headers: eventHeaders,
      body: '{}',
      connections: 8,
      forMs: 60_000,
      onAnswer,
    }).catch(() => undefined);
    await delay(beforeKillMs);
    const ended = local.ended();
    local.child.kill('SIGKILL');
    await ended;
    await load;
  }
  await using local = await startLocalServer(program, folder.path, { files });
  const begun = performance.now();
  for (let left = 1; left > 0 && performance.now() - begun < drainLimitMs; await delay(100)) {
    const { queued, running } = await local.status();
    left = queued + running;
  }
  const records = await recordedIds(local);
  const once = new Set(records);
  const lost = [...accepted].filter((requestId) => !once.has(requestId)).length;
  return [
    { name: 'ten SIGKILLs under load: accepted events without a record', value: lost, unit: '', goal: '= 0' },
    {
      name: 'ten SIGKILLs under load: records beyond one an event',
      value: records.length - once.size,
      unit: '',
      goal: '= 0',
    },
    { name: 'ten SIGKILLs under load: events accepted', value: accepted.size, unit: '', goal: '> 0' },
  ];
}

/** The request id of each record in the queue, which is emptied of what can be seen. */
async function recordedIds(local: LocalServer): Promise<readonly string[]> {
  const sqs = new SQSClient(local.client);
  const ids: string[] = [];
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'records' }));
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 3600 }),
      );
      if (Messages.length === 0) return ids;
      for (const { Body = '' } of Messages) {
        ids.push((JSON.parse(Body) as { requestContext: { requestId: string } }).requestContext.requestId);
      }
    }
  } finally {
    sqs.destroy();
  }
}
