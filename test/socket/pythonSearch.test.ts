import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PythonFinder } from '../../src/local/environments/pythonFinder.ts';
import { functionDefinition, memoryLog, startHarness } from '../support/environmentsHarness.ts';
import type { Harness } from '../support/environmentsHarness.ts';
import { anyPython, pythonOf } from '../support/pythons.ts';
import { skip } from '../support/skip.ts';

const FILES = {
  'app.py': 'import sys\ndef handler(event, context):\n    return [sys.executable, sys.prefix]\n',
  'sdk.py': 'import boto3\ndef handler(event, context):\n    return boto3.__version__\n',
};
const python312 = { definition: { runtime: 'python3.12' } };
/** No PATH that Python is on, no home with pyenv. */
const nothing = { PATH: '/nowhere', HOME: '/nowhere' };

describe('the Python for a function', function () {
  this.timeout(30_000);
  const harnesses: Harness[] = [];

  async function start(options: Parameters<typeof startHarness>[1], files = FILES): Promise<Harness> {
    const harness = await startHarness(files, options);
    harnesses.push(harness);
    return harness;
  }

  afterEach(async () => {
    for (const harness of harnesses.splice(0)) await harness.dispose();
  });

  it('that is not there is a function error that says what to do; installed meanwhile, it is used', async function () {
    const python = anyPython(this);
    const harness = await start({ parent: nothing });
    const projectDir = harness.dir;
    const missing = await harness.run('app.handler', {}, python312);
    assert.equal(missing.status, 'error');
    assert.equal(missing.json.errorType, 'Runtime.InvalidEntrypoint');
    assert.match(
      missing.json.errorMessage,
      /This function runs on Python 3\.12, and no Python was found: .* Install Python 3\.12 .*lambdaDestinations\.local\.pythonPath/,
    );
    assert.ok(
      missing.messages.some((message) => message.includes('no Python was found')),
      'its log says it, too',
    );
    assert.match(missing.messages.at(-1) ?? '', /Status: error\tError Type: Runtime\.InvalidEntrypoint\n$/);

    await mkdir(join(projectDir, '.venv', 'bin'), { recursive: true });
    await symlink(python, join(projectDir, '.venv', 'bin', 'python'));
    assert.equal((await harness.run('app.handler', {}, python312)).status, 'success');
  });

  it('of a setting that points nowhere', async () => {
    const harness = await start({ pythonPath: '/nowhere/python' });
    const { json } = await harness.run('app.handler', {}, python312);
    assert.match(
      json.errorMessage,
      /local\.pythonPath \(--python without VS Code\) names no Python that runs: "\/nowhere\/python"\. Correct it/,
    );
  });

  it('that is too old', async function () {
    const old = pythonOf('3.7') ?? skip(this, 'there is no Python 3.7 on this machine');
    const set = await start({ pythonPath: old });
    const { json } = await set.run('app.handler', {}, python312);
    assert.match(
      json.errorMessage,
      /needs Python 3\.8 or newer, and the setting .*pythonPath \(--python without VS Code\) names 3\.7\.\d+/,
    );
    const harness = await start({ parent: nothing });
    await mkdir(join(harness.dir, 'venv', 'bin'), { recursive: true });
    await symlink(old, join(harness.dir, 'venv', 'bin', 'python'));
    const found = await harness.run('app.handler', {}, python312);
    assert.match(
      found.json.errorMessage,
      /only Python 3\.7\.\d+ was found \(.*\), which is too old\. Install Python 3\.12/,
    );
  });

  it('of another version runs it all the same, and the log says so once', async function () {
    const other = pythonOf('3.11') ?? pythonOf('3.13') ?? skip(this, 'there is no Python 3.11 or 3.13 on this machine');
    const harness = await start({ pythonPath: other });
    for (const runtime of ['python3.9', 'python3.9']) {
      const { status } = await harness.run('app.handler', {}, { definition: { runtime } });
      assert.equal(status, 'success');
    }
    const told = harness.log.messages.filter((message) => message.includes('declares Python'));
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0] ?? '', /^"orders" declares Python 3\.9, and Python 3\.1[13]\.\d+ runs it here: .*python/);
  });

  it('is the declared version in pyenv, also where pyenv has another one switched on', async function () {
    const python = pythonOf('3.9') ?? skip(this, 'there is no Python 3.9 on this machine');
    if (!python.includes('versions')) skip(this, 'Python 3.9 is not in pyenv');
    const finder = new PythonFinder({
      configured: '',
      projectDir: undefined,
      parent: { PATH: process.env['PATH'], HOME: process.env['HOME'], PYENV_ROOT: process.env['PYENV_ROOT'] },
      log: memoryLog(),
    });
    const found = await finder.find({ ...functionDefinition('/nowhere', 'app.handler'), runtime: 'python3.9' });
    assert.ok('version' in found, JSON.stringify(found));
    assert.deepEqual(found.version.slice(0, 2), [3, 9]);
  });

  it('is looked for once for many cold starts at a time, and again when it has gone', async function () {
    if (process.platform === 'win32') skip(this, 'a shell script stands for Python');
    const python = anyPython(this);
    const harness = await start({});
    const [script, count, link] = ['python.sh', 'count', 'python'].map((name) => join(harness.dir, name));
    assert.ok(script !== undefined && count !== undefined && link !== undefined);
    await symlink(python, link);
    await writeFile(script, `#!/bin/sh\necho run >> ${count}\nexec ${link} "$@"\n`, { mode: 0o755 });
    const finder = new PythonFinder({
      configured: script,
      projectDir: undefined,
      parent: process.env,
      log: memoryLog(),
    });
    const definition = { ...functionDefinition(harness.dir, 'app.handler'), runtime: 'python3.12' };
    const runs = async (): Promise<number> => (await readFile(count, 'utf8')).split('\n').length - 1;
    const found = await Promise.all([1, 2, 3, 4].map(() => finder.find(definition)));
    assert.ok(found.every((one) => 'command' in one));
    assert.equal(await runs(), 1);
    await rm(link);
    assert.ok('why' in (await finder.find(definition)));
    await symlink(python, link);
    assert.ok('command' in (await finder.find(definition)));
    assert.equal(await runs(), 3);
  });

  it('is the one of the project’s virtual environment, and its packages are there', async function () {
    const python = anyPython(this);
    const harness = await start({ parent: process.env });
    const folder = join(harness.dir, '.venv');
    execFileSync(python, ['-m', 'venv', '--without-pip', folder]);
    const found = execFileSync(join(folder, 'bin', 'python'), [
      '-c',
      'import sysconfig; print(sysconfig.get_path("purelib"))',
    ]);
    await writeFile(join(found.toString().trim(), 'boto3.py'), '__version__ = "of the project"\n');
    const { json } = await harness.run<string[]>('app.handler', {}, python312);
    assert.equal(basename(json[1] ?? ''), '.venv');
    assert.equal((await harness.run('sdk.handler', {}, python312)).text, '"of the project"');
  });

  it('is another one where that of a virtual environment does not run, and the log says so once', async function () {
    if (process.platform === 'win32') skip(this, 'a shell script stands for Python');
    anyPython(this);
    const harness = await start({});
    const folder = join(harness.dir, '.venv', 'bin');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'python'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const log = memoryLog();
    const finder = new PythonFinder({ configured: '', projectDir: harness.dir, parent: process.env, log });
    for (const version of ['3.11', '3.12']) {
      const definition = { ...functionDefinition(harness.dir, 'app.handler'), runtime: `python${version}` };
      assert.ok('command' in (await finder.find(definition)));
    }
    const told = log.messages.filter((message) => message.includes('does not run'));
    assert.equal(told.length, 1);
    assert.ok(told[0]?.includes(join(folder, 'python')), told[0]);
  });

  it('is found whatever it prints by itself', async function () {
    if (process.platform === 'win32') skip(this, 'a shell script stands for Python');
    const python = anyPython(this);
    const harness = await start({});
    const script = join(harness.dir, 'noisy.sh');
    await writeFile(script, `#!/bin/sh\necho hello\nexec ${python} "$@"\n`, { mode: 0o755 });
    const finder = new PythonFinder({
      ...{ configured: script, projectDir: undefined, parent: process.env },
      log: memoryLog(),
    });
    const found = await finder.find({ ...functionDefinition(harness.dir, 'app.handler'), runtime: 'python3.12' });
    assert.ok('command' in found && found.command.startsWith('/'), JSON.stringify(found));
  });

  it('that has no boto3: the message names the command that installs it for that very Python', async function () {
    const python = anyPython(this);
    const harness = await start({ parent: process.env });
    const folder = join(harness.dir, '.venv');
    execFileSync(python, ['-m', 'venv', '--without-pip', folder]);
    const { json, status } = await harness.run('sdk.handler', {}, python312);
    assert.equal(status, 'error');
    assert.equal(
      json.errorMessage,
      "Unable to import module 'sdk': No module named 'boto3'\n" +
        "On AWS the runtime provides 'boto3'; locally it comes from your project. " +
        `Run: ${folder}/bin/python -m pip install boto3`,
    );
  });
});
