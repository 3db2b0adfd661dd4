import type { BenchResult } from '../scripts/bench/result.ts';
import { killUnderLoad } from '../test/support/killedUnderLoad.ts';
import { benchFolder } from './support/localServer.ts';

/** Ten kills in the middle of accepting, running and delivering: no event that was accepted may end without its record. */
export async function run(): Promise<readonly BenchResult[]> {
  await using folder = await benchFolder();
  const { accepted, lost, twice } = await killUnderLoad(folder.path, { kills: 10, events: 400 });
  const name = 'events of ten kills under load';
  return [
    { name: `${name}: accepted`, value: accepted, unit: 'events', goal: '> 0' },
    { name: `${name}: without a record`, value: lost.length, unit: 'events', goal: '<= 0' },
    { name: `${name}: with two`, value: twice.length, unit: 'events', goal: '<= 0' },
  ];
}
