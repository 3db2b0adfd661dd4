import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { median, type BenchResult } from '../scripts/bench/result.ts';
import { pauseQueuePath, resumeQueuePath } from '../src/protocol/localApi.ts';
import { runLoad } from './support/httpLoad.ts';
import { benchFolder, bundleLocal, eventHeaders, invokePath, startLocalServer } from './support/localServer.ts';
import { residentMB } from './support/memory.ts';
import { functionsWithRecords, notingHandler } from './support/project.ts';

const events = 100_000;
/** Run before: V8 lets the process grow while there is much to do (twofold), however long the queue is. */
const warmUps = 30_000;
const step = 10_000;
const drainLimitMs = 8 * 60_000;

/** A long queue: whether memory grows with it, and whether it is drained in the order of due times. */
export async function run(): Promise<readonly BenchResult[]> {
  await using folder = await benchFolder();
  const runs = join(folder.path, 'runs');
  await writeFile(runs, '');
  const files = functionsWithRecords(['worker'], notingHandler(runs));
  await using local = await startLocalServer(await bundleLocal(), folder.path, { files });
  const { endpoint, pid } = local.ready;
  const fill = (from: number, count: number): Promise<unknown> =>
    runLoad({
      endpoint,
      path: invokePath('worker'),
      headers: eventHeaders,
      body: (nth) => `{"n":${from + nth}}`,
      connections: 8,
      count,
    });
  /** Gives what is left in the end. */
  const drain = async (eachSecond: () => Promise<void>): Promise<number> => {
    const begun = performance.now();
    for (;;) {
      const { queued, running } = await local.status();
      const left = queued + running;
      if (left === 0 || performance.now() - begun > drainLimitMs) return left;
      await delay(1_000);
      await eachSecond();
    }
  };
  await fill(0, warmUps);
  await drain(async () => undefined);
  await writeFile(runs, '');
  await local.control('POST', pauseQueuePath);
  const memory: number[] = [];
  for (let sent = 0; sent < events; sent += step) {
    await fill(sent, step);
    memory.push(await residentMB(pid));
  }
  await local.control('POST', resumeQueuePath);
  const begun = performance.now();
  const left = await drain(async () => void memory.push(await residentMB(pid)));
  const seconds = (performance.now() - begun) / 1000;
  const order = (await readFile(runs, 'utf8')).trimEnd().split('\n').map(Number);
  // Sent on eight connections and run in ten environments, so neighbours may change places.
  const farthest = order.reduce((most, n, place) => Math.max(most, Math.abs(n - place)), 0);
  const usual = median(memory);
  const deviation = Math.max(...memory.map((megabytes) => Math.abs(megabytes - usual) / usual));
  return [
    {
      name: 'memory while 100,000 are queued and drained, after work: off its median',
      value: 100 * deviation,
      unit: '%',
      goal: '<= 20',
    },
    { name: 'memory while 100,000 are queued and drained: median', value: usual, unit: 'MB', goal: '> 0' },
    { name: 'events of 100,000 not run', value: events - order.length + left, unit: '', goal: '= 0' },
    { name: 'run out of the order of due times, by places of 100,000', value: farthest, unit: '', goal: '<= 1000' },
    { name: 'drained', value: order.length / seconds, unit: '/s', goal: '> 0' },
  ];
}
