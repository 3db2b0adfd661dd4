import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  commandId,
  commandNames,
  contextKeyNames,
  debugpyType,
  extensionId,
  recordsPanelType,
  settingDefaults,
  views,
} from '../../src/host/contract.ts';

const root = join(import.meta.dirname, '..', '..');

interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category?: string; readonly icon?: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly debuggers: readonly { readonly type: string; readonly label: string }[];
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string; readonly icon: string }[] };
    readonly views: Readonly<
      Record<
        string,
        readonly { readonly id: string; readonly icon: string; readonly accessibilityHelpContent?: string }[]
      >
    >;
    readonly viewsWelcome: readonly { readonly view: string; readonly when: string; readonly contents: string }[];
    readonly walkthroughs: readonly { readonly id: string; readonly steps: readonly WalkthroughStep[] }[];
    readonly configuration: readonly {
      readonly properties: Readonly<
        Record<string, { readonly default: unknown; readonly scope?: string; readonly markdownDescription?: string }>
      >;
    }[];
  };
}

interface WalkthroughStep {
  readonly id: string;
  readonly description: string;
  readonly completionEvents: readonly string[];
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(join(root, path), 'utf8'));
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(strings);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(strings);
  return [];
}

async function sourceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true });
  return entries.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

describe('manifest', () => {
  let manifest: Manifest;
  let texts: Readonly<Record<string, string>>;

  before(async () => {
    manifest = (await readJson('package.json')) as Manifest;
    texts = (await readJson('package.nls.json')) as Record<string, string>;
  });

  it('has the contract’s id', () => {
    assert.equal(`${manifest.publisher}.${manifest.name}`, extensionId);
  });

  it('has the contract’s commands, all of them and no other', () => {
    const declared = manifest.contributes.commands.map(({ command }) => command);
    assert.deepEqual(declared.toSorted(), commandNames.map((name) => commandId(name)).toSorted());
  });

  it('gives every command a category and an icon', () => {
    for (const { command, category, icon } of manifest.contributes.commands) {
      assert.equal(category, '%category%', command);
      assert.match(icon ?? '', /^\$\([a-z-]+\)$/, command);
    }
  });

  it('names only declared commands in menus and welcome texts', () => {
    const declared = new Set(manifest.contributes.commands.map(({ command }) => command));
    for (const [menu, items] of Object.entries(manifest.contributes.menus)) {
      for (const { command } of items) assert.ok(declared.has(command), `${menu}: ${command}`);
    }
    for (const text of Object.values(texts)) {
      for (const [, link = ''] of text.matchAll(/\(command:(lambdaDestinations\.\w+)\)/g)) {
        assert.ok(declared.has(link), `text links to ${link}`);
      }
    }
  });

  it('has the contract’s views and container', () => {
    const { viewsContainers, views: declared } = manifest.contributes;
    assert.deepEqual(
      viewsContainers.activitybar.map(({ id }) => id),
      [views.container],
    );
    const { container, ...ids } = views;
    assert.deepEqual(Object.keys(declared), [container]);
    assert.deepEqual(declared[container]?.map(({ id }) => id).toSorted(), Object.values(ids).toSorted());
    for (const view of declared[container] ?? []) assert.ok(view.accessibilityHelpContent, view.id);
    const known = new Set<string>(Object.values(ids));
    for (const { view } of manifest.contributes.viewsWelcome) assert.ok(known.has(view), view);
  });

  it('has the contract’s debug type', () => {
    const { debuggers } = manifest.contributes;
    assert.deepEqual(debuggers, [{ type: debugpyType, label: '%debugger.python.label%' }]);
  });

  it('has the contract’s settings with their defaults, each with scope and description', () => {
    const declared = Object.assign(
      {},
      ...manifest.contributes.configuration.map(({ properties }) => properties),
    ) as Record<string, { default: unknown; scope?: string; markdownDescription?: string }>;
    const defaults = Object.fromEntries(Object.entries(declared).map(([key, value]) => [key, value.default]));
    const expected = Object.fromEntries(
      Object.entries(settingDefaults).map(([key, value]) => [`lambdaDestinations.${key}`, value]),
    );
    assert.deepEqual(defaults, expected);
    for (const [key, value] of Object.entries(declared)) {
      assert.ok(value.scope, `${key} has a scope`);
      assert.ok(value.markdownDescription, `${key} has a description`);
    }
  });

  it('keeps every setting of the local process away from untrusted workspaces', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    const local = Object.keys(settingDefaults).filter((key) => key.startsWith('local.'));
    assert.deepEqual(restrictedConfigurations.toSorted(), local.map((key) => `lambdaDestinations.${key}`).toSorted());
  });

  it('uses the contract’s context keys, all of them and no other', () => {
    const others = new Set<string>([
      ...manifest.contributes.commands.map(({ command }) => command),
      ...Object.values(views),
      recordsPanelType,
      ...Object.keys(settingDefaults).map((key) => `lambdaDestinations.${key}`),
    ]);
    const clauses: string[] = [];
    const collect = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        if ((key === 'when' || key === 'enablement') && typeof inner === 'string') clauses.push(inner);
        else collect(inner);
      }
    };
    collect(manifest.contributes);
    for (const { completionEvents } of steps()) {
      clauses.push(...completionEvents.filter((event) => event.startsWith('onContext:')));
    }
    const used = new Set(
      clauses.flatMap((clause) => clause.match(/\blambdaDestinations\.[\w.]+/g) ?? []).filter((id) => !others.has(id)),
    );
    assert.deepEqual([...used].toSorted(), contextKeyNames.map((name) => `lambdaDestinations.${name}`).toSorted());
  });

  function steps(): readonly WalkthroughStep[] {
    return manifest.contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  }

  it('takes every text from package.nls.json, and every text there is used', () => {
    const used = new Set(strings(manifest).flatMap((text) => /^%(.+)%$/.exec(text)?.[1] ?? []));
    assert.deepEqual([...used].toSorted(), Object.keys(texts).toSorted());
  });

  it('starts for what VS Code does not infer', () => {
    assert.deepEqual(manifest.activationEvents, [
      'onLanguage:javascript',
      'onLanguage:python',
      'onLanguage:typescript',
      `onWebviewPanel:${recordsPanelType}`,
    ]);
  });

  it('leads through the main job in six steps at most, each with a button and an end', () => {
    const names = new Set<string>(commandNames.map((name) => commandId(name)));
    assert.equal(manifest.contributes.walkthroughs.length, 1);
    assert.ok(steps().length <= 6);
    for (const { id, description, completionEvents } of steps()) {
      const text = texts[description.slice(1, -1)] ?? '';
      const links = [...text.matchAll(/\]\(command:([\w.]+)(?:\?([^)]+))?\)/g)];
      assert.ok(links.length > 0, id);
      for (const [, command = '', args] of links) {
        assert.ok(names.has(command), `${id}: ${command}`);
        if (args !== undefined) assert.ok(Array.isArray(JSON.parse(decodeURIComponent(args))), id);
      }
      assert.ok(completionEvents.length > 0, id);
      for (const event of completionEvents) {
        const [, command] = /^onCommand:(.+)$/.exec(event) ?? [];
        if (command !== undefined) assert.ok(names.has(command), `${id}: ${command}`);
      }
    }
  });

  it('points at files that exist', async () => {
    const paths = strings(manifest).filter((text) => text.startsWith('media/'));
    assert.ok(paths.length > 0);
    for (const path of paths) assert.ok((await stat(join(root, path))).isFile(), path);
  });

  it('is the only place where the sources get command ids from', async () => {
    const known = new Set<string>([
      ...commandNames.map((name) => commandId(name)),
      ...Object.values(views),
      recordsPanelType,
      debugpyType,
      // Names that are ours but no one's to contribute: diagnostics, the mementos, the settings of local Lambda, the status bar items.
      'lambdaDestinations.payload',
      'lambdaDestinations.templates',
      'lambdaDestinations.workspace',
      'lambdaDestinations.openedExample',
      'lambdaDestinations.local',
      'lambdaDestinations.connection',
      'lambdaDestinations.failures',
    ]);
    for (const file of await sourceFiles('src')) {
      const source = await readFile(join(root, file), 'utf8');
      for (const [, id = ''] of source.matchAll(/['"`](lambdaDestinations\.[\w.]+)['"`]/g)) {
        assert.ok(known.has(id), `${file} names ${id}`);
      }
    }
  });
});
