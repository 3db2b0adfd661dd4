// Builds every bundle: `node esbuild.mjs [--watch] [--production]`. Shapes and reasons: design.md, "Bundles".
import * as esbuild from 'esbuild';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const require = createRequire(import.meta.url);

// CommonJS dependencies inside ESM bundles still call require for Node's own modules.
const requireBanner = `import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);`;

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: production,
  sourcemap: production ? false : 'linked',
  metafile: true,
  logLevel: 'info',
};

/** @type {Record<string, esbuild.BuildOptions>} */
const builds = {
  // Splitting: activation loads one small entry; SDK clients, parsers and the store are chunks behind import().
  extension: {
    ...common,
    platform: 'node',
    target: 'node22',
    entryPoints: { extension: 'src/extension.ts', storeWorker: 'src/store/storeWorker.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
    external: ['vscode'],
    banner: { js: requireBanner },
  },
  local: {
    ...common,
    platform: 'node',
    target: 'node22',
    entryPoints: { local: 'src/local/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    banner: { js: `#!/usr/bin/env node\n${requireBanner}` },
  },
  webview: {
    ...common,
    platform: 'browser',
    target: 'chrome138',
    entryPoints: { panel: 'src/webview/main.ts' },
    outdir: 'dist/webview',
    loader: { '.ttf': 'file' },
    tsconfig: 'src/webview/tsconfig.json',
  },
};

/** Files that are used as they are. */
const copies = [
  [require.resolve('web-tree-sitter/web-tree-sitter.wasm'), 'dist/wasm/web-tree-sitter.wasm'],
  [require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-javascript.wasm'), 'dist/wasm/tree-sitter-javascript.wasm'],
  [require.resolve('@vscode/codicons/dist/codicon.css'), 'dist/webview/codicon.css'],
  [require.resolve('@vscode/codicons/dist/codicon.ttf'), 'dist/webview/codicon.ttf'],
  ['src/local/environments/bootstrap/node.mjs', 'dist/bootstrap/node.mjs'],
  ['src/local/environments/bootstrap/reaper.mjs', 'dist/bootstrap/reaper.mjs'],
];

async function copyAll() {
  for (const [from, to] of copies) {
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, to);
  }
}

if (watch) {
  await copyAll();
  for (const options of Object.values(builds)) await (await esbuild.context(options)).watch();
} else {
  await rm('dist', { recursive: true, force: true });
  for (const [name, options] of Object.entries(builds)) {
    const result = await esbuild.build(options);
    await mkdir('out/meta', { recursive: true });
    await writeFile(join('out/meta', `${name}.json`), JSON.stringify(result.metafile));
  }
  await copyAll();
}
