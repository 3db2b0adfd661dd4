import assert from 'node:assert/strict';
import { join } from 'node:path';
import { noticesFor, noticesText, packageFolders, readPackage } from '../../../scripts/package/notices.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('third-party notices', () => {
  it('find the packages that files come from, nested and scoped ones, too', () => {
    const files = [
      'src/extension.ts',
      'node_modules/lit/index.js',
      'node_modules/lit/directives/guard.js',
      join(root, 'node_modules/@vscode/codicons/dist/codicon.css'),
      'node_modules/a/node_modules/@b/c/d.js',
    ];
    assert.deepEqual(packageFolders(files, root), [
      'node_modules/@vscode/codicons',
      'node_modules/a/node_modules/@b/c',
      'node_modules/lit',
    ]);
  });

  it('say a package’s version and licence, with its texts', async () => {
    const lit = await readPackage(join(root, 'node_modules', 'lit'));
    assert.equal(lit.name, 'lit');
    assert.equal(lit.licence, 'BSD-3-Clause');
    assert.match(lit.texts[0] ?? '', /Copyright \(c\) \d{4} Google/);
    const codicons = await readPackage(join(root, 'node_modules', '@vscode', 'codicons'));
    assert.equal(codicons.texts.length, 2, 'one for the icons, one for the code');
  });

  it('name every package, and give each text once', () => {
    const shared = { version: '1.0.0', licence: 'MIT', components: [], texts: ['The text.'] };
    const text = noticesText([
      { name: 'b', ...shared },
      { name: 'a', ...shared },
      { name: 'c', ...shared, texts: [] },
    ]);
    for (const name of ['a', 'b', 'c']) assert.match(text, new RegExp(`^${name} 1\\.0\\.0 \\(MIT\\)$`, 'm'));
    assert.equal(text.split('The text.').length - 1, 1);
    assert.match(text, /^a 1\.0\.0, b 1\.0\.0$/m);
  });

  it('name what a package was built from', async () => {
    const text = await noticesFor(['node_modules/@vscode/tree-sitter-wasm/wasm/tree-sitter-javascript.wasm'], root);
    assert.match(text, /^@vscode\/tree-sitter-wasm .*\n  with tree-sitter [\d.]+ \(MIT\), https:/m);
  });

  it('refuse what names no licence', async () => {
    await assert.rejects(readPackage(join(root, 'scripts', 'toolchain')), /toolchain .* names no licence/);
    assert.match(await noticesFor(['node_modules/yaml/dist/index.js'], root), /yaml .* \(ISC\)/);
  });
});
