import { build } from 'esbuild';
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { buildAll } from '../esbuild.mjs';
import type { BenchResult } from '../scripts/bench/result.ts';
import { root } from '../scripts/root.ts';
import { openInvocationStore } from '../src/store/sqliteStore.ts';
import { startWorkbench } from '../test/host/startWorkbench.ts';
import { feedingNode } from '../test/support/feed/feedingNode.ts';
import { followFeed } from '../test/support/feed/followedFeed.ts';
import { keptOf, type Kept } from '../test/support/feed/keptInvocations.ts';
import { seededRandom } from '../test/support/fuzz/random.ts';
import { benchFolder } from './support/localServer.ts';
import type { HostMeasure } from './support/hostMeasure.ts';
import { slicesOf, type CpuProfile, type Slice } from './support/profileSlices.ts';

const perSecond = 1_000;
/** What is loaded and compiled once is so by then. */
const warmUp = 2_000;
/** Shorter to try it out. */
const seconds = Number(process.env['BENCH_SECONDS'] ?? 60);
const cuts = 50;
const outageMs = 300;
const longSliceMs = 16;
/** Between two samples of the profile. */
const sampleMs = 1;

/**
 * A thousand invocations a second by local Lambda's stream: into a real extension host with the records panel open, and over a
 * connection that is cut. Nobody runs that many handlers on two cores: the server is local Lambda's own journal, HTTP server
 * and stream, in a process of its own, and its journal is filled with what a run of each would have told (six pieces each).
 */
export async function run(): Promise<readonly BenchResult[]> {
  const name = `local stream, ${perSecond} invocations a second for ${seconds} s`;
  const { kept, measure, slices } = await inExtensionHost();
  const long = slices.filter(({ ms }) => ms > longSliceMs).toSorted((a, b) => b.ms - a.ms);
  await mkdir(join(root, 'out', 'bench'), { recursive: true });
  await writeFile(join(root, 'out', 'bench', 'localStreamSlices.json'), JSON.stringify(long, undefined, 2));
  const { delay: delays, memory } = measure;
  const grown = (kind: 'heaps' | 'resident'): number => (memory.after[kind] - memory.before[kind]) / 1024 ** 2;
  const cut = await withCuts();
  const whileCut = `the same for ${seconds / 2} s, cut and restored ${cut.cuts} times`;
  return [
    { name: `${name}: lost`, value: kept.lost, unit: '', goal: '= 0' },
    { name: `${name}: duplicated`, value: kept.duplicated, unit: '', goal: '= 0' },
    {
      name: 'the same: p99.9 loop delay of the extension host, beyond an idle process beside it',
      value: Math.max(0, delays.host - delays.control),
      unit: 'ms',
      goal: '<= 16',
    },
    { name: 'the same: p99.9 loop delay of that idle process', value: delays.control, unit: 'ms', goal: '> 0' },
    {
      name: `the same: slices over ${longSliceMs} ms with our files on the stack`,
      value: long.length,
      unit: '',
      goal: '= 0',
    },
    {
      name: 'of these, such in which the thread ran for so long, and did not wait for a core',
      value: long.filter(({ samples }) => samples * sampleMs > longSliceMs).length,
      unit: '',
      goal: '= 0',
    },
    { name: 'the same: longest slice with our files on the stack', value: longest(slices), unit: 'ms', goal: '> 0' },
    {
      name: 'the same: growth of the heaps of all threads after a forced collection',
      value: grown('heaps'),
      unit: 'MB',
      goal: '<= 50',
    },
    {
      name: 'the same: growth of the whole process, store and all',
      value: grown('resident'),
      unit: 'MB',
      goal: '<= 50',
    },
    { name: 'the same: last one stored after it happened', value: measure.behindMs, unit: 'ms', goal: '> 0' },
    { name: `${whileCut}: lost`, value: cut.lost, unit: '', goal: '= 0' },
    { name: `${whileCut}: duplicated`, value: cut.duplicated, unit: '', goal: '= 0' },
  ];
}

async function inExtensionHost(): Promise<{
  readonly kept: Kept;
  readonly measure: HostMeasure;
  readonly slices: readonly Slice[];
}> {
  await using folder = await benchFolder();
  await buildAll({ production: true });
  for (const name of ['hostMeasure', 'idleControl']) {
    const entry = join(import.meta.dirname, 'support', `${name}.ts`);
    await build({
      ...{ bundle: true, format: 'esm', platform: 'node', target: 'node22', external: ['vscode'] },
      ...{ entryPoints: [entry], outfile: join(folder.path, `${name}.mjs`) },
    });
  }
  const node = await feedingNode(folder.path);
  const workspace = join(folder.path, 'workspace');
  await mkdir(workspace);
  const template = 'Transform: AWS::Serverless-2016-10-31\nResources: {}\n';
  await writeFile(join(workspace, 'template.yaml'), template);
  const count = seconds * perSecond;
  let said = '';
  const { dataDir, testsEnded, close } = await startWorkbench({
    folder: workspace,
    extensionDevelopmentPath: root,
    extensionTestsPath: join(folder.path, 'hostMeasure.mjs'),
    settings: {
      'lambdaDestinations.local.nodePath': node.command,
      'lambdaDestinations.records.maxRows': 1_000_000,
      'lambdaDestinations.records.maxMegabytes': 10_000,
    },
    env: {
      ...node.env,
      BENCH_FOLDER: folder.path,
      BENCH_COUNT: String(count),
      BENCH_WARM_UP: String(warmUp),
      BENCH_PER_SECOND: String(perSecond),
    },
    log: (text) => {
      said = (said + text).slice(-10_000);
    },
  });
  try {
    if ((await testsEnded) !== 0) throw new Error(`It could not be measured in the extension host:\n${said}`);
    const measure = JSON.parse(await readFile(join(folder.path, 'measure.json'), 'utf8')) as HostMeasure;
    const profile = JSON.parse(await readFile(join(folder.path, 'profile.json'), 'utf8')) as CpuProfile;
    const ours = pathToFileURL(join(measure.extensionPath, 'dist')).href;
    const kept = await keptIn(dataDir, measure.connectionId, warmUp + count);
    return { kept, measure, slices: slicesOf(profile, (url) => url.startsWith(ours)) };
  } finally {
    await close();
  }
}

/** What the window's store has. */
async function keptIn(dataDir: string, connectionId: string, count: number): Promise<Kept> {
  const [file = ''] = await Array.fromAsync(glob('**/invocations.sqlite', { cwd: dataDir }));
  const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
  const workerUrl = new URL('../src/store/storeWorker.ts', import.meta.url);
  const settings = { maxRows: Number.MAX_SAFE_INTEGER, maxMegabytes: 100_000, maxDays: 0, redact: [] };
  const store = await openInvocationStore({ file: join(dataDir, file), workerUrl, settings, log });
  try {
    return await keptOf(store, connectionId, count);
  } finally {
    await store.dispose();
  }
}

async function withCuts(): ReturnType<typeof followFeed> {
  await using folder = await benchFolder();
  const random = seededRandom(1);
  return await followFeed({
    ...{ folder: folder.path, count: (seconds / 2) * perSecond, perSecond, cuts, random },
    outage: () => delay(random.below(outageMs)),
  });
}

function longest(slices: readonly Slice[]): number {
  return slices.reduce((most, { ms }) => Math.max(most, ms), 0);
}
