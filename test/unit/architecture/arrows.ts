/** What a folder of `src` may import. The one table of the import directions; arrows.test.ts holds it. */
export interface Arrows {
  /** Other folders of `src`. */
  readonly folders: readonly string[];
  /** Single files of further folders, of which types may be imported, but no code. */
  readonly typesOf?: readonly string[];
  /** `vscode`: never, everywhere, or in the one file named (its path below the folder). */
  readonly vscode: boolean | string;
  /** Node's own modules. */
  readonly node: boolean;
  /** npm packages, by the beginning of their name. */
  readonly packages: readonly string[];
}

/** What the store is to those above it; which store it is, the composition root says. */
const storeContract = ['store/invocationStore.ts'];

/** Arrows point down only; why they are as they are: docs/development.md. */
export const arrows: Readonly<Record<string, Arrows>> = {
  model: { folders: [], vscode: false, node: false, packages: [] },
  protocol: { folders: ['model'], vscode: false, node: false, packages: ['valibot'] },
  iac: { folders: ['model'], vscode: false, node: true, packages: ['yaml', 'jsonc-parser'] },
  aws: { folders: ['model', 'protocol'], vscode: false, node: true, packages: ['@aws-sdk/', '@smithy/', 'valibot'] },
  store: { folders: ['model', 'protocol'], vscode: false, node: true, packages: ['valibot'] },
  local: {
    folders: ['model', 'protocol', 'iac'],
    vscode: false,
    node: true,
    packages: ['valibot', 'yaml', 'jsonc-parser'],
  },
  workspace: {
    folders: ['model', 'protocol', 'iac'],
    vscode: 'workspaceScan.ts',
    node: true,
    packages: ['@jridgewell/trace-mapping', 'jsonc-parser', 'web-tree-sitter', 'valibot', 'yaml'],
  },
  host: { folders: ['model', 'protocol'], vscode: true, node: true, packages: [] },
  connections: {
    folders: ['model', 'protocol', 'iac', 'aws', 'local', 'store', 'workspace'],
    vscode: false,
    node: true,
    packages: ['@aws-sdk/', 'p-queue', 'valibot'],
  },
  providers: {
    folders: ['model', 'protocol', 'iac', 'connections', 'host'],
    typesOf: storeContract,
    vscode: true,
    node: true,
    packages: [],
  },
  views: {
    folders: ['model', 'protocol', 'iac', 'connections', 'host'],
    typesOf: storeContract,
    vscode: true,
    node: true,
    packages: ['jsonc-parser'],
  },
  webview: { folders: ['model', 'protocol'], vscode: false, node: false, packages: ['lit', '@vscode/codicons'] },
  // The composition root knows what it builds, but nothing of the other process or the page.
  'extension.ts': {
    folders: ['model', 'protocol', 'connections', 'host', 'providers', 'views', 'aws', 'store', 'workspace'],
    vscode: true,
    node: true,
    packages: [],
  },
};
