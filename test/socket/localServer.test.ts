import assert from 'node:assert/strict';
import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findNode } from '../../src/connections/findNode.ts';
import { startLocalServer, type LocalServer, type LocalServerOptions } from '../../src/connections/localServer.ts';
import { UserFacingFailure } from '../../src/model/userFacingFailure.ts';
import type { LocalProjectEvent } from '../../src/protocol/localEvents.ts';
import { fakeLog } from '../support/panelFakes.ts';

const ready = {
  event: 'ready',
  endpoint: 'http://127.0.0.1:1',
  region: 'us-east-1',
  account: '000000000000',
  controlToken: 'token',
  timeScale: 60,
  temporaryData: false,
  pid: 1,
};

/** Code of a program that says this and lives until its input closes or it is asked to end. */
const says = (...values: readonly unknown[]): string =>
  `${values.map((value) => `console.log(${JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value))});`).join('\n')}
   process.stdin.on('end', () => process.exit(0)).resume();`;

describe('the process of local Lambda', () => {
  let folder: string;
  const log: string[] = [];
  const projects: LocalProjectEvent[] = [];
  let servers: LocalServer[];

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'local-server-')));
    log.length = 0;
    projects.length = 0;
    servers = [];
  });

  afterEach(async () => {
    for (const server of servers) await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (
    code: string,
    signal = new AbortController().signal,
    nodePath = process.execPath,
  ): Promise<LocalServer> => {
    const program = join(folder, 'local.mjs');
    await writeFile(program, code);
    const options: LocalServerOptions = {
      program: pathToFileURL(program),
      projectDir: folder,
      dataDir: join(folder, 'data dir'),
      settings: {
        'local.port': 4710,
        'local.timeScale': 60,
        'local.region': 'us-east-1',
        'local.account': '000000000000',
        'local.nodePath': nodePath,
        'local.pythonPath': '',
        'local.memoryLimit': false,
        'local.faults': {},
        'local.runtimeCommands': {
          java21: 'java -Dkey=secret Main',
          '': 'no name',
          'a=b': 'no name either',
          ruby: ' ',
        },
      },
      log: fakeLog(log),
      onProject: (event) => void projects.push(event),
    };
    const server = await startLocalServer(options, signal);
    servers.push(server);
    return server;
  };

  it('is started with the settings, and its lines are read', async () => {
    const project = { event: 'project', templates: ['template.yaml'], functions: ['a'], problems: [] };
    const server = await start(
      `console.log('not ours'); console.log(JSON.stringify({ event: 'log', level: 'info', message: process.argv.slice(2).join('|') }));
       ${says(project, ready)}`,
    );
    assert.deepEqual(server.ready, ready);
    assert.deepEqual(projects, [project]);
    assert.ok(
      log.includes(
        `info: local|--project|${folder}|--data|${join(folder, 'data dir')}|--port|4710|--time-scale|60|--region|us-east-1|--account|000000000000|--runtime-command=java21=java -Dkey=secret Main|--no-memory-limit|--json`,
      ),
      log.join('\n'),
    );
    assert.ok(log.some((line) => line.startsWith('info: starting') && line.includes('--runtime-command=java21=…')));
    assert.ok(log.includes('debug: not ours'));
  });

  it('fails with the words of its "failed" line', async () => {
    const failed = { event: 'failed', code: 'portInUse', message: 'Port 4710 is in use. Choose another.' };
    await assert.rejects(start(`${says(failed)} process.exitCode = 1;`), (error) => {
      assert.ok(UserFacingFailure.is(error, 'portInUse'));
      assert.equal(error.message, failed.message);
      return true;
    });
  });

  it('fails with its last complaints when it ends without a word', async () => {
    const code = `for (let line = 1; line <= 9; line++) console.error('complaint ' + line); process.exitCode = 7;`;
    await assert.rejects(start(code), (error) => {
      assert.ok(UserFacingFailure.is(error, 'exited'));
      assert.match(error.message, /exited with code 7\. It said: complaint 4\n.*complaint 9 /s);
      return true;
    });
    assert.ok(log.includes('warn: complaint 1'));
  });

  it('is ended when its start is given up', async () => {
    const controller = new AbortController();
    const code = `import { writeFileSync } from 'node:fs';
      process.on('SIGTERM', () => { writeFileSync(${JSON.stringify(join(folder, 'ended'))}, ''); process.exit(0); });
      console.log(JSON.stringify({ event: 'log', level: 'info', message: 'up' }));
      process.stdin.resume();`;
    const starting = start(code, controller.signal);
    // It is up once its line is in the log.
    const push = log.push.bind(log);
    log.push = (...lines) => {
      if (lines.some((line) => line.includes('info: up'))) controller.abort();
      return push(...lines);
    };
    await assert.rejects(starting, { name: 'AbortError' });
    log.push = push;
    assert.ok((await readdir(folder)).includes('ended'));
  });

  it('tells how it ended', async () => {
    const server = await start(`process.on('SIGTERM', () => process.exit(3)); ${says(ready)}`);
    await server.stop();
    assert.deepEqual(await server.ended, { why: 'it exited with code 3.', orderly: false });
  });

  it('is ended by force when it does not hear', async function () {
    this.timeout(20_000);
    const server = await start(`process.on('SIGTERM', () => undefined); ${says(ready)}`);
    await server.stop();
    assert.deepEqual(await server.ended, { why: 'it was ended by SIGKILL.', orderly: false });
  });

  it('needs a Node.js that is new enough, and says where it looked', async () => {
    const old = join(folder, 'old-node');
    await writeFile(old, '#!/bin/sh\necho v20.20.2\n', { mode: 0o755 });
    const own = { command: process.execPath, version: '22.22.0', isElectron: true };
    const tooOld = { ...own, version: '22.15.1' };
    assert.deepEqual(await findNode({ configured: '', onPath: old, own }), own);
    assert.equal((await findNode({ configured: process.execPath, onPath: old, own })).command, process.execPath);
    assert.equal((await findNode({ configured: '', onPath: process.execPath, own })).isElectron, false);
    await assert.rejects(findNode({ configured: '', onPath: old, own: tooOld }), (error) => {
      assert.ok(UserFacingFailure.is(error, 'nodeTooOld'));
      assert.match(error.message, /20\.20\.2.*22\.15\.1.*nodePath/);
      return true;
    });
    const none = join(folder, 'none');
    await assert.rejects(findNode({ configured: '', onPath: none, own: tooOld }), (error) =>
      UserFacingFailure.is(error, 'nodeMissing'),
    );
    await assert.rejects(findNode({ configured: old, own }), (error) => UserFacingFailure.is(error, 'nodeTooOld'));
    await assert.rejects(findNode({ configured: none, own }), (error) => UserFacingFailure.is(error, 'nodeMissing'));
  });
});
