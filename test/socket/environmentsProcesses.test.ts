import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ProcessGroups } from '../../src/local/environments/processGroups.ts';
import { processIdentity } from '../../src/local/environments/processIdentity.ts';
import { bootstrapDir, eventually, memoryLog, processState, startHarness } from '../support/environmentsHarness.ts';
import { skip } from '../support/skip.ts';
import type { Harness } from '../support/environmentsHarness.ts';

interface Ticks {
  readonly pid: number;
  readonly ticks: number;
}

interface Parent {
  readonly pid: number;
  readonly child: number;
  /** Has left the process group. */
  readonly stray: number;
}

const FILES = {
  'index.js': `
    let ticks = 0;
    exports.ticks = async () => {
      globalThis.timer ??= setInterval(() => ticks++, 1);
      await new Promise((r) => setTimeout(r, 20));
      return { pid: process.pid, ticks };
    };
    exports.slow = async ({ ms }) => { await new Promise((r) => setTimeout(r, ms)); return process.pid; };
    exports.parent = async () => {
      const { spawn } = require('node:child_process');
      const start = (detached) => spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached }).pid;
      return { pid: process.pid, child: start(false), stray: start(true) };
    };
    exports.parentExits = async () => { const pids = await exports.parent(); console.log('children', pids.child, pids.stray); process.exit(1); };
  `,
};

/** Waits until none of the processes is there. */
async function allGone(...pids: number[]): Promise<void> {
  for (const pid of pids) {
    assert.ok(pid > 1);
    await eventually(async () => (await processState(pid)) === undefined);
  }
}

/** Starts environments in a process of its own, runs a handler, prints its answer, and stays. */
const SERVER = `
  import { startHarness } from ${JSON.stringify(new URL('../support/environmentsHarness.ts', import.meta.url).href)};
  const [files, handler, options] = JSON.parse(process.argv[1]);
  const harness = await startHarness(files, options);
  console.log(JSON.stringify({ ...(await harness.run(handler)).json, dir: harness.dir }));
  setInterval(() => {}, 1000);
`;

/** The process that ends a harness's handlers: the one that knows its list. */
async function reaperOf({ dir }: Harness): Promise<number> {
  const list = join(dir, '../state', `environments-${process.pid}.txt`);
  for (const name of await readdir('/proc')) {
    const commandLine = /^\d+$/.test(name) ? await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '') : '';
    if (commandLine.split('\0').includes(list)) return Number(name);
  }
  return assert.fail('there is no reaper');
}

/** Runs `SERVER`; `line` is what its handler answered. */
async function startServer(
  handler: string,
  options = {},
): Promise<{ readonly server: ChildProcess; readonly line: string }> {
  const server = spawn(
    process.execPath,
    ['--input-type=module', '-e', SERVER, JSON.stringify([FILES, handler, options])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  return { server, line };
}

describe('processes of execution environments', function () {
  this.timeout(30_000);
  let harness: Harness;

  before(function () {
    if (process.platform !== 'linux') skip(this, 'Only Linux tells the state of processes, under /proc');
  });

  beforeEach(async () => {
    harness = await startHarness(FILES, { idleMs: 60_000 });
  });

  afterEach(() => harness.dispose());

  it('are frozen between events', async () => {
    const first = (await harness.run<Ticks>('index.ticks')).json;
    await eventually(async () => (await processState(first.pid)) === 'T');
    await harness.run<number>('index.slow', { ms: 1_000 }, { definition: { functionName: 'other' } });
    const second = (await harness.run<Ticks>('index.ticks')).json;
    assert.equal(second.pid, first.pid);
    assert.ok(second.ticks > first.ticks, 'it goes on');
    assert.ok(
      second.ticks - first.ticks < 500,
      `${second.ticks - first.ticks} ticks in 20 ms of running and a second of not`,
    );
  });

  it('are frozen a moment after the answer, not before', async () => {
    const pid = (await harness.run<number>('index.slow', { ms: 1 })).json;
    // At once, so that no timer can have fired.
    const [, state] = /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    assert.notEqual(state, 'T');
    await eventually(async () => (await processState(pid)) === 'T');
    assert.equal((await harness.run<number>('index.slow', { ms: 1 })).json, pid);
  });

  it('end with what they started: at dispose', async () => {
    const { pid, child, stray } = (await harness.run<Parent>('index.parent')).json;
    assert.equal(typeof (await processState(child)), 'string');
    await harness.environments.dispose();
    await allGone(pid, child, stray);
    await assert.rejects(harness.run<Parent>('index.parent'), /stopping/);
  });

  it('end with what they started: by themselves', async () => {
    const { messages } = await harness.run('index.parentExits');
    const [, child, stray] = /children (\d+) (\d+)/.exec(messages.join('')) ?? [];
    await allGone(Number(child), Number(stray));
  });

  it('end when the server is killed', async () => {
    const { server, line } = await startServer('index.parent');
    const { pid, child, stray, dir } = JSON.parse(line) as Parent & { readonly dir: string };
    await eventually(async () => (await processState(pid)) === 'T');
    server.kill('SIGKILL');
    await allGone(pid, child, stray);
    await eventually(async () => (await readdir(join(dir, '../state'))).length === 0);
    await rm(join(dir, '..'), { recursive: true });
  });

  it('end when the server is killed before the process that ends them was there', async () => {
    const bootstraps = join(harness.dir, '../bootstrap');
    await cp(bootstrapDir, bootstraps, { recursive: true });
    await writeFile(join(bootstraps, 'reaper.mjs'), 'process.stdin.resume();');
    const { server, line } = await startServer('index.ticks', { bootstrapDir: bootstraps });
    const { pid, dir } = JSON.parse(line) as Ticks & { readonly dir: string };
    server.kill('SIGKILL');
    await allGone(pid);
    await rm(join(dir, '..'), { recursive: true });
  });

  it('run on while the process that would end them is gone, and are frozen again with the next', async () => {
    const { pid } = (await harness.run<Ticks>('index.ticks')).json;
    await eventually(async () => (await processState(pid)) === 'T');
    process.kill(await reaperOf(harness), 'SIGKILL');
    await eventually(async () => (await processState(pid)) !== 'T');
    await harness.run<number>('index.slow', { ms: 1 }, { definition: { functionName: 'other' } });
    await eventually(async () => (await processState(pid)) === 'T');
  });

  it('run on Electron as on Node, and keep that from handlers', async () => {
    const nodePath = join(harness.dir, '../code-oss');
    const script = `#!/bin/sh\n[ "$ELECTRON_RUN_AS_NODE" = 1 ] || exit 99\nexec "${process.execPath}" "$@"\n`;
    await writeFile(nodePath, script, { mode: 0o755 });
    const electron = await startHarness({ 'index.js': 'exports.handler = async () => process.env' }, { nodePath });
    try {
      const { status, json } = await electron.run<Record<string, string>>('index.handler');
      assert.equal(status, 'success');
      assert.ok(!('ELECTRON_RUN_AS_NODE' in json));
    } finally {
      await electron.dispose();
    }
  });

  it('end after a while without events', async () => {
    const brief = await startHarness(FILES, { idleMs: 1 });
    try {
      const pid = (await brief.run<number>('index.slow', { ms: 1 })).json;
      await eventually(async () => (await processState(pid)) === undefined);
    } finally {
      await brief.dispose();
    }
  });

  it('start so many at a time, and those that wait take what becomes free', async () => {
    const few = await startHarness(FILES, { maxStarts: 2 });
    try {
      const pids = await Promise.all(
        Array.from({ length: 12 }, async () => (await few.run<number>('index.slow', { ms: 1 })).json),
      );
      assert.ok(new Set(pids).size < 12, `${new Set(pids).size} processes for 12 events`);
    } finally {
      await few.dispose();
    }
  });

  it('do not start any more when everything ends, also those that wait for their turn', async () => {
    const one = await startHarness(FILES, { maxStarts: 1 });
    const runs = Array.from({ length: 3 }, () => one.run<number>('index.slow', { ms: 5_000 }));
    const settled = Promise.allSettled(runs);
    await eventually(() => one.logged.some(({ message }) => message.startsWith('START')));
    await one.dispose();
    assert.deepEqual(
      (await settled).map(({ status }) => status),
      ['rejected', 'rejected', 'rejected'],
    );
  });

  it('are kept up to a number, those used last', async () => {
    const two = await startHarness(FILES, { maxIdle: 2 });
    try {
      const pids: number[] = [];
      for (const functionName of ['a', 'b', 'c']) {
        pids.push((await two.run<number>('index.slow', { ms: 1 }, { definition: { functionName } })).json);
      }
      const [first = 0, ...others] = pids;
      await eventually(async () => (await processState(first)) === undefined);
      for (const pid of others) assert.equal(typeof (await processState(pid)), 'string');
    } finally {
      await two.dispose();
    }
  });

  it('let running attempts end within the grace, and no longer', async () => {
    const ends = harness.run<number>('index.slow', { ms: 200 });
    const lasts = harness.run<number>(
      'index.slow',
      { ms: 20_000 },
      { definition: { functionName: 'other', timeout: 30 } },
    );
    const rejected = assert.rejects(lasts, /stopped before the attempt ended/);
    await eventually(() => harness.logged.filter(({ message }) => message.startsWith('START')).length === 2);
    await harness.environments.dispose(1_000);
    assert.equal((await ends).status, 'success');
    await rejected;
  });

  it('of a server that is gone are swept, those of others are not', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'sweep-'));
    const start = (): number => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
      child.unref();
      return child.pid ?? 0;
    };
    const [left, reused, others] = [start(), start(), start()];
    const gone = `99999999 ${await processIdentity(process.pid)}`;
    const identity = String(await processIdentity(left));
    await writeFile(
      join(stateDir, 'environments-99999999.txt'),
      `${gone}\n${left} ${identity}\n${reused} ${identity}9\n`,
    );
    const own = `${process.pid} ${await processIdentity(process.pid)}`;
    await writeFile(
      join(stateDir, `environments-${process.pid}1.txt`),
      `${own}\n${others} ${await processIdentity(others)}\n`,
    );
    const log = memoryLog();
    const options = {
      nodePath: process.execPath,
      nodeVariables: {},
      reaperFile: join(bootstrapDir, 'reaper.mjs'),
      stateDir,
      log,
    };
    const groups = await ProcessGroups.open(options);
    try {
      await eventually(async () => (await processState(left)) === undefined);
      assert.equal(typeof (await processState(reused)), 'string');
      assert.equal(typeof (await processState(others)), 'string');
      assert.deepEqual(await readdir(stateDir), [`environments-${process.pid}1.txt`]);
      assert.match(log.messages.join(), new RegExp(`Ending handler process ${left}`));
    } finally {
      process.kill(reused, 'SIGKILL');
      process.kill(others, 'SIGKILL');
      await groups.dispose();
      await rm(stateDir, { recursive: true });
    }
  });
});
