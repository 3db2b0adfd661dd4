import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'decisions');

describe('decisions', () => {
  it('are numbered without gaps, in their names and in their titles', async () => {
    const names = (await readdir(folder)).toSorted();
    const numbers = names.map((name) => Number(/^(\d{4})-[a-z\d-]+\.md$/.exec(name)?.[1]));
    assert.deepEqual(
      numbers,
      names.map((_, index) => index + 1),
    );
    for (const [index, name] of names.entries()) {
      const text = await readFile(join(folder, name), 'utf8');
      assert.ok(text.startsWith(`# ${index + 1}. `), name);
    }
  });
});
