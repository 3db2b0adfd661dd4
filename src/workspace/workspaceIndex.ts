import { functionArn, type AccountScope } from '../model/arn.ts';
import type { Disposable } from '../model/disposable.ts';
import { Emitter } from '../model/event.ts';
import type { Invocation, InvocationRow } from '../model/invocation.ts';
import type { Declarations, DeclaredFunction, TemplateProblem } from '../iac/declarations.ts';
import type { DetailError } from '../protocol/panel.ts';
import { readTemplate } from '../iac/readTemplate.ts';
import type { WorkspaceRoot } from './deployedPath.ts';
import { lazyParser, type ReadWasm } from './handlers/codeParser.ts';
import { ExportCache } from './handlers/exportCache.ts';
import { findHandler, mayHoldHandler, type FoundHandler, type HandlerSources } from './handlers/findHandler.ts';
import { payloadsInOrder, type PayloadFile } from './payloadOrder.ts';
import { errorOf, resolveFrames } from './resolveError.ts';
import { SourceMaps } from './sourceMaps.ts';

/** The open folders, as the index needs them. Paths are absolute. */
export interface WorkspaceFiles<P extends PayloadFile> {
  roots(): readonly WorkspaceRoot[];
  /** Templates, those at the top of a folder first. */
  templates(): Promise<readonly string[]>;
  payloads(): Promise<readonly P[]>;
  /** A file's text, unsaved changes included; `undefined`: there is no such file. Asked often: worth a cache. */
  readText(file: string): Promise<string | undefined>;
}

/** What an index is made from. */
export interface WorkspaceIndexOptions<P extends PayloadFile> {
  readonly files: WorkspaceFiles<P>;
  /** Region and account of the ARNs in what templates declare. */
  scope(): AccountScope;
  /** Asked for the parser when the first handler is looked for, and for a grammar at the first file of its language. */
  readonly readWasm: ReadWasm;
}

/** A proven handler. Lines and columns count from 1. */
export interface IndexedHandler {
  readonly functionName: string;
  /** The alias to send to: the only one with destinations, retries or event age of its own, where the function has none. */
  readonly qualifier?: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a template says of a function. `logicalIdOf`: the key, in the same template, of what has that ARN. */
export interface IndexedDeclaration {
  readonly fn: DeclaredFunction;
  readonly logicalId: string;
  logicalIdOf(arn: string): string | undefined;
}

/** A template as it was read last. While it does not parse, its functions are those of the last version that did. */
interface ReadTemplate {
  readonly text: string;
  readonly scopeKey: string;
  readonly functions: readonly DeclaredFunction[];
  /** ARN → logical id of all that it declares. */
  readonly logicalIds: ReadonlyMap<string, string>;
  readonly problems: readonly TemplateProblem[];
}

/**
 * What the open folders say of functions: handlers, problems, payloads, and which line a stack frame is. Nothing is read
 * before something is asked, and then only templates and the files that they name.
 */
export class WorkspaceIndex<P extends PayloadFile> implements Disposable {
  readonly #options: WorkspaceIndexOptions<P>;
  readonly #changed = new Emitter<void>();
  readonly #templates = new Map<string, ReadTemplate>();
  readonly #asked = new Set<string>();
  readonly #exports: ExportCache;
  readonly #sourceMaps: SourceMaps;
  #reading: Promise<readonly ReadTemplate[]> | undefined;
  #everRead = false;

  /** Anything may be another now. First fires when the first reading is done. */
  readonly onDidChange = this.#changed.event;

  constructor(options: WorkspaceIndexOptions<P>) {
    this.#options = options;
    this.#exports = new ExportCache(lazyParser(options.readWasm));
    this.#sourceMaps = new SourceMaps((file) => options.files.readText(file));
  }

  /** Proven handlers in a file; `text` is what its editor shows. */
  async handlersIn(file: string, text: string, signal?: AbortSignal): Promise<readonly IndexedHandler[]> {
    const candidates = (await this.#functions(signal)).filter((fn) => mayHoldHandler(fn, file));
    const sources = this.#handlerSources({ file, text });
    const handlers: IndexedHandler[] = [];
    for (const fn of candidates) {
      signal?.throwIfAborted();
      const found = await findHandler(fn, sources);
      if (found.found && found.file === file) handlers.push(indexed(fn, found));
    }
    return handlers;
  }

  /** Where a function's handler is, or why it can't be told. */
  async handlerOf(
    functionName: string,
    signal?: AbortSignal,
  ): Promise<
    { readonly found: true; readonly handler: IndexedHandler } | { readonly found: false; readonly message: string }
  > {
    const fn = await this.#function(functionName, signal);
    if (!fn) return { found: false, message: `No template in this workspace declares a function “${functionName}”.` };
    const found = await findHandler(fn, this.#handlerSources());
    return found.found ? { found: true, handler: indexed(fn, found) } : { found: false, message: found.message };
  }

  /** What a template says of a function; `undefined`: none declares it. */
  async declarationOf(functionName: string, signal?: AbortSignal): Promise<IndexedDeclaration | undefined> {
    for (const { functions, logicalIds } of await this.#read(signal)) {
      const fn = functions.find((each) => each.functionName === functionName);
      if (fn) return { fn, logicalId: fn.logicalId, logicalIdOf: (arn) => logicalIds.get(arn) };
    }
    return undefined;
  }

  /** What is wrong in templates; a handler that is certainly missing is a warning at its function. */
  async problems(signal?: AbortSignal): Promise<readonly TemplateProblem[]> {
    const templates = await this.#read(signal);
    const problems = templates.flatMap((template) => template.problems);
    const sources = this.#handlerSources();
    for (const fn of templates.flatMap(({ functions }) => functions)) {
      signal?.throwIfAborted();
      const found = await findHandler(fn, sources);
      if (!found.found && found.certain) problems.push({ ...fn.location, severity: 'warning', message: found.message });
    }
    return problems;
  }

  /** Saved payloads, those that suit the function first. */
  async payloadsFor(functionName: string | undefined, signal?: AbortSignal): Promise<readonly P[]> {
    const payloads = await this.#options.files.payloads();
    const fn = functionName === undefined ? undefined : await this.#function(functionName, signal);
    return payloadsInOrder(payloads, functionName, fn);
  }

  /** An invocation's last error with its frames as places of the workspace; `undefined`: nothing failed. */
  async resolveError(
    row: InvocationRow,
    invocation: Invocation,
    signal: AbortSignal,
  ): Promise<DetailError | undefined> {
    const error = errorOf(row, invocation);
    if (!error) return undefined;
    const fn = error.frames.length > 0 ? await this.#function(row.functionName, signal) : undefined;
    const { files } = this.#options;
    const sources = {
      roots: files.roots(),
      readText: (file: string): Promise<string | undefined> => files.readText(file),
      sourceMaps: this.#sourceMaps,
      ...(fn?.codeDir === undefined ? {} : { codeDir: fn.codeDir }),
      ...(fn?.layers === undefined ? {} : { layers: fn.layers }),
    };
    return resolveFrames(error, sources, signal);
  }

  /** Whether something that was asked depends on that file. */
  isOfInterest(file: string): boolean {
    return this.#asked.has(file) || this.#templates.has(file);
  }

  /** Files or folders are other ones now. Says so, if anything was asked before. */
  filesChanged(): void {
    this.#reading = undefined;
    if (this.#everRead) this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #functions(signal?: AbortSignal): Promise<readonly DeclaredFunction[]> {
    return (await this.#read(signal)).flatMap(({ functions }) => functions);
  }

  async #function(functionName: string, signal?: AbortSignal): Promise<DeclaredFunction | undefined> {
    return (await this.#functions(signal)).find((fn) => fn.functionName === functionName);
  }

  async #read(signal?: AbortSignal): Promise<readonly ReadTemplate[]> {
    signal?.throwIfAborted();
    const reading = (this.#reading ??= this.#readAll());
    try {
      return await reading;
    } finally {
      // What is not watched (a folder beyond the workspace, a setting) is seen at the next request.
      if (this.#reading === reading) this.#reading = undefined;
      signal?.throwIfAborted();
    }
  }

  async #readAll(): Promise<readonly ReadTemplate[]> {
    const files = await this.#options.files.templates();
    const read: ReadTemplate[] = [];
    for (const file of files) {
      const template = await this.#readTemplate(file);
      if (template) read.push(template);
    }
    for (const file of this.#templates.keys()) if (!files.includes(file)) this.#templates.delete(file);
    if (!this.#everRead) {
      this.#everRead = true;
      // Those who only follow learn that there is something now; after those who asked.
      queueMicrotask(() => this.#changed.fire());
    }
    return read;
  }

  async #readTemplate(file: string): Promise<ReadTemplate | undefined> {
    const text = await this.#options.files.readText(file);
    if (text === undefined) {
      this.#templates.delete(file);
      return undefined;
    }
    const scope = this.#options.scope();
    const scopeKey = `${scope.region}/${scope.account}`;
    const before = this.#templates.get(file);
    if (before?.text === text && before.scopeKey === scopeKey) return before;
    const declared = readTemplate({ file, text, scope });
    const broken = declared.functions.length === 0 && declared.problems.some(({ severity }) => severity === 'error');
    const template: ReadTemplate = {
      text,
      scopeKey,
      functions: broken ? (before?.functions ?? []) : declared.functions,
      logicalIds: broken ? (before?.logicalIds ?? new Map()) : logicalIdsOf(declared, scope),
      problems: declared.problems,
    };
    this.#templates.set(file, template);
    return template;
  }

  #handlerSources(open?: { readonly file: string; readonly text: string }): HandlerSources {
    return {
      readText: (file) => {
        this.#asked.add(file);
        return file === open?.file ? Promise.resolve(open.text) : this.#options.files.readText(file);
      },
      findExport: (...args) => this.#exports.find(...args),
    };
  }
}

function indexed(fn: DeclaredFunction, found: FoundHandler & { readonly found: true }): IndexedHandler {
  const { file, line, column } = found;
  const qualifier = aliasInUse(fn);
  return { functionName: fn.functionName, ...(qualifier === undefined ? {} : { qualifier }), file, line, column };
}

/** With `AutoPublishAlias`, SAM gives the settings to the alias and lets every event source invoke it. */
function aliasInUse({ eventInvokeConfigs, aliases = [] }: DeclaredFunction): string | undefined {
  const [config, ...others] = eventInvokeConfigs;
  return config && others.length === 0 && aliases.includes(config.qualifier) ? config.qualifier : undefined;
}

function logicalIdsOf(declared: Declarations, scope: AccountScope): ReadonlyMap<string, string> {
  const { queues, topics, buses, buckets, functions } = declared;
  return new Map([
    ...[...queues, ...topics, ...buses, ...buckets].map(({ arn, logicalId }) => [arn, logicalId] as const),
    ...functions.map((fn) => [functionArn(scope, fn.functionName), fn.logicalId] as const),
  ]);
}
