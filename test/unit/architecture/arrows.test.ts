import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { arrows } from './arrows.ts';
import { violation } from './check.ts';
import { importsOf } from './imports.ts';

const src = join(import.meta.dirname, '..', '..', '..', 'src');

/** Every way to write an import of something. */
const forms: Readonly<Record<string, (specifier: string) => string>> = {
  import: (name) => `import { a } from '${name}';`,
  'import for its effect': (name) => `import '${name}';`,
  'import type': (name) => `import type { A } from '${name}';`,
  'import with an inline type': (name) => `import { type A } from '${name}';`,
  'export from': (name) => `export { a } from '${name}';`,
  'export all': (name) => `export * from '${name}';`,
  'export type': (name) => `export type { A } from '${name}';`,
  'dynamic import': (name) => `const a = await import('${name}');`,
  'dynamic import of a template': (name) => `const a = await import(\`${name}\`);`,
  'inline import type': (name) => `let a: import('${name}').A;`,
  'import equals': (name) => `import a = require('${name}');`,
  require: (name) => `const a = require('${name}');`,
};

/** What the table says of `source` as a file of `src`. */
function violations(file: string, source: string): string[] {
  return importsOf(source, file).flatMap((found) => violation(file, found) ?? []);
}

describe('import arrows', () => {
  const folders = Object.keys(arrows).filter((name) => !name.includes('.'));

  it('are held by every file of src', async () => {
    const entries = await readdir(src, { recursive: true });
    const files = entries.map((path) => path.replaceAll('\\', '/')).filter((path) => /\.(ts|mjs)$/.test(path));
    assert.ok(files.length > 50, 'the sources are found');
    const found: string[] = [];
    for (const file of files) {
      if (file.endsWith('.d.ts')) continue;
      const source = await readFile(join(src, file), 'utf8');
      for (const one of importsOf(source, file)) {
        const problem = isCss(file, one.specifier) ? undefined : violation(file, one);
        if (problem !== undefined) found.push(`src/${file}:${one.line}: ${problem}`);
      }
    }
    assert.deepEqual(found, []);
  });

  it('know every folder of src', async () => {
    const entries = await readdir(src, { withFileTypes: true });
    const there = entries.map(({ name }) => name);
    assert.deepEqual(
      there.filter((name) => !(name in arrows)),
      [],
    );
  });

  it('make no circle among folders', () => {
    const below = (folder: string, seen: readonly string[]): string[] =>
      (arrows[folder]?.folders ?? []).flatMap((next) => {
        assert.ok(!seen.includes(next), [...seen, next].join(' → '));
        return [next, ...below(next, [...seen, next])];
      });
    for (const folder of folders) below(folder, [folder]);
  });

  for (const [form, write] of Object.entries(forms)) {
    it(`catch each forbidden ${form}, and let each allowed one through`, () => {
      for (const from of folders) {
        for (const to of folders) {
          for (const [file, up] of [
            [`${from}/a.ts`, '../'],
            [`${from}/b/c/a.ts`, '../../../'],
          ] as const) {
            const allowed = from === to || (arrows[from]?.folders ?? []).includes(to);
            assert.equal(violations(file, write(`${up}${to}/x.ts`)).length, allowed ? 0 : 1, `${file} → ${to}`);
          }
        }
        assert.equal(violations(`${from}/a.ts`, write('vscode')).length, arrows[from]?.vscode === true ? 0 : 1, from);
        assert.equal(violations(`${from}/a.ts`, write('node:fs')).length, arrows[from]?.node ? 0 : 1, from);
        assert.equal(violations(`${from}/a.ts`, write('fs')).length, arrows[from]?.node ? 0 : 1, from);
        assert.equal(violations(`${from}/a.ts`, write('left-pad')).length, 1, from);
        assert.equal(violations(`${from}/a.ts`, write('../extension.ts')).length, 1, from);
        assert.equal(violations(`${from}/a.ts`, write('../../test/a.ts')).length, 1, from);
      }
    });
  }

  it('let vscode into one file of the workspace', () => {
    assert.deepEqual(violations('workspace/workspaceScan.ts', "import * as vscode from 'vscode';"), []);
    assert.equal(violations('workspace/handlers/workspaceScan.ts', "import * as vscode from 'vscode';").length, 1);
  });

  it('let types of the store’s contract into the views, but no code', () => {
    const contract = '../store/invocationStore.ts';
    assert.deepEqual(violations('views/a.ts', `import type { A } from '${contract}';`), []);
    assert.equal(violations('views/a.ts', `import { a } from '${contract}';`).length, 1);
    assert.equal(violations('views/a.ts', "import type { A } from '../store/sqliteStore.ts';").length, 1);
  });

  it('let only what loads handlers import a name that is worked out', () => {
    for (const source of ['await import(name);', 'await import(`../${name}.ts`);', 'require(name);']) {
      assert.equal(violations('local/a.ts', source).length, 1, source);
      assert.deepEqual(violations('local/environments/bootstrap/node.mjs', source), [], source);
    }
  });
});

/** The page's styles are imported for the bundler. */
function isCss(file: string, specifier: string | undefined): boolean {
  return file.startsWith('webview/') && specifier?.startsWith('./') === true && specifier.endsWith('.css');
}
