import { findExport, type ExportPlace, type ModuleKind } from './javascriptExports.ts';
import type { JavaScriptParser } from './javascriptParser.ts';

/** Answers for the text a file had when it was parsed last. */
interface FileExports {
  readonly text: string;
  readonly places: Map<string, ExportPlace>;
}

/** Finds exports, parsing only what changed. The parser is loaded at the first use; a failed loading is tried again. */
export class ExportCache {
  readonly #load: () => Promise<JavaScriptParser>;
  readonly #files = new Map<string, FileExports>();
  #parser: Promise<JavaScriptParser> | undefined;

  constructor(load: () => Promise<JavaScriptParser>) {
    this.#load = load;
  }

  /** Where a file of that text has that export. */
  async find(file: string, text: string, exportPath: readonly string[], moduleKind: ModuleKind): Promise<ExportPlace> {
    const key = `${moduleKind} ${exportPath.join('.')}`;
    const known = this.#files.get(file);
    const place = known?.text === text ? known.places.get(key) : undefined;
    if (place) return place;
    const parser = await this.#getParser();
    const found = parser.parse(text, (root) => findExport(root, exportPath, moduleKind));
    const entry = this.#files.get(file);
    if (entry?.text === text) entry.places.set(key, found);
    else this.#files.set(file, { text, places: new Map([[key, found]]) });
    return found;
  }

  #getParser(): Promise<JavaScriptParser> {
    this.#parser ??= this.#load().catch((error: unknown) => {
      this.#parser = undefined;
      throw error;
    });
    return this.#parser;
  }
}
