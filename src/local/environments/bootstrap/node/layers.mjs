// The layers of a function: absolute paths in `/opt` lead to the real folder, which lies elsewhere.
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const inOpt = /^(?:file:\/\/)?\/opt\//;

/** Has `require('/opt/nodejs/shared')` and `import '/opt/nodejs/shared.mjs'` find what is in `folder`. */
export function resolveOpt(folder) {
  nodeModule.registerHooks?.({
    resolve(specifier, context, nextResolve) {
      if (!inOpt.test(specifier)) return nextResolve(specifier, context);
      const path = join(folder, specifier.replace(inOpt, ''));
      // This machine may have an /opt of its own.
      if (!existsSync(path) && existsSync(specifier)) return nextResolve(specifier, context);
      const isImport = context.conditions?.includes('import') ?? false;
      return nextResolve(isImport ? pathToFileURL(path).href : path, context);
    },
  });
}
