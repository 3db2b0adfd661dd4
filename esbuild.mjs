// Builds every bundle: `node esbuild.mjs [--watch] [--production]`. Shapes and reasons: docs/development.md, "Bundles".
import * as esbuild from 'esbuild';
import { readdirSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = import.meta.dirname;
const require = createRequire(import.meta.url);

// CommonJS dependencies inside ESM bundles still call require for Node's own modules.
const requireBanner = `import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);`;

/**
 * The options of every bundle.
 *
 * @param {{ production: boolean }} options
 * @returns {Record<'extension' | 'local' | 'webview', esbuild.BuildOptions & { metafile: true }>}
 */
export function bundles({ production }) {
  /** @type {esbuild.BuildOptions & { metafile: true }} */
  const common = {
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: production,
    sourcemap: production ? false : 'linked',
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
  };
  return {
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
    // Splitting: an older Node can load the entry, which says so, but not what imports node:sqlite.
    local: {
      ...common,
      platform: 'node',
      target: 'node22',
      entryPoints: { local: 'src/local/main.ts' },
      outdir: 'dist',
      outExtension: { '.js': '.mjs' },
      chunkNames: 'chunks/[name]-[hash]',
      splitting: true,
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
}

/** Files that are used as they are, from where to where. */
export const copies = [
  [require.resolve('web-tree-sitter/web-tree-sitter.wasm'), 'dist/wasm/web-tree-sitter.wasm'],
  ...['javascript', 'python', 'typescript'].map((language) => [
    require.resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${language}.wasm`),
    `dist/wasm/tree-sitter-${language}.wasm`,
  ]),
  [require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'), 'dist/wasm/tree-sitter-python.wasm'],
  [require.resolve('@vscode/codicons/dist/codicon.css'), 'dist/webview/codicon.css'],
  [require.resolve('@vscode/codicons/dist/codicon.ttf'), 'dist/webview/codicon.ttf'],
  [join(root, 'src/local/environments/bootstrap/node.mjs'), 'dist/bootstrap/node.mjs'],
  ...readdirSync(join(root, 'src/local/environments/bootstrap/node')).map((name) => [
    join(root, 'src/local/environments/bootstrap/node', name),
    `dist/bootstrap/node/${name}`,
  ]),
  [join(root, 'src/local/environments/bootstrap/python.py'), 'dist/bootstrap/python.py'],
  [join(root, 'src/local/environments/bootstrap/reaper.mjs'), 'dist/bootstrap/reaper.mjs'],
];

async function copyAll() {
  for (const [from = '', to = ''] of copies) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await copyFile(from, join(root, to));
  }
}

/**
 * Builds everything into `dist/`, which is emptied first.
 *
 * @param {{ production: boolean }} options
 * @returns {Promise<esbuild.Metafile[]>}
 */
export async function buildAll(options) {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  const results = await Promise.all(Object.values(bundles(options)).map((bundle) => esbuild.build(bundle)));
  const warnings = results.flatMap((result) => result.warnings);
  for (const text of await esbuild.formatMessages(warnings, { kind: 'warning' })) console.error(text);
  await copyAll();
  return results.map(({ metafile }) => metafile);
}

let building = 0;

/** Prints what the problem matcher of .vscode/tasks.json reads; three bundles look like one build. */
/** @type {esbuild.Plugin} */
const problemLines = {
  name: 'problem-lines',
  setup(build) {
    build.onStart(() => {
      if (building++ === 0) console.log('[watch] build started');
    });
    build.onEnd(({ errors }) => {
      for (const { text, location } of errors) {
        console.error(`✘ [ERROR] ${text}`);
        if (location) console.error(`    ${location.file}:${location.line}:${location.column}:`);
      }
      if (--building === 0) console.log('[watch] build finished');
    });
  },
};

if (import.meta.main) {
  const production = process.argv.includes('--production');
  if (process.argv.includes('--watch')) {
    await copyAll();
    for (const bundle of Object.values(bundles({ production }))) {
      await (await esbuild.context({ ...bundle, plugins: [problemLines] })).watch();
    }
  } else {
    await buildAll({ production });
  }
}
