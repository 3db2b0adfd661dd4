import assert from 'node:assert/strict';
import { isBuiltin } from 'node:module';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { bundles } from '../../esbuild.mjs';

type Built = esbuild.BuildResult<{ write: false; metafile: true }>;
type Output = esbuild.Metafile['outputs'][string];

/** Builds as for the package, in memory. */
function build(name: keyof ReturnType<typeof bundles>): Promise<Built> {
  return esbuild.build({ ...bundles({ production: true })[name], write: false });
}

function output({ metafile }: Built, path: string): Output {
  return metafile.outputs[path] ?? assert.fail(`${path} is built`);
}

/** An output and all that is loaded with it: chunks behind import() are not. */
function withStaticChunks({ metafile }: Built, path: string): string[] {
  const seen = new Set<string>();
  const visit = (at: string): void => {
    if (seen.has(at)) return;
    seen.add(at);
    for (const { path: next, kind, external } of metafile.outputs[at]?.imports ?? []) {
      if (kind === 'import-statement' && !external) visit(next);
    }
  };
  visit(path);
  return [...seen];
}

/** What an output imports from outside, in any form. */
function outside(of: Output): string[] {
  return of.imports.filter(({ external }) => external).map(({ path }) => path);
}

describe('bundles', function () {
  this.timeout(60_000);

  it('keep activation small: no SDK, no parser, no store, nothing of local Lambda', async () => {
    const built = await build('extension');
    const loaded = withStaticChunks(built, 'dist/extension.mjs').map((path) => output(built, path));
    const inputs = loaded.flatMap(({ inputs: read }) => Object.keys(read));
    assert.ok(inputs.includes('src/extension.ts'));
    const heavy = inputs.filter((path) => /^node_modules\/|^src\/(local|store\/sqlite|iac\/read|workspace)/.test(path));
    assert.deepEqual(heavy, []);
    const bytes = loaded.reduce((total, { bytes: more }) => total + more, 0);
    assert.ok(bytes < 60_000, `entry and its static chunks have ${bytes} bytes`);
  });

  it('keep vscode out of the store’s worker', async () => {
    const built = await build('extension');
    for (const path of withStaticChunks(built, 'dist/storeWorker.mjs')) {
      assert.ok(!outside(output(built, path)).includes('vscode'), path);
    }
  });

  it('keep vscode and the SDK out of local Lambda', async () => {
    const built = await build('local');
    const outputs = Object.values(built.metafile.outputs);
    assert.ok(outputs.some(({ inputs }) => 'src/local/localLambda.ts' in inputs));
    assert.deepEqual(
      outputs.flatMap(outside).filter((name) => !isBuiltin(name)),
      [],
    );
    assert.deepEqual(
      outputs.flatMap(({ inputs }) => Object.keys(inputs)).filter((path) => /@aws-sdk|@smithy/.test(path)),
      [],
    );
  });

  it('let a Node that is too old for node:sqlite say so', async () => {
    const built = await build('local');
    for (const path of withStaticChunks(built, 'dist/local.mjs')) {
      assert.ok(!outside(output(built, path)).includes('node:sqlite'), path);
    }
  });

  it('keep Node out of the page, and the page small', async () => {
    const built = await build('webview');
    const page = output(built, 'dist/webview/panel.js');
    assert.deepEqual(outside(page), []);
    const script = built.outputFiles.find(({ path }) => path.endsWith('panel.js')) ?? assert.fail('the page is built');
    const bytes = gzipSync(script.contents).length;
    assert.ok(bytes < 150_000, `the page's script has ${bytes} bytes gzipped`);
  });

  it('would notice: a built-in that a page imports is an error', async () => {
    const stdin = { contents: "import 'node:fs';", resolveDir: import.meta.dirname };
    const { entryPoints: _, ...options } = bundles({ production: true }).webview;
    await assert.rejects(esbuild.build({ ...options, stdin, write: false }), /node:fs/);
  });
});
