import { dirname, isAbsolute, resolve } from 'node:path';
import type { Report, TemplateNode } from './templateNode.ts';
import type { TemplateValues } from './templateValues.ts';

/** What a folder that a template names is found with. `file`: the template. */
export interface FolderContext {
  readonly file: string;
  readonly values: TemplateValues;
  readonly report: Report;
}

/** The folder a code property names; `undefined`: the code is elsewhere (S3, an archive). */
export function localFolder(node: TemplateNode, { file, values, report }: FolderContext): string | undefined {
  if (node.kind !== 'scalar') return undefined;
  const uri = values.text(node) ?? '.';
  if (/^[a-z][\w+.-]+:\/\//i.test(uri)) return undefined;
  if (/\.(?:zip|jar)$/i.test(uri)) {
    report('warning', node.location, `“${uri}” is an archive. Name the folder with the code to run it locally.`);
    return undefined;
  }
  return isAbsolute(uri) ? uri : resolve(dirname(file), uri);
}
