import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodeFolder } from '../../../../src/local/environments/codeFolder.ts';
import { memoryLog } from '../../../support/environmentsHarness.ts';

describe('changes of a code folder', () => {
  let dir: string;
  let folder: CodeFolder;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'code-folder-'));
    await mkdir(join(dir, 'lib/deep'), { recursive: true });
    await mkdir(join(dir, 'node_modules/left'), { recursive: true });
    await mkdir(join(dir, '.state'));
    await writeFile(join(dir, 'index.js'), 'one');
    await writeFile(join(dir, 'lib/deep/tax.js'), 'one');
    await writeFile(join(dir, 'node_modules/.package-lock.json'), '{}');
    folder = new CodeFolder(dir, join(dir, '.state'), memoryLog());
  });

  afterEach(async () => {
    folder.dispose();
    await rm(dir, { recursive: true, force: true });
  });

  const changes: Record<string, () => Promise<void>> = {
    'a file written': () => writeFile(join(dir, 'lib/deep/tax.js'), 'longer'),
    'a file of the same size written later': () => utimes(join(dir, 'index.js'), 1, 2),
    'a new file': () => writeFile(join(dir, 'lib/data.json'), '{}'),
    'a new folder with a file': async () => {
      await mkdir(join(dir, 'more'));
      await writeFile(join(dir, 'more/a.js'), '');
    },
    'a file gone': () => rm(join(dir, 'lib/deep/tax.js')),
    'packages installed': () => writeFile(join(dir, 'node_modules/.package-lock.json'), '{"a":1}'),
    'a package linked': () => mkdir(join(dir, 'node_modules/right')),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`tells at once of ${what}`, async () => {
      const before = await folder.fingerprint();
      assert.equal(await folder.fingerprint(), before);
      await change();
      assert.notEqual(await folder.fingerprint(), before);
    });
  }

  it('sees what changes in a folder made after the first look', async () => {
    await folder.fingerprint();
    await mkdir(join(dir, 'more'));
    const before = await folder.fingerprint();
    await writeFile(join(dir, 'more/a.js'), '');
    assert.notEqual(await folder.fingerprint(), before);
  });

  it('does not care for version control, editors, packages inside or its own state', async () => {
    const before = await folder.fingerprint();
    await mkdir(join(dir, '.git'));
    await writeFile(join(dir, '.index.js.swp'), 'x');
    await writeFile(join(dir, 'node_modules/left/index.js'), 'x');
    await writeFile(join(dir, '.state/db'), 'x');
    assert.equal(await folder.fingerprint(), before);
  });

  it('says when there is no folder, and finds it when it comes', async () => {
    await rm(dir, { recursive: true });
    assert.equal(await folder.fingerprint(), undefined);
    await mkdir(dir);
    assert.equal(typeof (await folder.fingerprint()), 'string');
  });
});
