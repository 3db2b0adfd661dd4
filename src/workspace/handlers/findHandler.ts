import { dirname, extname, isAbsolute, join, relative } from 'node:path';
import type { DeclaredFunction } from '../../iac/declarations.ts';
import { handlerEntryPoints } from '../../iac/entryPoints.ts';
import type { ExportPlace, ModuleKind } from './exportPlace.ts';
import { handlerRulesOf, type HandlerName, type HandlerRules } from './handlerName.ts';
import { moduleKindOf } from './moduleKind.ts';

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
  const rules = handlerRulesOf(runtime);
  if (!rules) return notFound(`“${functionName}” runs on ${runtime}: its handler can’t be found yet.`);
  const shown = (file: string): string => shownPath(fn, file);
  const name = rules.parse(handler);
  if (typeof name === 'string') return notFound(`“${functionName}”: ${name}`, true);
  for (const file of filesOf(fn, codeDir, rules, name)) {
    if (extname(file) === '.tsx') continue;
    const text = await sources.readText(file);
    if (text === undefined) continue;
    if (text.length > maximumCharacters) {
      return notFound(`“${functionName}”: ${shown(file)} is too large to look into.`);
    }
    const moduleKind = await moduleKindOf(file, codeDir, (other) => sources.readText(other));
    const place = await sources.findExport(file, text, name.exportPath, moduleKind);
    if (place.kind === 'found') return { found: true, file, line: place.line, column: place.column };
    return notExported(fn, name.exportPath.join('.'), file, place);
  }
  for (const file of [...handlerEntryPoints(fn), ...rules.otherFiles(name).map((other) => join(codeDir, other))]) {
    if (extname(file) !== '.tsx' || (await sources.readText(file)) === undefined) continue;
    return notFound(
      `The handler of “${functionName}” is in ${shown(file)}: .tsx files are not looked into, a handler in a .ts file is found.`,
    );
  }
  return notFound(
    `“${functionName}”: there is no ${shown(join(codeDir, rules.lookedFor(name)))}, which its handler “${handler}” names.`,
    true,
  );
}

/** The files whose change can change where a function's handler is: what to parse when one of them is opened. */
export function mayHoldHandler(fn: DeclaredFunction, file: string): boolean {
  const { handler, codeDir, runtime } = fn;
  const rules = handlerRulesOf(runtime);
  if (handler === undefined || codeDir === undefined || !rules) return false;
  const inside = relative(codeDir, file);
  if (inside.startsWith('..') || isAbsolute(inside)) return false;
  const name = rules.parse(handler);
  return typeof name !== 'string' && filesOf(fn, codeDir, rules, name).includes(file);
}

/** Where a handler may be: what it is bundled from, then what the runtime looks for. */
function filesOf(fn: DeclaredFunction, codeDir: string, rules: HandlerRules, name: HandlerName): readonly string[] {
  return [...handlerEntryPoints(fn), ...rules.files(name).map((candidate) => join(codeDir, candidate))];
}

function notFound(message: string, certain = false): FoundHandler {
  return { found: false, certain, message };
}

function notExported(fn: DeclaredFunction, name: string, file: string, place: ExportPlace): FoundHandler {
  const { functionName } = fn;
  const shown = shownPath(fn, file);
  if (place.kind === 'absent' && place.reason === 'async') {
    return notFound(
      `“${functionName}”: “${name}” in ${shown} is an async function, which Lambda’s Python runtime can’t run. Make it a plain one that calls asyncio.run.`,
      true,
    );
  }
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
