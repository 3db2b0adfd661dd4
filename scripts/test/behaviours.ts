import * as esbuild from 'esbuild';
import { glob, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../root.ts';

/** Behaviours whose suites need workspace trust as it is for anyone. */
export const withTrust: ReadonlySet<string> = new Set(['untrusted']);

/** The behaviours that have suites inside VS Code: every folder of test/integration with a workspace. */
export async function behaviourNames(): Promise<string[]> {
  const workspaces = await Array.fromAsync(glob('test/integration/*/workspace', { cwd: root }));
  return workspaces.map((path) => path.split(/[\\/]/).at(-2) ?? '').toSorted();
}

/**
 * Bundles a behaviour's test files and their runner into `out/integration/NAME`; gives that folder.
 *
 * @throws Error when it has no test file.
 */
export async function bundleSuites(name: string): Promise<string> {
  const from = join(root, 'test', 'integration', name);
  const files = (await readdir(from)).filter((file) => file.endsWith('.test.ts')).toSorted();
  if (files.length === 0) throw new Error(`test/integration/${name} has no *.test.ts`);
  const outdir = join(root, 'out', 'integration', name);
  await rm(outdir, { recursive: true, force: true });
  const common: esbuild.BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    packages: 'external',
    sourcemap: 'inline',
    outExtension: { '.js': '.mjs' },
  };
  await esbuild.build({ ...common, entryPoints: { index: 'test/host/suiteRunner.ts' }, outdir });
  await esbuild.build({
    ...common,
    stdin: { contents: files.map((file) => `import './${file}';`).join('\n'), resolveDir: from },
    outfile: join(outdir, 'tests.mjs'),
  });
  return outdir;
}
