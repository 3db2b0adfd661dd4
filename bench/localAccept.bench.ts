import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { median, type BenchResult } from '../scripts/bench/result.ts';
import { pauseQueuePath } from '../src/protocol/localApi.ts';
import { runClientLoad } from './support/clientLoad.ts';
import { runLoad } from './support/httpLoad.ts';
import { benchFolder, bundleLocal, eventHeaders, invokePath, startLocalServer } from './support/localServer.ts';
import { functionsWithRecords, trivialHandler } from './support/project.ts';

const rounds = 7;
const roundMs = 1_500;
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
      const by = async (client: typeof runClientLoad): Promise<{ readonly ratio: number; readonly own: number }> => {
        const of = async (endpoint: string): Promise<number> =>
          (await client({ ...load, endpoint, connections, forMs: roundMs })).perSecond;
        const ratios: number[] = [];
        const ours: number[] = [];
        for (let round = 0; round <= rounds; round++) {
          const theirs = await of(bareEndpoint);
          const own = await of(local.ready.endpoint);
          // In the first round both get warm.
          if (round === 0) continue;
          ours.push(own);
          ratios.push(own / theirs);
        }
        return { ratio: median(ratios), own: median(ours) };
      };
      const name = `events accepted, ${connections} connections`;
      const { ratio, own } = await by(runClientLoad);
      const raw = await by(runLoad);
      results.push(
        { name: `${name}, against a bare server`, value: ratio, unit: 'x', goal: goals[connections] },
        { name, value: own, unit: '/s', goal: '> 0' },
        // By a client that costs next to nothing: how far the servers alone are apart.
        { name: `${name}, raw sockets, against a bare server`, value: raw.ratio, unit: 'x', goal: '> 0' },
        { name: `${name}, raw sockets`, value: raw.own, unit: '/s', goal: '> 0' },
      );
    }
    return results;
  } finally {
    bare.kill();
  }
}
