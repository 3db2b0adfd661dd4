import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDataFolder } from '../../../../src/local/state/dataFolder.ts';

describe('the data folder', () => {
  let parent: string;
  const rightsOf = async (dir: string): Promise<number> => (await stat(dir)).mode & 0o777;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'lambda-destinations-test-'));
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  it('is made, open to nobody else', async () => {
    const dir = join(parent, 'new', 'data');
    await makeDataFolder(dir);
    assert.equal(await rightsOf(dir), 0o700);
  });

  it('may be an empty folder, or one of local Lambda’s', async () => {
    const dir = join(parent, 'data');
    await mkdir(dir, { mode: 0o755 });
    await makeDataFolder(dir);
    await writeFile(join(dir, 'local-lambda.sqlite'), '');
    await chmod(dir, 0o755);
    await makeDataFolder(dir);
    assert.equal(await rightsOf(dir), 0o700);
  });

  it('is refused, and left as it is, when it holds files of something else', async () => {
    const dir = join(parent, 'project');
    await mkdir(dir);
    await chmod(dir, 0o755);
    await writeFile(join(dir, 'template.yaml'), '');
    await assert.rejects(makeDataFolder(dir), { code: 'badArgument', message: /template\.yaml/ });
    assert.equal(await rightsOf(dir), 0o755);
  });

  it('can’t be a file', async () => {
    const file = join(parent, 'file');
    await writeFile(file, '');
    await assert.rejects(makeDataFolder(file), { code: 'badArgument', message: /--data/ });
  });
});
