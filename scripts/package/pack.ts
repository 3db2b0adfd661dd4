import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildAll, copies } from '../../esbuild.mjs';
import { root } from '../root.ts';
import { runQuietly } from '../process.ts';
import { noticesFor } from './notices.ts';
import { zipEntries, type ZipEntry } from './zip.ts';

/** A packed extension. */
export interface Packed {
  readonly file: string;
  readonly bytes: number;
  readonly entries: readonly ZipEntry[];
}

/**
 * Builds for production and packs `out/lambda-destinations.vsix`. Needs no network.
 *
 * @throws Error with what the bundler or vsce said.
 */
export async function packExtension(): Promise<Packed> {
  const metafiles = await buildAll({ production: true });
  const inputs = metafiles.flatMap(({ inputs: read }) => Object.keys(read));
  const notices = await noticesFor([...inputs, ...copies.map(([from = '']) => from)], root);
  await writeFile(join(root, 'ThirdPartyNotices.txt'), notices);
  await mkdir(join(root, 'out'), { recursive: true });
  const file = join(root, 'out', 'lambda-destinations.vsix');
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  // All dependencies are in the bundles; nothing of node_modules may get in.
  await runQuietly(process.execPath, [vsce, 'package', '--no-dependencies', '--out', file], { cwd: root });
  return { file, bytes: (await stat(file)).size, entries: zipEntries(await readFile(file)) };
}
