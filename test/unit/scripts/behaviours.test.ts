import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { behaviourNames, withTrust } from '../../../scripts/test/behaviours.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('behaviours that are tested inside VS Code', () => {
  it('are found by their workspaces, those with trust on among them', async () => {
    const names = await behaviourNames();
    assert.ok(names.length >= 6, names.join());
    for (const name of withTrust) assert.ok(names.includes(name), name);
  });

  it('are all offered by launch.json, but for those that it cannot run', async () => {
    const launch = JSON.parse(await readFile(join(root, '.vscode', 'launch.json'), 'utf8')) as {
      readonly inputs: readonly { readonly options: readonly string[] }[];
    };
    // Its configuration switches workspace trust off.
    const names = (await behaviourNames()).filter((name) => !withTrust.has(name));
    assert.deepEqual(launch.inputs[0]?.options, names);
  });
});
