import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { median, type BenchResult } from '../scripts/bench/result.ts';
import { pauseQueuePath } from '../src/protocol/localApi.ts';
import { runLoad } from './support/httpLoad.ts';
import { benchFolder, bundleLocal, eventHeaders, invokePath, startLocalServer } from './support/localServer.ts';
import { functionsWithRecords, trivialHandler } from './support/project.ts';

const rounds = 7;
const roundMs = 2_000;
const goals = { 8: '>= 0.4', 64: '>= 0.5' } as const;

/** Asynchronous invokes accepted (on disk, none of them run) against a Node server that only answers 202; in turns. */
export async function run(): Promise<readonly BenchResult[]> {
  await using folder = await benchFolder();
  const bare = spawn(process.execPath, [join(import.meta.dirname, 'support', 'bareServer.ts')]);
  try {
    const [bareEndpoint = ''] = (await once(createInterface({ input: bare.stdout }), 'line')) as string[];
    await using local = await startLocalServer(await bundleLocal(), folder.path, {
      files: functionsWithRecords(['worker'], trivialHandler),
    });
    await local.control('POST', pauseQueuePath);
    const load = { path: invokePath('worker'), headers: eventHeaders, body: '{"order":1,"customer":"c-17"}' };
    const results: BenchResult[] = [];
    for (const connections of [8, 64] as const) {
      const of = async (endpoint: string): Promise<number> =>
        (await runLoad({ ...load, endpoint, connections, forMs: roundMs })).perSecond;
      // Not counted: both get warm.
      await of(bareEndpoint);
      await of(local.ready.endpoint);
      const ratios: number[] = [];
      const ours: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const theirs = await of(bareEndpoint);
        const own = await of(local.ready.endpoint);
        ours.push(own);
        ratios.push(own / theirs);
      }
      const name = `events accepted, ${connections} connections`;
      results.push(
        { name: `${name}, against a bare server`, value: median(ratios), unit: 'x', goal: goals[connections] },
        { name, value: median(ours), unit: '/s', goal: '> 0' },
      );
    }
    return results;
  } finally {
    bare.kill();
  }
}
