/** A handler string taken apart (spec 7): Node.js's `src/app.api.handler` is module `src/app`, export `api`, then `handler`. */
export interface HandlerName {
  /** Relative to the code folder, without extension. */
  readonly modulePath: string;
  readonly exportPath: readonly string[];
}

/** How the runtimes of a language read handler strings, and where they look. */
export interface HandlerRules {
  /** Takes a handler string apart; a text says why it can't be one, in Lambda's words where it has some. */
  parse(handler: string): HandlerName | string;
  /** The files a handler may be in, in the order they are looked for. Relative to the code folder. */
  files(name: HandlerName): readonly string[];
  /** Files that would be the handler's, were they in a language that can be looked into. */
  otherFiles(name: HandlerName): readonly string[];
  /** The files looked for, as people are told when there is none. */
  lookedFor(name: HandlerName): string;
}

/** The runtimes whose handlers can be found, by the beginning of their names. */
const rulesByRuntime: readonly (readonly [prefix: string, rules: HandlerRules])[] = [
  [
    'nodejs',
    { parse: parseNodeHandler, files: nodeFiles, otherFiles: ({ modulePath }) => [`${modulePath}.tsx`], lookedFor },
  ],
  [
    'python',
    {
      parse: parsePythonHandler,
      // As Python imports: a package goes before a module of its name.
      files: ({ modulePath }) => [`${modulePath}/__init__.py`, `${modulePath}.py`],
      otherFiles: () => [],
      lookedFor: ({ modulePath }) => `${modulePath}.py`,
    },
  ],
];

/** The rules of a runtime; a function without one is Node.js. `undefined`: its handlers can't be found yet. */
export function handlerRulesOf(runtime = ''): HandlerRules | undefined {
  return rulesByRuntime.find(([prefix]) => runtime === '' || runtime.startsWith(prefix))?.[1];
}

function parseNodeHandler(handler: string): HandlerName | string {
  if (handler.includes('..'))
    return `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`;
  const slash = handler.lastIndexOf('/') + 1;
  const [, module, exports] = /^([^.]*)\.(.+)$/.exec(handler.slice(slash)) ?? [];
  if (!module || exports === undefined) return `“${handler}” is a bad handler name: it has to be like “app.handler”.`;
  const exportPath = exports.split('.');
  if (exportPath.includes('')) return `“${handler}” is a bad handler name: it has to be like “app.handler”.`;
  return { modulePath: handler.slice(0, slash).replace(/^\/+/, '') + module, exportPath };
}

/** `src/app.handler` or `src.app.handler`: a module's name, its parts separated by either, then a function's. */
function parsePythonHandler(handler: string): HandlerName | string {
  const parts = handler.split(/[./]/);
  const name = handler.slice(handler.lastIndexOf('.') + 1);
  if (parts.length < 2 || parts.includes('') || !/^[^./]+$/.test(name) || name === handler) {
    return `“${handler}” is a bad handler name: it has to be like “app.handler”.`;
  }
  return { modulePath: parts.slice(0, -1).join('/'), exportPath: [name] };
}

/** Lambda's order (spec 7); then the TypeScript that local Lambda runs where there is no JavaScript. */
function nodeFiles({ modulePath }: HandlerName): readonly string[] {
  const endings = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '/index.js', '/index.ts'];
  return endings.map((ending) => modulePath + ending);
}

function lookedFor({ modulePath }: HandlerName): string {
  return `${modulePath}.js (nor .mjs, .cjs, .ts, .mts, .cts)`;
}
