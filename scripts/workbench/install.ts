import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../root.ts';
import { runQuietly } from '../process.ts';
import pinned from '../toolchain/webWorkbench.json' with { type: 'json' };

/**
 * The folder of the web workbench (VS Code's server and its page), fetched into `.cache/` at its first use.
 * It is not a dependency in package.json: its install script builds native modules that need headers few machines have.
 *
 * @throws Error when the registry cannot be reached, or what it gives is not what is pinned.
 */
export async function webWorkbenchFolder(say: (text: string) => void): Promise<string> {
  const folder = join(root, '.cache', `web-workbench-${pinned.version}`);
  const stampFile = join(folder, 'stamp');
  // With what was installed into it: a folder of before is not complete.
  const stamp = `${pinned.integrity} extensions`;
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return folder;

  say(`Fetching the web workbench (${pinned.package} ${pinned.version}) into .cache/ …`);
  // Unpacked beside, then moved: a run that was ended half way leaves nothing that looks complete.
  const work = join(root, '.cache', `fetching-${process.pid}`);
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  try {
    await runQuietly('npm', ['pack', `${pinned.package}@${pinned.version}`, '--silent'], { cwd: work });
    const archive = join(work, `${pinned.package}-${pinned.version}.tgz`);
    const integrity = await integrityOf(archive);
    if (integrity !== pinned.integrity) {
      throw new Error(
        `${pinned.package}@${pinned.version} is not what is pinned: ${integrity} instead of ${pinned.integrity}.`,
      );
    }
    await runQuietly('tar', ['-xzf', archive, 'package/lib/vscode'], { cwd: work });
    const unpacked = join(work, 'package', 'lib', 'vscode');
    // Its shrinkwrap pins every package; it leaves peers out, so npm has to leave them out, too.
    const install = ['ci', '--omit=dev', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'];
    await runQuietly('npm', install, { cwd: unpacked });
    // TypeScript: without it, opening a JavaScript file brings up an error of VS Code's.
    await runQuietly('npm', install, { cwd: join(unpacked, 'extensions') });
    await writeFile(join(unpacked, 'stamp'), stamp);
    await rm(folder, { recursive: true, force: true });
    await rename(unpacked, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

async function integrityOf(file: string): Promise<string> {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return `sha512-${hash.digest('base64')}`;
}
