/*
 * Runs in the extension host, as its tests: has the records panel open, local Lambda (a feeder) tell of invocations, and
 * measures this process meanwhile. What it found goes to files in `BENCH_FOLDER`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/host/extensionApi.ts';
import type { LocalReadyEvent } from '../../src/protocol/localEvents.ts';
import { fedRequestId } from '../../test/support/feed/fedInvocations.ts';
import { feedFrom } from '../../test/support/feed/feedingNode.ts';

/** What was measured; times in ms, memory in bytes after a forced collection. */
export interface HostMeasure {
  readonly connectionId: string;
  /** Nothing is known after the address of our code but this. */
  readonly extensionPath: string;
  readonly delay: { readonly host: number; readonly control: number };
  readonly memory: { readonly before: HostMemory; readonly after: HostMemory };
  /** From the last piece in the journal to the last invocation in the store. */
  readonly behindMs: number;
}

/** Heaps of all threads, and all of the process. */
interface HostMemory {
  readonly heaps: number;
  readonly resident: number;
}

const folder = process.env['BENCH_FOLDER'] ?? '';
const count = Number(process.env['BENCH_COUNT']);
const perSecond = Number(process.env['BENCH_PER_SECOND']);
const warmUp = Number(process.env['BENCH_WARM_UP']);
/** A window has a lot to do when it opens. */
const settleMs = 10_000;
const longestMs = 5 * 60_000;

/** What VS Code calls. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<ExtensionApi>('lambda-destinations.lambda-destinations');
  if (!extension) throw new Error('The extension is not installed in this host.');
  const api = await extension.activate();
  await vscode.commands.executeCommand('lambdaDestinations.openRecords');
  await api.local.start();
  await delay(settleMs);
  const ready = JSON.parse(await readFile(process.env['FEEDER_READY_FILE'] ?? '', 'utf8')) as LocalReadyEvent;
  // What is loaded and compiled once, and caches, are no growth.
  await feedFrom(ready, warmUp, perSecond);
  await arrived(api, warmUp - 1);
  const before = await memory();

  const control = spawn(process.execPath, [join(folder, 'idleControl.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const controlSays = text(control.stdout);
  await once(control, 'spawn');
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 1_000 });
  await session.post('Profiler.start');
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await feedFrom(ready, count, perSecond);
  const begun = performance.now();
  await arrived(api, warmUp + count - 1);
  const behindMs = performance.now() - begun;
  delays.disable();
  control.stdin.end();
  const host = delays.percentile(99.9) / 1e6;
  // Before the profile, which is large, is taken out.
  const after = await memory();
  await writeFile(join(folder, 'profile.json'), JSON.stringify((await session.post('Profiler.stop')).profile));
  await session.post('Profiler.disable');
  session.disconnect();

  const measure: HostMeasure = {
    connectionId: api.connection.id,
    extensionPath: extension.extensionPath,
    delay: { host, control: Number(await controlSays) },
    memory: { before, after },
    behindMs,
  };
  await writeFile(join(folder, 'measure.json'), JSON.stringify(measure));
}

/** Resolves when the invocation of a number is over, as the store has it. Asks seldom, so as not to be a load itself. */
async function arrived(api: ExtensionApi, number: number): Promise<void> {
  const limit = performance.now() + longestMs;
  while (performance.now() < limit) {
    const row = (await api.invocations.get(fedRequestId(number)))?.row;
    if (row?.status === 'succeeded' || row?.status === 'failed') return;
    await delay(100);
  }
  throw new Error(`Invocation ${number} did not arrive.`);
}

async function memory(): Promise<HostMemory> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let inThreads = 0;
  for (let times = 0; times < 3; times++) {
    collect();
    inThreads = await heapsOfThreads();
    // What only finalizers let go of goes in the next turns.
    await delay(200);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heaps: heapUsed + external + inThreads, resident: rss };
}

/** Collects in the worker threads, of which the store's is one, and adds up what they use then. */
async function heapsOfThreads(): Promise<number> {
  const session = new Session();
  session.connect();
  const threads: string[] = [];
  const answered = new Map<number, (result: unknown) => void>();
  session.on('NodeWorker.attachedToWorker', ({ params }) => threads.push(params.sessionId));
  session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
    const { id, result } = JSON.parse(params.message) as { readonly id: number; readonly result: unknown };
    answered.get(id)?.(result);
  });
  await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  const ask = async (sessionId: string, method: string): Promise<unknown> => {
    const id = answered.size;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    answered.set(id, resolve);
    await session.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id, method }) });
    return promise;
  };
  let used = 0;
  for (const thread of threads) {
    await ask(thread, 'HeapProfiler.collectGarbage');
    used += ((await ask(thread, 'Runtime.getHeapUsage')) as { readonly usedSize: number }).usedSize;
  }
  await session.post('NodeWorker.disable');
  session.disconnect();
  return used;
}
