import { pathToFileURL } from 'node:url';
import { parseErrorPayload, type ErrorPayload } from '../model/stack/errorPayload.ts';
import type { Invocation, InvocationRow } from '../model/invocation.ts';
import type { StackFrame } from '../model/stack/nodeFrames.ts';
import type { DetailError, DetailFrame } from '../protocol/panel.ts';
import { isLibrary, labelOf, placeOf, rootOf, type DeployedPathContext } from './deployedPath.ts';
import type { ReadText, SourceMaps, SourcePlace } from './sourceMaps.ts';

/** What resolving an error needs of the workspace. */
export interface ErrorSources extends DeployedPathContext {
  readonly readText: ReadText;
  readonly sourceMaps: SourceMaps;
}

/** Lines of code shown before and after the line of the first own frame. */
const excerptLines = { before: 3, after: 2 } as const;
const maximumLineLength = 300;

/** The error of an invocation's last failed attempt, or of its record, or of the sending; `undefined`: nothing failed. */
export function errorOf(row: InvocationRow, invocation: Invocation): ErrorPayload | undefined {
  const failed = invocation.attempts.findLast(({ ended }) => ended !== undefined && ended.status !== 'success')?.ended;
  const response = failed?.response ?? recordedResponse(invocation);
  if (response !== undefined) return parseErrorPayload(response);
  if (!failed && row.errorType === undefined && row.errorMessage === undefined) return undefined;
  return { type: row.errorType ?? 'Error', message: row.errorMessage ?? '', frames: [] };
}

/** Turns an error's frames into places of the workspace: deployed path, build output, source map, source. */
export async function resolveFrames(
  { type, message, frames }: ErrorPayload,
  sources: ErrorSources,
  signal: AbortSignal,
): Promise<DetailError> {
  const resolved: DetailFrame[] = [];
  let excerptShown = false;
  for (const frame of frames) {
    signal.throwIfAborted();
    const detail = await resolveFrame(frame, sources, !excerptShown);
    excerptShown ||= detail.excerpt !== undefined;
    resolved.push(detail);
  }
  return { type, message, frames: resolved };
}

async function resolveFrame(frame: StackFrame, sources: ErrorSources, wantsExcerpt: boolean): Promise<DetailFrame> {
  const { text, functionName, path, line = 1, column = 1 } = frame;
  const named = { text, ...(functionName === undefined ? {} : { functionName }) };
  const place = placeOf(path, sources);
  if (!('files' in place)) return { ...named, kind: place.kind };
  for (const file of place.files) {
    const code = await sources.readText(file);
    if (code === undefined || !rootOf(file, sources.roots)) continue;
    const built = { file, line, column };
    const original = await sources.sourceMaps.sourceOf(built);
    if (original && isLibrary(original.file)) return { ...named, kind: 'library' };
    const originalCode = original && rootOf(original.file, sources.roots) && (await sources.readText(original.file));
    const found =
      original && originalCode !== undefined ? { place: original, code: originalCode } : { place: built, code };
    const excerpt = wantsExcerpt ? excerptOf(found.code, found.place.line) : undefined;
    return { ...named, kind: 'own', ...linkTo(found.place, sources), ...(excerpt ? { excerpt } : {}) };
  }
  if (place.kind === 'layer') return { ...named, kind: 'library' };
  return { ...named, kind: 'own', ...(path === undefined ? {} : { label: `${path}:${line}:${column}` }) };
}

function linkTo({ file, line, column }: SourcePlace, { roots }: ErrorSources): Pick<DetailFrame, 'label' | 'location'> {
  const uri = pathToFileURL(file).href;
  return { label: `${labelOf(file, roots)}:${line}:${column}`, location: { uri, line, column } };
}

/** Code around a line, without the indentation that its lines share; `undefined`: the file has no such line any more. */
function excerptOf(code: string, line: number): DetailFrame['excerpt'] | undefined {
  // What follows the last line break is no line to show.
  const all = code.replace(/\r?\n$/, '').split(/\r?\n/);
  if (line > all.length) return undefined;
  const firstLine = Math.max(1, line - excerptLines.before);
  const lines = all.slice(firstLine - 1, line + excerptLines.after).map((text) => text.replaceAll('\t', '  '));
  const indents = lines.filter((text) => text.trim() !== '').map((text) => text.length - text.trimStart().length);
  const shared = indents.length > 0 ? Math.min(...indents) : 0;
  return { firstLine, lines: lines.map((text) => text.slice(shared, shared + maximumLineLength)) };
}

/** The response that a record of a failure carries, where no attempt was seen. */
function recordedResponse({ deliveries }: Invocation): string | undefined {
  const record = deliveries.findLast(({ role }) => role === 'onFailure');
  if (!record) return undefined;
  try {
    const body: unknown = JSON.parse(record.body);
    const payload: unknown =
      typeof body === 'object' && body !== null ? Reflect.get(body, 'responsePayload') : undefined;
    return payload === undefined ? undefined : JSON.stringify(payload);
  } catch {
    return undefined;
  }
}
