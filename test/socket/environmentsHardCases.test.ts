import assert from 'node:assert/strict';
import { eventually, processState, startHarness } from '../support/environmentsHarness.ts';
import type { Harness, Ran } from '../support/environmentsHarness.ts';
import { anyPython } from '../support/pythons.ts';
import { skip } from '../support/skip.ts';

/** The longest response that Lambda takes, in bytes (spec 6.2). */
const LIMIT = 6_291_556;

/** A handler that makes trouble, and what comes of it. Each logs the processes that there are by then. */
interface Case {
  readonly what: string;
  /** Body of an async handler; `start(detached)` starts a process that never ends by itself, `tell()` logs all. */
  readonly code: string;
  readonly status: Ran<unknown>['status'];
  /** What the attempt comes to. */
  readonly error?: RegExp;
  /** The environment is used up, and all of its processes are gone by themselves. */
  readonly over: boolean;
  check?(ran: Ran<unknown>, logged: readonly string[]): void;
}

const CASES: readonly Case[] = [
  {
    what: 'starts processes, in its group and out of it',
    code: `start(false); start(true); tell(); return 'left behind';`,
    status: 'success',
    over: false,
  },
  {
    what: 'starts processes and runs out of time',
    code: `start(false); start(true); tell(); await new Promise((r) => setTimeout(r, 60_000));`,
    status: 'timeout',
    error: /Task timed out after 1\.00 seconds/,
    over: true,
  },
  {
    what: 'starts processes and ends',
    code: `start(false); start(true); tell(); process.exit(3);`,
    status: 'exit',
    error: /exit status 3/,
    over: true,
  },
  {
    what: 'starts processes that hold its output open, and ends',
    code: `start(false, 'inherit'); start(true, 'inherit'); tell(); process.kill(process.pid, 'SIGKILL');`,
    status: 'exit',
    error: /signal: killed/,
    over: true,
  },
  {
    what: 'ignores SIGTERM and all else that it can, and never gives way',
    code: `for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => {}); tell(); for (;;);`,
    status: 'timeout',
    error: /Task timed out/,
    over: true,
  },
  {
    what: 'ignores SIGTERM, and has answered',
    code: `process.on('SIGTERM', () => {}); setInterval(() => {}, 10); tell(); return 'ignoring';`,
    status: 'success',
    over: false,
  },
  {
    what: 'floods standard output for as long as it may',
    code: `tell(); const line = 'x'.repeat(1000); for (;;) console.log(line);`,
    status: 'timeout',
    error: /Task timed out/,
    over: true,
    check: ({ messages }) => assert.ok(messages.length > 1_000, `${messages.length} lines`),
  },
  {
    what: 'lets another program write 8 MB without a newline to its output',
    code: `tell();
      require('node:child_process').execSync("head -c 8000000 /dev/zero | tr '\\\\0' y", { stdio: 'inherit' });
      return 'written';`,
    status: 'success',
    over: false,
    check: (_, logged) => assert.ok(logged.includes('y'.repeat(8_000_000))),
  },
  {
    what: 'writes bytes that are no text',
    code: `tell(); process.stdout.write(Buffer.from([0x61, 0xff, 0xfe, 0xc3, 0x28, 0x0a])); return 'written';`,
    status: 'success',
    over: false,
    check: ({ messages }) => assert.ok(messages.includes('a\uFFFD\uFFFD\uFFFD(\n'), JSON.stringify(messages)),
  },
  {
    what: 'closes its output',
    code: `tell(); for (const fd of [1, 2]) require('node:fs').closeSync(fd); return 'closed';`,
    status: 'success',
    over: false,
  },
  {
    what: 'answers as much as Lambda takes',
    code: `tell(); return 'z'.repeat(${LIMIT - 2});`,
    status: 'success',
    over: false,
    check: ({ payload }) => assert.equal(payload.byteLength, LIMIT),
  },
  {
    what: 'answers a byte more',
    code: `tell(); return 'z'.repeat(${LIMIT - 1});`,
    status: 'error',
    error: /Response payload size exceeded maximum allowed payload size/,
    over: false,
  },
  {
    what: 'answers half a character',
    code: `tell(); return '\\ud800';`,
    status: 'success',
    over: false,
    check: ({ text }) => assert.equal(text, '"\\ud800"'),
  },
  {
    what: 'runs out of memory',
    code: `tell(); const all = []; for (;;) all.push(new Array(1_000_000).fill(all.length));`,
    status: 'exit',
    error: /Runtime exited with error: signal: (?:aborted|killed|trace\/breakpoint trap)/,
    over: true,
  },
];

const handlerOf = (code: string): string => `
  const { spawn } = require('node:child_process');
  const pids = [process.pid];
  const start = (detached, stdio = 'ignore') => {
    const forever = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';
    pids.push(spawn(process.execPath, ['-e', forever], { stdio, detached }).pid);
  };
  const tell = () => console.log('processes', pids.join(' '));
  exports.handler = async () => { ${code} };`;

const PYTHON = `
import os
import signal
import sys
import time


def handler(event, context):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pids = [os.getpid()]
    for leaves in (False, True):
        child = os.fork()
        if child == 0:
            if leaves:
                os.setsid()
            while True:
                time.sleep(1)
        pids.append(child)
    print("processes", *pids)
    if "ends" in event:
        os._exit(4)
    if "lasts" in event:
        time.sleep(60)
    sys.stdout.buffer.write(b"a\\xff(\\n")
    return "left behind"
`;

/** The processes that a handler told of. */
function processesOf({ logged }: Harness): readonly number[] {
  const told = logged.find(({ message }) => /\bprocesses \d/.test(message))?.message ?? '';
  const [, pids = ''] = /processes ([\d ]+)/.exec(told) ?? [];
  const numbers = pids.split(' ').map(Number);
  assert.ok(numbers.length > 0 && numbers.every((pid) => pid > 1), `processes: ${pids}`);
  return numbers;
}

async function allGone(pids: readonly number[]): Promise<void> {
  for (const pid of pids) await eventually(async () => (await processState(pid)) === undefined);
}

describe('hard cases of handlers', function () {
  this.timeout(60_000);
  let harness: Harness;

  before(function () {
    if (process.platform !== 'linux') skip(this, 'Only Linux tells the state of processes, under /proc');
  });

  afterEach(() => harness.dispose());

  for (const { what, code, status, error, over, check } of CASES) {
    it(`a handler that ${what}: no process is left, and the next event is answered`, async () => {
      harness = await startHarness({ 'index.js': handlerOf(code), 'fine.js': `exports.handler = async () => 'fine';` });
      const memorySize = 128;
      const ran = await harness.run<unknown>(
        'index.handler',
        {},
        { definition: { timeout: over ? 1 : 20, memorySize } },
      );
      assert.equal(ran.status, status, ran.text.slice(0, 500));
      if (error !== undefined) assert.match(ran.text, error);
      check?.(
        ran,
        harness.logged.map(({ message }) => message),
      );
      const pids = processesOf(harness);
      if (over) await allGone(pids);
      assert.equal((await harness.run<unknown>('fine.handler')).json, 'fine');
      await harness.environments.dispose();
      await allGone(pids);
    });
  }

  for (const [what, event, status, over] of [
    ['forks, ignores SIGTERM and answers', {}, 'success', false],
    ['forks, ignores SIGTERM and runs out of time', { lasts: true }, 'timeout', true],
    ['forks, ignores SIGTERM and ends', { ends: true }, 'exit', true],
  ] as const) {
    it(`a handler in Python that ${what}: no process is left`, async function () {
      harness = await startHarness({ 'app.py': PYTHON }, { pythonPath: anyPython(this) });
      const ran = await harness.run<unknown>('app.handler', event, {
        definition: { runtime: 'python3.12', timeout: 2 },
      });
      assert.equal(ran.status, status, ran.text);
      const pids = processesOf(harness);
      assert.equal(pids.length, 3);
      if (over) await allGone(pids);
      else assert.ok(ran.messages.includes('a\uFFFD(\n'), JSON.stringify(ran.messages));
      await harness.environments.dispose();
      await allGone(pids);
    });
  }

  it('a runtime that answers bytes that are no text has them passed on as they are', async () => {
    const runtime = `
      const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/';
      for (;;) {
        const next = await fetch(base + 'next');
        await next.arrayBuffer();
        const id = next.headers.get('lambda-runtime-aws-request-id');
        await fetch(base + id + '/response', { method: 'POST', body: new Uint8Array([0x22, 0xff, 0xc3, 0x28, 0x22]) });
      }`;
    const runtimeCommands = { ruby: `"${process.execPath}" runtime.mjs` };
    harness = await startHarness({ 'runtime.mjs': runtime }, { runtimeCommands });
    const { status, payload } = await harness.run<unknown>('unused', {}, { definition: { runtime: 'ruby3.4' } });
    assert.equal(status, 'success');
    assert.deepEqual([...payload], [0x22, 0xff, 0xc3, 0x28, 0x22]);
  });

  it('environments that are idle end with what ignores SIGTERM in them', async () => {
    const code = `start(false); start(true); process.on('SIGTERM', () => {}); tell(); return 1;`;
    harness = await startHarness({ 'index.js': handlerOf(code) }, { idleMs: 1 });
    await harness.run<unknown>('index.handler', {}, { definition: { timeout: 20 } });
    await allGone(processesOf(harness));
  });
});
