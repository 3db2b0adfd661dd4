import { isAbsolute, join, relative, resolve } from 'node:path';
import type { DeclaredLayer } from '../iac/declarations.ts';

/** A folder that is open. */
export interface WorkspaceRoot {
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
}

/** Whose code a stack frame's path is. */
export type DeployedPlace =
  | { readonly kind: 'runtime' | 'library' }
  /** The function's own. `files`: where it may be in the workspace, likeliest first; absolute. */
  | { readonly kind: 'own'; readonly files: readonly string[] }
  /** Of a layer: the function's own if one of the files is there, else somebody else's. */
  | { readonly kind: 'layer'; readonly files: readonly string[] };

/** What a path is placed by. */
export interface DeployedPathContext {
  /** The folder that became `/var/task`, if the template tells. */
  readonly codeDir?: string;
  /** What became `/opt`, if the template tells: the last one wins. */
  readonly layers?: readonly DeclaredLayer[];
  readonly roots: readonly WorkspaceRoot[];
}

const taskRoot = '/var/task/';
const optRoot = '/opt/';

/** Says whose code a path in a stack is, and where in the workspace (spec 6.4). A frame without a path is the language's own. */
export function placeOf(path: string | undefined, { codeDir, layers, roots }: DeployedPathContext): DeployedPlace {
  if (path === undefined || /^(?:node|wasm|internal):|^</.test(path)) return { kind: 'runtime' };
  if (/^\/var\/(?:runtime|lang)\//.test(path)) return { kind: 'runtime' };
  if (isLibrary(path)) return { kind: 'library' };
  if (path.startsWith(optRoot)) return layerPlace(path.slice(optRoot.length), layers ?? []);
  if (path.startsWith(taskRoot)) {
    const file = codeDir === undefined ? undefined : inside(codeDir, path.slice(taskRoot.length));
    return { kind: 'own', files: file === undefined ? [] : [file] };
  }
  if (isAbsolute(path) && rootOf(path, roots)) return { kind: 'own', files: [resolve(path)] };
  // A path that a source map named at run time, such as `/src/app.ts` or `webpack://orders/./src/app.ts`.
  const named = path.replace(/^[\w+.-]+:\/\/[^/]*\//, '').replace(/^\/+/, '');
  if (!/\.[cm]?[jt]sx?$|\.py$/.test(named) || /^[A-Za-z]:/.test(named)) return { kind: 'library' };
  const bases = [...(codeDir === undefined ? [] : [codeDir]), ...roots.map((root) => root.path)];
  return { kind: 'own', files: bases.map((base) => inside(base, named)).filter((file) => file !== undefined) };
}

/** Where a path below `/opt` may come from: the folders of the layers. */
function layerPlace(path: string, layers: readonly DeclaredLayer[]): DeployedPlace {
  const files = layers.toReversed().flatMap(({ contentDir, below }) => {
    if (contentDir === undefined) return [];
    if (below === undefined) return inside(contentDir, path) ?? [];
    return path.startsWith(`${below}/`) ? (inside(contentDir, path.slice(below.length + 1)) ?? []) : [];
  });
  return files.length === 0 ? { kind: 'library' } : { kind: 'layer', files };
}

/** Whether a path is in a dependency. */
export function isLibrary(path: string): boolean {
  return /(?:^|[\\/])(?:node_modules|site-packages|dist-packages)[\\/]/.test(path);
}

/** The open folder a file is in; the innermost, where folders are in each other. */
export function rootOf(file: string, roots: readonly WorkspaceRoot[]): WorkspaceRoot | undefined {
  return roots
    .filter(({ path }) => isInside(path, file))
    .toSorted((a, b) => b.path.length - a.path.length)
    .at(0);
}

/** How people know a file: relative to its folder, with the folder's name where several are open. */
export function labelOf(file: string, roots: readonly WorkspaceRoot[]): string {
  const root = rootOf(file, roots);
  if (!root) return file;
  const path = relative(root.path, file).replaceAll('\\', '/');
  return roots.length > 1 ? `${root.name}/${path}` : path;
}

/** Whether a file is in a folder, or is it. */
export function isInside(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== '..' && !/^\.\.[\\/]/.test(path) && !isAbsolute(path);
}

function inside(folder: string, path: string): string | undefined {
  const file = join(folder, path);
  return isInside(folder, file) ? file : undefined;
}
