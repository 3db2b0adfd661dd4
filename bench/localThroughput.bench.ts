import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { median, type BenchResult } from '../scripts/bench/result.ts';
import { runLoad } from './support/httpLoad.ts';
import { benchFolder, bundleLocal, eventHeaders, invokePath, startLocalServer } from './support/localServer.ts';
import { startServerlessOffline } from './support/peers.ts';
import { functionsWithRecords, notingHandler } from './support/project.ts';

const rounds = 9;
const events = 1_500;
const line = Buffer.byteLength('7\n');

/**
 * Events accepted, run and delivered to a queue, against the runs of serverless-offline; in turns. The same client sends to
 * both on eight connections, and the handler is the same; it notes that it ran.
 *
 * Ours is done when the last event has left the queue: it was on disk before its 202, ran in one of up to ten processes that
 * are frozen when idle, and its log lines, its outcome and the message in the destination queue are on disk.
 * Theirs is done when the last handler has noted its run: the event was handed to a worker thread, as many as there are
 * events at the time; what the handler returns is dropped, nothing is kept, nothing is delivered.
 */
export async function run(): Promise<readonly BenchResult[]> {
  await using folder = await benchFolder();
  const ourRuns = join(folder.path, 'our-runs');
  const theirRuns = join(folder.path, 'their-runs');
  for (const file of [ourRuns, theirRuns]) await writeFile(file, '');
  const files = functionsWithRecords(['worker'], notingHandler(ourRuns));
  await using peer = await startServerlessOffline(join(folder.path, 'peer'), notingHandler(theirRuns));
  await using local = await startLocalServer(await bundleLocal(), folder.path, { files });
  const load = { headers: eventHeaders, body: '{"n":7,"customer":"c-17"}', connections: 8, count: events };

  const ranAll = async (file: string, before: number): Promise<boolean> =>
    (await stat(file)).size >= before + events * line;
  const theirs = async (): Promise<number> => {
    const { size } = await stat(theirRuns);
    const begun = performance.now();
    await runLoad({ ...load, endpoint: peer.endpoint, path: invokePath('peer-dev-worker') });
    while (!(await ranAll(theirRuns, size))) await delay(5);
    return events / ((performance.now() - begun) / 1000);
  };
  const ours = async (): Promise<number> => {
    const { size } = await stat(ourRuns);
    const begun = performance.now();
    await runLoad({ ...load, endpoint: local.ready.endpoint, path: invokePath('worker') });
    // To ask all the time would cost either side what it is measured by.
    while (!(await ranAll(ourRuns, size))) await delay(5);
    // A record is delivered in the same transaction in which its event leaves the queue.
    for (let left = 1; left > 0;) {
      const { queued, running } = await local.status();
      left = queued + running;
    }
    return events / ((performance.now() - begun) / 1000);
  };
  // Not counted: both get warm.
  for (let round = 0; round < 2; round++) {
    await theirs();
    await ours();
  }
  const ratios: number[] = [];
  const own: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const peers = await theirs();
    const mine = await ours();
    own.push(mine);
    ratios.push(mine / peers);
  }
  const sqs = new SQSClient(local.client);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'records' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  sqs.destroy();
  const missing = (rounds + 2) * events - Number(Attributes?.['ApproximateNumberOfMessages']);
  return [
    {
      name: 'events run and delivered, against runs of serverless-offline',
      value: median(ratios),
      unit: 'x',
      goal: '>= 1',
    },
    { name: 'events run and delivered', value: median(own), unit: '/s', goal: '> 0' },
    { name: 'events of these without a record', value: missing, unit: '', goal: '= 0' },
  ];
}
