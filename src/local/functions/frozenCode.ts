import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, readlink, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Folders that hold no code. */
const notCode = new Set(['.git', '.hg', '.svn', '.aws-sam', 'cdk.out', '__pycache__', '.pytest_cache', '.mypy_cache']);
/** Installed packages are linked: they are large, and are not frozen with a version. */
const packages = new Set(['node_modules', '.venv', 'venv']);

/**
 * Copies the code of the project as it is now to `to`, a folder in a folder of its own: beside the copy lies what the code
 * finds above it in the project (packages, package.json, tsconfig.json). `dataDir` is no part of the code, wherever it
 * lies. What vanishes meanwhile, can't be read or is no file, such as a socket, is left out.
 */
export async function freezeCode(codeDir: string, to: string, dataDir: string): Promise<void> {
  const from = await realpath(codeDir);
  await copyFolder(from, to, { root: from, dataDir: await realpath(dataDir).catch(() => dataDir) });
  const beside = dirname(to);
  const manifest = await above(codeDir, 'package.json');
  // Whatever lies above the data folder says nothing of this code.
  if (manifest === undefined) await writeFile(join(beside, 'package.json'), '{}\n');
  else await copyFile(manifest, join(beside, 'package.json'));
  const config = await above(codeDir, 'tsconfig.json');
  if (config !== undefined) await writeFile(join(beside, 'tsconfig.json'), JSON.stringify({ extends: config }));
  const modules = await above(codeDir, 'node_modules');
  if (modules !== undefined) await symlink(modules, join(beside, 'node_modules'), 'junction');
}

interface Copying {
  readonly root: string;
  readonly dataDir: string;
}

async function copyFolder(from: string, to: string, copying: Copying): Promise<void> {
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map((entry) =>
      copyEntry(entry, join(from, entry.name), join(to, entry.name), copying).catch((error: unknown) => {
        const { code = '' } = error as NodeJS.ErrnoException;
        if (!['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(code)) throw error;
      }),
    ),
  );
}

async function copyEntry(entry: Dirent, from: string, to: string, copying: Copying): Promise<void> {
  if (notCode.has(entry.name) || from === copying.dataDir) return;
  if (packages.has(entry.name)) {
    if ((await stat(from)).isDirectory()) return symlink(await realpath(from), to, 'junction');
  }
  if (entry.isDirectory()) return copyFolder(from, to, copying);
  if (entry.isSymbolicLink()) return copyLink(from, to, copying);
  if (entry.isFile()) return copyFile(from, to, constants.COPYFILE_FICLONE);
}

/** A link to what is copied, too, leads to the copy; any other to where it led. */
async function copyLink(from: string, to: string, { root }: Copying): Promise<void> {
  const text = await readlink(from);
  const target = resolve(dirname(from), text);
  const inside = !isAbsolute(text) && (target === root || target.startsWith(root + sep));
  const isFolder = (await stat(from)).isDirectory();
  if (process.platform !== 'win32') return symlink(inside ? text : target, to);
  // Links to files take rights there that people rarely have.
  if (!isFolder) return copyFile(from, to);
  return symlink(inside ? join(dirname(to), relative(dirname(from), target)) : target, to, 'junction');
}

/** The nearest file or folder of that name above a folder, as code that lies there finds it. */
async function above(folder: string, name: string): Promise<string | undefined> {
  for (let at = dirname(folder), before = folder; at !== before; before = at, at = dirname(at)) {
    // Packages don't look further up than where they are installed.
    if (basename(at) === 'node_modules') return undefined;
    const path = join(at, name);
    if (await stat(path).catch(() => undefined)) return path;
  }
  return undefined;
}
