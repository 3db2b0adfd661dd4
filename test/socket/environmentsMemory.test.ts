import assert from 'node:assert/strict';
import { join } from 'node:path';
import { bootstrapDir, processState, startHarness } from '../support/environmentsHarness.ts';
import type { Harness } from '../support/environmentsHarness.ts';
import { anyPython } from '../support/pythons.ts';
import { skip } from '../support/skip.ts';

const FILES = {
  'index.js': `
    const held = [];
    const hold = (mb) => { for (let i = 0; i < mb; i++) held.push(Buffer.alloc(1024 * 1024, 1)); };
    exports.hold = async ({ mb, ms = 60_000 }) => {
      console.log(process.pid);
      hold(mb);
      await new Promise((resolve) => setTimeout(resolve, ms));
      held.length = 0;
      return process.pid;
    };
    exports.pid = async () => process.pid;`,
  'greedy.js': `
    exports.held = Array.from({ length: 200 }, () => Buffer.alloc(1024 * 1024, 1));
    const until = Date.now() + 60_000;
    while (Date.now() < until);
    exports.handler = async () => 1;`,
  'app.py': `
import time
def hold(event, context):
    held = bytearray(event["mb"] * 1024 * 1024)
    for at in range(0, len(held), 4096):
        held[at] = 1
    time.sleep(60)
`,
};

const KILLED =
  /"errorType":"Runtime\.ExitError","errorMessage":"RequestId: \S+ Error: Runtime exited with error: signal: killed"/;

describe('a function that takes more memory than it has', function () {
  this.timeout(60_000);
  let harness: Harness;

  before(function () {
    if (process.platform !== 'linux') skip(this, 'only Linux tells what memory a process holds');
  });

  beforeEach(async function () {
    harness = await startHarness(FILES, { pythonPath: anyPython(this) });
  });

  afterEach(() => harness.dispose());

  it('is killed, and REPORT says why', async () => {
    const before = (await harness.run<number>('index.pid')).json;
    const ran = await harness.run('index.hold', { mb: 200 }, { definition: { timeout: 30 } });
    assert.equal(ran.status, 'exit');
    assert.match(ran.text, KILLED);
    const log = ran.messages.join('');
    assert.match(log, /^RequestId: \S+ Error: Runtime exited with error: signal: killed$/m);
    assert.match(
      log,
      /Memory Size: 128 MB\tMax Memory Used: 128 MB\t.*Status: error\tError Type: Runtime\.OutOfMemory/,
    );
    const pid = Number(/^.*INFO\t(\d+)$/m.exec(log)?.[1]);
    assert.equal(await processState(pid), undefined);
    assert.notEqual(pid, before);
    const next = await harness.run<number>('index.hold', { mb: 1, ms: 0 }, { definition: { timeout: 30 } });
    assert.equal(next.status, 'success');
    assert.notEqual(next.json, pid);
  });

  it('is killed in Python, too', async () => {
    const definition = { runtime: 'python3.12', timeout: 30 };
    assert.match((await harness.run('app.hold', { mb: 200 }, { definition })).text, KILLED);
  });

  it('is killed at its init', async () => {
    const ran = await harness.run('greedy.handler', {}, { definition: { timeout: 30 } });
    assert.match(ran.text, KILLED);
    assert.match(ran.messages.join(''), /INIT_REPORT .*Phase: init\tStatus: error\tError Type: Runtime\.OutOfMemory/);
  });

  it('is left alone below its size, and where memory is not limited', async () => {
    const enough = { definition: { memorySize: 512, timeout: 30 } };
    assert.equal((await harness.run('index.hold', { mb: 200, ms: 500 }, enough)).status, 'success');
    await harness.dispose();
    harness = await startHarness(FILES, { memoryLimit: false });
    assert.equal((await harness.run('index.hold', { mb: 200, ms: 500 })).status, 'success');
  });

  it('is left alone when a command of the person’s starts it', async () => {
    await harness.dispose();
    const command = `exec "${process.execPath}" "${join(bootstrapDir, 'node.mjs')}"`;
    harness = await startHarness(FILES, { runtimeCommands: { orders: command } });
    assert.equal((await harness.run('index.hold', { mb: 200, ms: 500 })).status, 'success');
  });

  it('does so under load, each event for itself', async () => {
    const options = { definition: { timeout: 30 } };
    const greedy = harness.run('index.hold', { mb: 200 }, options);
    const modest = Array.from({ length: 4 }, () => harness.run('index.hold', { mb: 20, ms: 300 }, options));
    assert.deepEqual(
      (await Promise.all([greedy, ...modest])).map(({ status }) => status),
      ['exit', 'success', 'success', 'success', 'success'],
    );
  });
});
