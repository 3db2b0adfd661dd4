import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';

/** A package whose code or files go into the .vsix. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** Its licence as an SPDX expression. */
  readonly licence: string;
  /** What it was built from, as it says in its component manifest. */
  readonly components: readonly string[];
  /** The texts of its licence and notice files, as they are; empty when it comes without. */
  readonly texts: readonly string[];
}

/**
 * The folders under node_modules that `files` (paths, relative to `root` or absolute) come from.
 * `node_modules/a/node_modules/@b/c/d.js` is of `node_modules/a/node_modules/@b/c`.
 */
export function packageFolders(files: readonly string[], root: string): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    const path = relative(root, resolve(root, file)).replaceAll('\\', '/');
    const folder = /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    if (folder !== undefined) folders.add(folder);
  }
  return [...folders].toSorted();
}

/**
 * What the package in a folder says about itself.
 *
 * @throws Error when it names no licence: nothing of that kind may be shipped.
 */
export async function readPackage(folder: string): Promise<ShippedPackage> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const { name, version, license } = manifest;
  if (license === undefined) throw new Error(`${name} ${version} names no licence.`);
  const names = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying|thirdpartynotices)/i.test(file));
  const texts = await Promise.all(names.toSorted().map((file) => readFile(join(folder, file), 'utf8')));
  return {
    name,
    version,
    licence: license,
    components: await readComponents(folder),
    texts: texts.map((text) => text.replaceAll('\r\n', '\n').trim()),
  };
}

/** The entries of a `cgmanifest.json`, if the package has one. */
async function readComponents(folder: string): Promise<string[]> {
  const content = await readFile(join(folder, 'cgmanifest.json'), 'utf8').catch(() => '{"registrations":[]}');
  const { registrations } = JSON.parse(content) as {
    readonly registrations: readonly {
      readonly component: { readonly git?: { readonly name: string; readonly repositoryUrl: string } };
      readonly license?: string;
      readonly version?: string;
    }[];
  };
  return registrations.map(
    ({ component, license = 'licence unknown', version = '' }) =>
      `${component.git?.name ?? ''} ${version} (${license}), ${component.git?.repositoryUrl ?? ''}`,
  );
}

/** The notices file: every package by name, version and licence; then each text once, with who comes under it. */
export function noticesText(packages: readonly ShippedPackage[]): string {
  const byName = packages.toSorted((a, b) => label(a).localeCompare(label(b), 'en'));
  const holders = new Map<string, string[]>();
  for (const shipped of byName) {
    for (const text of shipped.texts) holders.set(text, [...(holders.get(text) ?? []), label(shipped)]);
  }
  const rule = '-'.repeat(80);
  return [
    'Lambda Destinations for VS Code contains code and files of the packages below, under their licences.',
    '',
    ...byName.flatMap((shipped) => [
      `${label(shipped)} (${shipped.licence})`,
      ...shipped.components.map((component) => `  with ${component}`),
    ]),
    ...[...holders].flatMap(([text, names]) => ['', rule, names.join(', '), rule, '', text]),
    '',
  ].join('\n');
}

/** The notices for all that esbuild read (`inputs`) and all that is copied as it is. */
export async function noticesFor(files: readonly string[], root: string): Promise<string> {
  const folders = packageFolders(files, root);
  return noticesText(await Promise.all(folders.map((folder) => readPackage(join(root, folder)))));
}

function label({ name, version }: ShippedPackage): string {
  return `${name} ${version}`;
}
