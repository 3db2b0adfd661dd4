/** A Node.js handler string taken apart (spec 7): `src/app.api.handler` is module `src/app`, export `api`, then `handler`. */
export interface HandlerName {
  /** Relative to the code folder, without extension. */
  readonly modulePath: string;
  readonly exportPath: readonly string[];
}

/** Takes a handler string apart; a text says why it can't be one, in Lambda's words where it has some. */
export function parseHandlerName(handler: string): HandlerName | string {
  if (handler.includes('..'))
    return `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`;
  const slash = handler.lastIndexOf('/') + 1;
  const [, module, exports] = /^([^.]*)\.(.+)$/.exec(handler.slice(slash)) ?? [];
  if (!module || exports === undefined) return `“${handler}” is a bad handler name: it has to be like “app.handler”.`;
  const exportPath = exports.split('.');
  if (exportPath.includes('')) return `“${handler}” is a bad handler name: it has to be like “app.handler”.`;
  return { modulePath: handler.slice(0, slash).replace(/^\/+/, '') + module, exportPath };
}

/** The files Lambda looks for, in its order (spec 7). Paths relative to the code folder. */
export function handlerFiles({ modulePath }: HandlerName): readonly string[] {
  return [modulePath, `${modulePath}.js`, `${modulePath}.mjs`, `${modulePath}.cjs`, `${modulePath}/index.js`];
}

/** TypeScript sources that a build makes the handler's file from. */
export function typeScriptFiles({ modulePath }: HandlerName): readonly string[] {
  return ['.ts', '.mts', '.cts', '.tsx'].map((extension) => modulePath + extension);
}
