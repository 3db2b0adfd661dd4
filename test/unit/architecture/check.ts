import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { arrows, type Arrows } from './arrows.ts';
import type { Import } from './imports.ts';

/**
 * What is wrong with an import; `undefined` when the table allows it.
 *
 * @param file Path below `src`, with forward slashes.
 */
export function violation(file: string, { specifier, typeOnly }: Import): string | undefined {
  const [top = ''] = file.split('/');
  const allowed = arrows[top];
  if (allowed === undefined) return `no arrows are given for ${top}`;
  if (specifier === undefined) {
    return loaders.some((loader) => file.startsWith(loader)) ? undefined : `${file} imports a name that is worked out`;
  }
  const what = `${typeOnly ? 'types of ' : ''}${specifier}`;
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file), specifier);
    return mayImportFile(top, allowed, target, typeOnly) ? undefined : `${top} may not import ${what}`;
  }
  if (specifier === 'vscode') {
    const ok = allowed.vscode === true || file === `${top}/${String(allowed.vscode)}`;
    return ok ? undefined : `${file} may not import ${what}`;
  }
  if (isBuiltin(specifier)) return allowed.node ? undefined : `${top} may not import Node's ${what}`;
  const ok = allowed.packages.some(
    (name) => specifier === name || specifier.startsWith(name.endsWith('/') ? name : `${name}/`),
  );
  return ok ? undefined : `${top} may not import the package ${what}`;
}

/** What runs in a handler's own process, and loads the handler. */
const loaders = ['local/environments/bootstrap/'];

function mayImportFile(top: string, allowed: Arrows, target: string, typeOnly: boolean): boolean {
  // What is in no folder is nobody's to import, and neither is anything outside.
  const [folder = ''] = target.split('/');
  if (folder === '..' || !target.includes('/')) return false;
  if (folder === top || allowed.folders.includes(folder)) return true;
  return typeOnly && (allowed.typesOf ?? []).includes(target);
}
