import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { CodeStore } from '../../../../src/local/functions/codeStore.ts';
import { deploymentPackage } from '../../../support/deploymentPackage.ts';
import { writeFiles } from '../../../support/localLambda.ts';
import { skip } from '../../../support/skip.ts';

const archive = deploymentPackage([{ path: 'lib/app.mjs', text: '1' }]);

describe('the code store', () => {
  let folder: string;
  let data: string;
  let code: string;
  let store: CodeStore;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'lambda-destinations-test-')));
    data = join(folder, 'data');
    code = join(folder, 'project', 'code');
    await mkdir(data);
    store = new CodeStore(join(data, 'functions'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const files = async (dir: string): Promise<readonly string[]> =>
    (await readdir(dir, { recursive: true })).map((name) => name.replaceAll(sep, '/')).toSorted();

  it('copies a project with local Lambda’s own folder in it', async () => {
    await writeFiles(code, { 'app.mjs': '1', 'lib/a.js': '2', '.local/local-lambda.sqlite': 'db', '.git/HEAD': '' });
    const own = join(code, '.local');
    const frozen = await new CodeStore(join(own, 'functions')).freeze(code, own);
    assert.deepEqual(await files(frozen), ['app.mjs', 'lib', 'lib/a.js']);
    await writeFiles(code, { 'app.mjs': 'changed' });
    assert.equal(await readFile(join(frozen, 'app.mjs'), 'utf8'), '1');
  });

  it('gives a copy what its code finds above it in the project', async () => {
    await writeFiles(join(folder, 'project'), {
      'package.json': '{"type":"module"}',
      'tsconfig.json': '{"compilerOptions":{}}',
      'node_modules/pack/index.js': 'pack',
    });
    await writeFiles(code, { 'app.js': '1' });
    const beside = join(await store.freeze(code, data), '..');
    assert.equal(await readFile(join(beside, 'package.json'), 'utf8'), '{"type":"module"}');
    assert.equal(await readFile(join(beside, 'node_modules', 'pack', 'index.js'), 'utf8'), 'pack');
    assert.deepEqual(JSON.parse(await readFile(join(beside, 'tsconfig.json'), 'utf8')), {
      extends: join(folder, 'project', 'tsconfig.json'),
    });
  });

  it('links installed packages, and leaves out what is no file', async function () {
    if (process.platform === 'win32') skip(this, 'Windows has no file modes, and links need a right of their own');
    await writeFiles(code, { 'app.py': '1', 'node_modules/p/index.js': '', '.venv/bin/python': '', secret: '' });
    await writeFiles(folder, { 'outside.txt': 'far' });
    await chmod(join(code, 'secret'), 0);
    await symlink('app.py', join(code, 'same.py'));
    await symlink('../../outside.txt', join(code, 'outside.txt'));
    await symlink('nothing', join(code, 'dangling'));
    await symlink('.', join(code, 'round'));
    const server = createServer().listen(join(code, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    const frozen = await store.freeze(code, data);
    server.close();
    const names = await readdir(frozen, { withFileTypes: true });
    const links = names.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
    assert.deepEqual(links.toSorted(), ['.venv', 'node_modules', 'outside.txt', 'round', 'same.py']);
    assert.ok(!names.some(({ name }) => name === 'socket' || name === 'dangling'));
    assert.equal(await realpath(join(frozen, 'same.py')), join(await realpath(frozen), 'app.py'));
    assert.equal(await readFile(join(frozen, 'outside.txt'), 'utf8'), 'far');
    assert.equal(await realpath(join(frozen, 'node_modules')), join(code, 'node_modules'));
  });

  it('leaves nothing behind when it fails', async () => {
    await assert.rejects(store.freeze(join(folder, 'nowhere'), data), { code: 'ENOENT' });
    // The folder and the file are short enough each, together they are more than a path may have.
    const names = (count: number): string[] => Array.from({ length: count }, () => 'n'.repeat(200));
    const deep = join(data, ...names(16));
    const uploaded = deploymentPackage([{ path: names(4).join('/'), text: '' }]);
    await assert.rejects(new CodeStore(deep).upload(uploaded), { code: 'ENAMETOOLONG' });
    const left = [...(await readdir(deep)), ...(await readdir(join(data, 'functions')).catch(() => []))];
    assert.deepEqual(
      left.filter((each) => each !== 'package.json'),
      [],
    );
  });

  it('ends the reach of a package.json above the data folder', async () => {
    await writeFile(join(data, 'package.json'), '{"type":"module"}');
    const { codeDir } = await store.upload(archive);
    assert.equal(await readFile(join(codeDir, '..', 'package.json'), 'utf8'), '{}\n');
    await store.sweep([codeDir]);
    assert.ok(existsSync(join(codeDir, '..', 'package.json')));
  });

  it('sweeps what is not needed, whatever the data folder was called when it was', async () => {
    await writeFiles(code, { 'app.mjs': '1' });
    const [kept, gone, frozen] = [
      await store.upload(archive),
      await store.upload(archive),
      await store.freeze(code, data),
    ];
    const moved = join(folder, 'moved');
    await rename(data, moved);
    await new CodeStore(join(moved, 'functions')).sweep([kept.codeDir, frozen, code]);
    const has = (path: string): boolean => existsSync(path.replace(data, moved));
    assert.deepEqual([has(kept.codeDir), has(gone.codeDir), has(frozen)], [true, false, true]);
  });

  it('removes its own folders only', async () => {
    await writeFiles(code, { 'app.mjs': '1' });
    const frozen = await store.freeze(code, data);
    await store.remove(frozen);
    await store.remove(code);
    await store.remove('');
    assert.deepEqual([existsSync(join(frozen, '..')), existsSync(code)], [false, true]);
  });
});
