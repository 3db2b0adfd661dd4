import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TraceMap } from '@jridgewell/trace-mapping';

/** A place in a source. Line and column count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Reads a file's text; `undefined`: there is no such file. */
export type ReadText = (file: string) => Promise<string | undefined>;

/** Kept parsed: a stack asks the same file many times. */
const maximumMaps = 20;

/** Goes from built JavaScript to the source it was made from, by the source map that the file names (inline, or beside it). */
export class SourceMaps {
  readonly #readText: ReadText;
  readonly #maps = new Map<string, { readonly text: string; readonly map: TraceMap | undefined }>();

  constructor(readText: ReadText) {
    this.#readText = readText;
  }

  /** The source of a place; `undefined`: no map, a broken one, or one that does not know this place. */
  async sourceOf({ file, line, column }: SourcePlace): Promise<SourcePlace | undefined> {
    const text = await this.#readText(file);
    const url = text === undefined ? undefined : sourceMappingUrl(text);
    if (text === undefined || url === undefined) return undefined;
    const map = await this.#mapOf(file, url);
    if (!map) return undefined;
    const { originalPositionFor } = await import('@jridgewell/trace-mapping');
    const found = originalPositionFor(map, { line, column: Math.max(0, column - 1) });
    if (found.source === null || !found.source.startsWith('file:')) return undefined;
    return { file: fileURLToPath(found.source), line: found.line, column: found.column + 1 };
  }

  async #mapOf(file: string, url: string): Promise<TraceMap | undefined> {
    const mapFile = url.startsWith('data:') ? file : resolve(dirname(file), decoded(url));
    const text = url.startsWith('data:') ? dataText(url) : await this.#readText(mapFile);
    if (text === undefined) return undefined;
    const kept = this.#maps.get(file);
    if (kept?.text === text) return kept.map;
    const map = await parseMap(text, mapFile);
    this.#maps.delete(file);
    this.#maps.set(file, { text, map });
    for (const oldest of this.#maps.keys()) {
      if (this.#maps.size <= maximumMaps) break;
      this.#maps.delete(oldest);
    }
    return map;
  }
}

async function parseMap(text: string, mapFile: string): Promise<TraceMap | undefined> {
  const { AnyMap } = await import('@jridgewell/trace-mapping');
  try {
    return new AnyMap(text, pathToFileURL(mapFile).href);
  } catch {
    return undefined;
  }
}

/** The last `//# sourceMappingURL=` of a file: earlier ones are texts in it. */
function sourceMappingUrl(text: string): string | undefined {
  const at = text.lastIndexOf('//# sourceMappingURL=');
  return at < 0 ? undefined : /^\S+/.exec(text.slice(at + '//# sourceMappingURL='.length))?.[0];
}

function dataText(url: string): string | undefined {
  const [, base64, data = ''] = /^data:[^,]*?(;base64)?,(.*)$/s.exec(url) ?? [];
  if (data === '') return undefined;
  return base64 === undefined ? decoded(data) : Buffer.from(data, 'base64').toString('utf8');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
