import type { CodeParser } from './codeParser.ts';
import type { ExportPlace, ModuleKind } from './exportPlace.ts';
import { languageOf, languages } from './languages.ts';

/** Answers for the text a file had when it was parsed last. */
interface FileExports {
  readonly text: string;
  readonly places: Map<string, ExportPlace>;
}

/** Finds exports, parsing only what changed. */
export class ExportCache {
  readonly #parser: CodeParser;
  readonly #files = new Map<string, FileExports>();

  constructor(parser: CodeParser) {
    this.#parser = parser;
  }

  /** Where a file of that text has that export. */
  async find(file: string, text: string, exportPath: readonly string[], moduleKind: ModuleKind): Promise<ExportPlace> {
    const key = `${moduleKind} ${exportPath.join('.')}`;
    const known = this.#files.get(file);
    const place = known?.text === text ? known.places.get(key) : undefined;
    if (place) return place;
    const language = languageOf(file);
    const { findExport } = languages[language];
    const found = await this.#parser.parse(language, text, (root) => findExport(root, exportPath, moduleKind));
    const entry = this.#files.get(file);
    if (entry?.text === text) entry.places.set(key, found);
    else this.#files.set(file, { text, places: new Map([[key, found]]) });
    return found;
  }
}
