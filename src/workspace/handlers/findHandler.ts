import { join, basename, extname, dirname, relative, isAbsolute } from 'node:path';
import type { DeclaredFunction } from '../../iac/declarations.ts';
import type { ExportPlace, ModuleKind } from './javascriptExports.ts';
import { handlerFiles, parseHandlerName, typeScriptFiles } from './handlerName.ts';

/** What finding a handler needs of the world. */
export interface HandlerSources {
  /** A file's text, unsaved changes included; `undefined`: there is no such file. */
  readText(file: string): Promise<string | undefined>;
  /** Where the file exports that, or not. Asked again and again with the same text: worth a cache. */
  findExport(file: string, text: string, exportPath: readonly string[], moduleKind: ModuleKind): Promise<ExportPlace>;
}

/** A function's handler, or why it is none. `certain`: it will fail on Lambda too, so it is a problem of the template. */
export type FoundHandler =
  | { readonly found: true; readonly file: string; readonly line: number; readonly column: number }
  | { readonly found: false; readonly certain: boolean; readonly message: string };

/** A bundle larger than this is not parsed: that would take seconds. */
const maximumCharacters = 2_000_000;

/** Looks for the handler that a template names, in the files that Lambda looks at (spec 7). */
export async function findHandler(fn: DeclaredFunction, sources: HandlerSources): Promise<FoundHandler> {
  const { handler, codeDir, runtime = '', functionName } = fn;
  if (fn.inlineCode !== undefined) return notFound(`The code of “${functionName}” is in the template.`);
  if (handler === undefined || codeDir === undefined) {
    return notFound(`The code of “${functionName}” is not in this workspace.`);
  }
  if (runtime !== '' && !runtime.startsWith('nodejs')) {
    return notFound(`“${functionName}” runs on ${runtime}: its handler can’t be found yet, only JavaScript ones.`);
  }
  const shown = (file: string): string => shownPath(fn, file);
  const name = parseHandlerName(handler);
  if (typeof name === 'string') return notFound(`“${functionName}”: ${name}`, true);
  for (const candidate of handlerFiles(name)) {
    const file = join(codeDir, candidate);
    const text = await sources.readText(file);
    if (text === undefined) continue;
    if (text.length > maximumCharacters) {
      return notFound(`“${functionName}”: ${shown(file)} is too large to look into.`);
    }
    const moduleKind = await moduleKindOf(file, codeDir, sources);
    const place = await sources.findExport(file, text, name.exportPath, moduleKind);
    if (place.kind === 'found') return { found: true, file, line: place.line, column: place.column };
    return notExported(fn, name.exportPath.join('.'), file, place);
  }
  const built = [
    ...typeScriptFiles(name).map((candidate) => join(codeDir, candidate)),
    ...bundledFrom(fn, name.modulePath),
  ];
  for (const file of built) {
    if ((await sources.readText(file)) === undefined) continue;
    return notFound(
      `The handler of “${functionName}” is TypeScript (${shown(file)}): it can’t be found yet, only JavaScript ones.`,
    );
  }
  return notFound(
    `“${functionName}”: there is no ${shown(join(codeDir, `${name.modulePath}.js`))} (nor .mjs, .cjs), which its handler “${handler}” names.`,
    true,
  );
}

/** The files whose change can change where a function's handler is: what to parse when one of them is opened. */
export function mayHoldHandler(fn: DeclaredFunction, file: string): boolean {
  const { handler, codeDir } = fn;
  if (handler === undefined || codeDir === undefined) return false;
  const inside = relative(codeDir, file);
  if (inside.startsWith('..') || isAbsolute(inside)) return false;
  const name = parseHandlerName(handler);
  return typeof name !== 'string' && handlerFiles(name).some((candidate) => join(codeDir, candidate) === file);
}

function notFound(message: string, certain = false): FoundHandler {
  return { found: false, certain, message };
}

function notExported(fn: DeclaredFunction, name: string, file: string, place: ExportPlace): FoundHandler {
  const { functionName } = fn;
  const shown = shownPath(fn, file);
  if (place.kind === 'absent') {
    return notFound(`“${functionName}”: ${shown} does not export a function “${name}”, which its handler names.`, true);
  }
  if (place.kind === 'unclear' && place.reason === 'syntax') {
    return notFound(
      `“${functionName}”: ${shown} has a syntax error at line ${place.line ?? 1}, so its handler can’t be found.`,
    );
  }
  return notFound(
    `“${functionName}”: ${shown} makes its exports in a way that can’t be followed, so it is not certain which is “${name}”.`,
  );
}

/** A file as people know it: as seen from the template. */
function shownPath({ location }: DeclaredFunction, file: string): string {
  return relative(dirname(location.file), file).replaceAll('\\', '/');
}

function bundledFrom({ entryPoints = [] }: DeclaredFunction, modulePath: string): readonly string[] {
  return entryPoints.filter((entry) => basename(entry, extname(entry)) === basename(modulePath));
}

/** How Node.js loads the file: by extension, then by the nearest package.json up to the code folder. */
async function moduleKindOf(file: string, codeDir: string, sources: HandlerSources): Promise<ModuleKind> {
  const extension = extname(file);
  if (extension === '.mjs') return 'module';
  if (extension !== '.js') return 'commonjs';
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const text = await sources.readText(join(folder, 'package.json'));
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
