import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pinned from '../../scripts/toolchain/webWorkbench.json' with { type: 'json' };

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
/** As the README has it. */
const defaultText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

interface Package {
  readonly scripts: Readonly<Record<string, string>>;
  readonly engines: { readonly vscode: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly configuration: readonly {
      readonly properties: Readonly<Record<string, { readonly default: unknown }>>;
    }[];
  };
}

describe('the package', () => {
  let manifest: Package;

  before(async () => {
    manifest = JSON.parse(await read('package.json')) as Package;
  });

  it('pins every package to one version', () => {
    const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    assert.deepEqual(
      all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)),
      [],
    );
  });

  it('is typed against the oldest VS Code that it promises to run in', () => {
    assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
  });

  it('pins what is fetched beside npm’s packages by its integrity', async () => {
    assert.match(pinned.integrity, /^sha512-[\w+/]{86}==$/);
    const lock = JSON.parse(await read('scripts/toolchain/package-lock.json')) as {
      readonly packages: Readonly<Record<string, { readonly integrity?: string }>>;
    };
    for (const [path, { integrity }] of Object.entries(lock.packages)) {
      if (path !== '') assert.match(integrity ?? '', /^sha512-/, path);
    }
  });

  it('has scripts that can be started before anything is installed', async () => {
    const entries = (await readdir(join(root, 'scripts'))).filter((name) => name.endsWith('.mjs'));
    for (const name of entries.filter((entry) => entry !== 'bootstrap.mjs')) {
      const source = await read(join('scripts', name));
      assert.match(source, /^import \{ bootstrap \} from '\.\/bootstrap\.mjs';\n\nawait bootstrap\(\);\n/, name);
      const [, main = ''] = /await import\('\.\/(.+)'\)/.exec(source) ?? assert.fail(name);
      assert.ok((await stat(join(root, 'scripts', main))).isFile(), main);
    }
    const imports = (await read('scripts/bootstrap.mjs')).matchAll(/from '(.+)'/g);
    for (const [, from = ''] of imports) assert.match(from, /^node:/, 'bootstrap.mjs needs nothing but Node');
  });

  it('has every command that the documents name', async () => {
    for (const document of ['README.md', 'CONTRIBUTING.md', 'docs/development.md', '.github/workflows/test.yml']) {
      for (const [, name = ''] of (await read(document)).matchAll(/npm run ([\w:]+)/g)) {
        assert.ok(name in manifest.scripts, `${document}: npm run ${name}`);
      }
    }
  });

  it('has the settings that the README lists, with the same defaults', async () => {
    const rows = (await read('README.md')).matchAll(/^\| `(lambdaDestinations\.[\w.]+)`\s*\|\s*(?:`(.*?)`)?\s*\|/gm);
    const listed = Object.fromEntries([...rows].map(([, key = '', value = '']): [string, string] => [key, value]));
    const properties = manifest.contributes.configuration.flatMap((group) => Object.entries(group.properties));
    assert.deepEqual(
      listed,
      Object.fromEntries(properties.map(([key, property]) => [key, defaultText(property.default)])),
    );
  });

  it('has the files that its documents link to', async () => {
    for (const document of ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']) {
      const links = /\]\((?!https?:)(?<page>[^)#]+)\)|\bsrc(?:set)?="(?!https?:)(?<picture>[^"]+)"/g;
      for (const { groups } of (await read(document)).matchAll(links)) {
        const link = groups?.['page'] ?? groups?.['picture'] ?? '';
        await assert.doesNotReject(stat(join(root, link)), `${document}: ${link}`);
      }
    }
  });
});
