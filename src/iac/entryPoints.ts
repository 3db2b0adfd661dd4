import { normalize } from 'node:path';

/**
 * The sources that esbuild makes a Node.js handler's file from, when `sam build` bundles it (`Metadata` `EntryPoints`):
 * with the handler `app.handler`, the entry point `src/app.ts`. Paths to be tried in this order; an entry point without
 * extension is `.ts`, else `.js`, as in `sam build`.
 */
export function handlerEntryPoints({
  entryPoints = [],
  handler = '',
}: {
  readonly entryPoints?: readonly string[];
  readonly handler?: string;
}): readonly string[] {
  const module = /^(.*\/)?[^./]+/.exec(handler)?.[0];
  if (module === undefined) return [];
  const base = module.slice(module.lastIndexOf('/') + 1);
  const suited = entryPoints
    .map((entry) => entry.replaceAll('\\', '/'))
    .flatMap((entry) => (/\.[cm]?[jt]sx?$/.test(entry) ? [entry] : [`${entry}.ts`, `${entry}.js`]))
    .map((file) => ({ file, stem: `/${file.replace(/\.[^./]+$/, '')}` }))
    .filter(({ stem }) => stem.endsWith(`/${base}`));
  // Several may have that name in different folders: the one whose folders the handler names, too.
  const exact = suited.filter(({ stem }) => stem.endsWith(`/${module}`));
  return (exact.length > 0 ? exact : suited).map(({ file }) => normalize(file));
}
