import { dirname, extname, join } from 'node:path';
import type { ModuleKind } from './exportPlace.ts';

/**
 * How Node.js loads a file: by extension, then by the nearest package.json up to the code folder. TypeScript may be
 * written in either way, as a build makes one of the other; only what is an ES module for sure has no `exports`.
 */
export async function moduleKindOf(
  file: string,
  codeDir: string,
  readText: (file: string) => Promise<string | undefined>,
): Promise<ModuleKind> {
  const extension = extname(file);
  if (extension === '.mjs' || extension === '.mts') return 'module';
  if (extension === '.cts') return 'either';
  if (extension !== '.js' && extension !== '.ts') return 'commonjs';
  const type = await packageType(file, codeDir, readText);
  return extension === '.ts' && type === 'commonjs' ? 'either' : type;
}

async function packageType(
  file: string,
  codeDir: string,
  readText: (file: string) => Promise<string | undefined>,
): Promise<ModuleKind> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const text = await readText(join(folder, 'package.json'));
    if (text !== undefined) return typeIn(text);
    if (folder === codeDir || dirname(folder) === folder || !folder.startsWith(codeDir)) return 'either';
  }
}

function typeIn(packageJson: string): ModuleKind {
  try {
    const value: unknown = JSON.parse(packageJson);
    const type: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'type') : undefined;
    return type === 'module' || type === 'commonjs' ? type : 'either';
  } catch {
    return 'either';
  }
}
