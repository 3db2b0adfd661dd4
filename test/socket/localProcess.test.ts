import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { bundles } from '../../esbuild.mjs';
import type { LocalStatus } from '../../src/protocol/localApi.ts';
import type { LocalReadyEvent } from '../../src/protocol/localEvents.ts';
import { rawRequest, streamLines, writeFiles } from '../support/localLambda.ts';
import { runCommandLine, startLocalProcess, type LocalProcess } from '../support/localProcess.ts';
import { skip } from '../support/skip.ts';

const project: Readonly<Record<string, string>> = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: fn, Runtime: nodejs22.x, Handler: fn.handler, Timeout: 60 }
`,
  'fn.mjs': `
import { setTimeout as delay } from 'node:timers/promises';
export const handler = async ({ waitMs = 0, fail }) => {
  if (fail) throw new Error('as asked');
  await delay(waitMs);
  return 'done';
};
`,
};

describe('the process of local Lambda', () => {
  let folder: string;
  let projectDir: string;
  let dataDir: string;
  let temporary: string;
  const processes: LocalProcess[] = [];

  function start(...args: string[]): LocalProcess {
    const started = startLocalProcess(['--project', projectDir, ...args], { TMPDIR: temporary, TEMP: temporary });
    processes.push(started);
    return started;
  }

  async function send({ endpoint }: LocalReadyEvent, payload: unknown): Promise<string> {
    const client = new LambdaClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { $metadata } = await client.send(
      new InvokeCommand({ FunctionName: 'fn', InvocationType: 'Event', Payload: Buffer.from(JSON.stringify(payload)) }),
    );
    client.destroy();
    return $metadata.requestId ?? '';
  }

  async function status({ endpoint, controlToken }: LocalReadyEvent): Promise<LocalStatus> {
    const headers = { authorization: `Bearer ${controlToken}` };
    const { body } = await rawRequest(endpoint, { path: '/_local/v1/status', headers });
    return JSON.parse(body) as LocalStatus;
  }

  /** Resolves when the stream tells a piece of that kind. */
  async function told({ endpoint, controlToken }: LocalReadyEvent, kind: string, requestId: string): Promise<void> {
    for await (const line of streamLines(endpoint, controlToken)) {
      if (!('cursor' in line)) continue;
      const { piece } = line;
      if (piece.kind === kind && 'requestId' in piece && piece.requestId === requestId) return;
    }
    assert.fail(`the stream ended before ${kind}`);
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lambda-destinations-test-'));
    projectDir = join(folder, 'project');
    dataDir = join(folder, 'data');
    temporary = join(folder, 'tmp');
    await writeFiles(projectDir, project);
    await writeFiles(temporary, { keep: '' });
  });

  afterEach(async () => {
    for (const { child, ended } of processes.splice(0)) {
      child.kill('SIGKILL');
      await ended();
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('tells where it is, then what it found', async () => {
    const local = start('--region', 'eu-west-1', '--account', '123456789012', '--time-scale', '60');
    const ready = await local.ready();
    assert.match(ready.endpoint, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.deepEqual(
      { ...ready, endpoint: '', controlToken: '' },
      {
        event: 'ready',
        endpoint: '',
        controlToken: '',
        region: 'eu-west-1',
        account: '123456789012',
        timeScale: 60,
        projectDir,
        temporaryData: true,
        pid: local.child.pid,
      },
    );
    assert.ok(ready.controlToken.length >= 32);
    assert.deepEqual(await local.nextEvent(), {
      event: 'project',
      templates: [join(projectDir, 'template.yaml')],
      functions: ['fn'],
      problems: [],
    });
    assert.equal((await status(ready)).pid, local.child.pid);
  });

  it('ends with SIGTERM, and its temporary data with it', async function () {
    if (process.platform === 'win32') skip(this, 'Windows has no SIGTERM: a process ends at once');
    const local = start();
    await local.ready();
    assert.equal((await readdir(temporary)).length, 2);
    local.child.kill('SIGTERM');
    assert.equal(await local.ended(), 0);
    assert.deepEqual(await readdir(temporary), ['keep']);
    assert.equal(await local.stderr(), '');
  });

  it('ends when its standard input is closed', async () => {
    const local = start();
    await local.ready();
    local.child.stdin.end();
    assert.equal(await local.ended(), 0);
  });

  it('waits for a running attempt when it is told to end, and leaves the rest on disk', async () => {
    const local = start('--data', dataDir);
    const ready = await local.ready();
    const waits = await send(ready, { fail: true });
    await told(ready, 'wait', waits);
    const runs = await send(ready, { waitMs: 500 });
    await told(ready, 'attemptStarted', runs);
    local.child.stdin.end();
    assert.equal(await local.ended(), 0);

    const next = start('--data', dataDir);
    const again = await next.ready();
    assert.notEqual(again.controlToken, ready.controlToken);
    await told(again, 'outcome', runs);
    assert.deepEqual([(await status(again)).queued, (await status(again)).running], [1, 0]);
  });

  it('loses nothing that it accepted when it is killed', async () => {
    const local = start('--data', dataDir);
    const ready = await local.ready();
    const runs = await send(ready, { waitMs: 60_000 });
    const waits = await send(ready, { fail: true });
    await told(ready, 'wait', waits);
    local.child.kill('SIGKILL');
    await local.ended();

    const again = await start('--data', dataDir).ready();
    await told(again, 'accepted', runs);
    const { queued, running } = await status(again);
    assert.equal(queued + running, 2);
  });

  it('has one server a data folder: a second one attaches, and ends with the first', async () => {
    const first = start('--data', dataDir);
    const owner = await first.ready();
    if (process.platform !== 'win32') {
      assert.equal((await stat(join(dataDir, 'local-lambda.lock'))).mode & 0o777, 0o600);
    }
    const second = start('--data', dataDir);
    assert.deepEqual(await second.ready(), owner);
    const third = start('--data', dataDir);
    assert.deepEqual(await third.ready(), owner);
    third.child.stdin.end();
    assert.equal(await third.ended(), 0);
    assert.equal((await status(owner)).pid, first.child.pid);

    first.child.kill('SIGKILL');
    assert.equal(await second.ended(), 0);
    const next = start('--data', dataDir);
    assert.equal((await next.ready()).pid, next.child.pid);
  });

  it('attached to that of another project, says whose functions run', async () => {
    const first = start('--data', dataDir);
    const owner = await first.ready();
    const other = start('--data', dataDir, '--project', temporary);
    assert.deepEqual(await other.ready(), owner);
    assert.deepEqual(await other.nextEvent(), {
      event: 'log',
      level: 'warn',
      message:
        `Local Lambda already runs on this data folder for another project, ${projectDir}: its functions run, ` +
        `not those of ${temporary}. Give each project a --data of its own.`,
    });
  });

  it('does not attach to one that is about to end, but follows it', async () => {
    const first = start('--data', dataDir);
    const owner = await first.ready();
    const runs = await send(owner, { waitMs: 1_000 });
    await told(owner, 'attemptStarted', runs);
    first.child.stdin.end();
    const second = start('--data', dataDir);
    const ready = await second.ready();
    assert.equal(ready.pid, second.child.pid);
    assert.equal(await first.ended(), 0);
    await told(ready, 'outcome', runs);
  });

  it('removes temporary data that a killed one has left, and nobody else’s', async () => {
    const killed = start();
    await killed.ready();
    const living = start();
    await living.ready();
    const left = (await readdir(temporary)).filter((name) => name.startsWith('lambda-destinations-local-'));
    assert.equal(left.length, 2);
    killed.child.kill('SIGKILL');
    await killed.ended();
    await writeFiles(temporary, { 'lambda-destinations-local-foreign/file': '' });
    const next = start();
    await next.ready();
    await access(join(temporary, 'lambda-destinations-local-foreign', 'file'));
    const now = await readdir(temporary);
    assert.equal(left.filter((name) => now.includes(name)).length, 1);
  });

  it('says that its port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const local = start('--port', String(port), '--data', dataDir);
    const event = await local.nextEvent();
    assert.deepEqual(event, {
      event: 'failed',
      code: 'portInUse',
      message: `Port ${port} is in use by another process, so local Lambda can't listen there. Choose another port, or 0 for any free one.`,
    });
    assert.equal(await local.ended(), 1);
    other.close();
    assert.equal((await start('--port', String(port), '--data', dataDir).ready()).endpoint, `http://127.0.0.1:${port}`);
  });

  it('says that there is no such project', async () => {
    const local = startLocalProcess(['--project', join(folder, 'none')]);
    processes.push(local);
    const event = await local.nextEvent();
    assert.ok(event?.event === 'failed' && event.code === 'projectMissing', JSON.stringify(event));
    assert.equal(await local.ended(), 1);
  });

  it('starts on a template that does not parse, and says what is wrong', async () => {
    await writeFiles(projectDir, { 'template.yaml': 'Resources: [' });
    const local = start();
    await local.ready();
    const event = await local.nextEvent();
    assert.ok(event?.event === 'project');
    assert.deepEqual(event.functions, []);
    assert.match(event.problems[0]?.message ?? '', /YAML/);
  });

  it('says which Node it needs when it is run by an older one', async () => {
    const older = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "22.15.9" } })';
    const nodeArguments = ['--import', `data:text/javascript,${encodeURIComponent(older)}`];
    const local = startLocalProcess(['--project', projectDir], {}, { nodeArguments });
    processes.push(local);
    assert.deepEqual(await local.nextEvent(), {
      event: 'failed',
      code: 'nodeTooOld',
      message: 'Local Lambda needs Node.js 22.16 or newer, and this is 22.15.9.',
    });
    assert.equal(await local.ended(), 1);
  });

  it('runs from its bundle, too', async () => {
    const outdir = join(folder, 'dist');
    await build({ ...bundles({ production: true }).local, outdir });
    const bootstrap = join(import.meta.dirname, '..', '..', 'src', 'local', 'environments', 'bootstrap');
    await cp(bootstrap, join(outdir, 'bootstrap'), { recursive: true });
    const local = startLocalProcess(
      ['--project', projectDir, '--data', dataDir],
      {},
      {
        program: join(outdir, 'local.mjs'),
      },
    );
    processes.push(local);
    const ready = await local.ready();
    await told(ready, 'outcome', await send(ready, {}));
  });

  describe('for people', () => {
    it('prints help and version', async () => {
      const help = await runCommandLine(['--help']);
      assert.equal(help.code, 0);
      assert.match(help.stdout, /lambda-destinations local --project DIR/);
      const version = await runCommandLine(['--version']);
      assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    });

    it('says in one sentence what is wrong with the arguments', async () => {
      const { code, stdout, stderr } = await runCommandLine(['local', '--project', projectDir, '--port', 'many']);
      assert.equal(code, 1);
      assert.equal(stdout, '');
      assert.equal(stderr, '--port is a number from 0 to 65535, not "many". See --help.\n');
    });

    it('prints the endpoint, what to export, and that the data are temporary', async function () {
      if (process.platform === 'win32') skip(this, 'Windows has no SIGINT for other processes');
      const main = join(import.meta.dirname, '..', '..', 'src', 'local', 'main.ts');
      const child = spawn(process.execPath, [main, 'local', '--project', projectDir], {
        env: { ...process.env, TMPDIR: temporary, TEMP: temporary },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let printed = '';
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        printed += chunk.toString();
        if (printed.includes('Functions: fn\n')) break;
      }
      child.kill('SIGINT');
      assert.deepEqual(await once(child, 'exit'), [0, null]);
      assert.match(printed, /^Local Lambda listens on http:\/\/127\.0\.0\.1:\d+\n/);
      assert.match(printed, /export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+\n/);
      assert.match(printed, /The data are temporary/);
    });
  });
});
