import { setTimeout as delay } from 'node:timers/promises';
import { median, type BenchResult } from '../scripts/bench/result.ts';
import { benchFolder, bundleLocal, startLocalServer } from './support/localServer.ts';
import { residentMB } from './support/memory.ts';
import { functionsWithRecords, trivialHandler } from './support/project.ts';

const starts = 11;
const idleMs = 1_500;

/** From the start of the process to its `ready`, with ten functions, and what it holds when nothing happens. */
export async function run(): Promise<readonly BenchResult[]> {
  const program = await bundleLocal();
  const names = Array.from({ length: 10 }, (_, index) => `worker${index}`);
  const files = functionsWithRecords(names, trivialHandler);
  const seconds: number[] = [];
  const memory: number[] = [];
  for (let start = 0; start < starts; start++) {
    await using folder = await benchFolder();
    // So that the start does not write the project.
    await (await startLocalServer(program, folder.path, { files }))[Symbol.asyncDispose]();
    const begun = performance.now();
    await using local = await startLocalServer(program, folder.path);
    seconds.push((performance.now() - begun) / 1000);
    await delay(idleMs);
    memory.push(await residentMB(local.ready.pid));
  }
  return [
    {
      name: `ready after start, ten functions: median of ${starts}`,
      value: median(seconds),
      unit: 's',
      goal: '<= 0.5',
    },
    { name: 'resident memory of the idle server: median', value: median(memory), unit: 'MB', goal: '<= 90' },
  ];
}
