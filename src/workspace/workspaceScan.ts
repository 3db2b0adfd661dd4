import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { templateNames } from '../iac/templateNames.ts';
import type { AccountScope } from '../model/arn.ts';
import { DisposableStore, type Disposable } from '../model/disposable.ts';
import type { Event } from '../model/event.ts';
import type { Invocation, InvocationRow } from '../model/invocation.ts';
import type { TemplateProblem } from '../iac/declarations.ts';
import type { DetailError } from '../protocol/panel.ts';
import { labelOf, type WorkspaceRoot } from './deployedPath.ts';
import type { PayloadFile } from './payloadOrder.ts';
import { WorkspaceIndex, type IndexedDeclaration, type IndexedHandler, type WorkspaceFiles } from './workspaceIndex.ts';

/** What the index of the open folders is made from. */
export interface WorkspaceIndexDeps {
  /** The folder of the parser and its grammars; ends in a slash. */
  readonly wasm: URL;
  /** Region and account of the ARNs in what templates declare. */
  scope(): AccountScope;
}

/** A payload file of the workspace. */
export interface WorkspacePayload extends PayloadFile {
  readonly uri: vscode.Uri;
}

/** What the open folders say; see `WorkspaceIndex`. */
export interface OpenFolders extends Disposable {
  readonly onDidChange: Event<void>;
  handlersIn(document: vscode.TextDocument, signal?: AbortSignal): Promise<readonly IndexedHandler[]>;
  handlerOf(
    functionName: string,
    signal?: AbortSignal,
  ): Promise<
    { readonly found: true; readonly handler: IndexedHandler } | { readonly found: false; readonly message: string }
  >;
  declarationOf(functionName: string, signal?: AbortSignal): Promise<IndexedDeclaration | undefined>;
  problems(signal?: AbortSignal): Promise<readonly TemplateProblem[]>;
  payloadsFor(functionName: string | undefined, signal?: AbortSignal): Promise<readonly WorkspacePayload[]>;
  readPayload(payload: { readonly uri: vscode.Uri }): Promise<string>;
  resolveError(row: InvocationRow, invocation: Invocation, signal: AbortSignal): Promise<DetailError | undefined>;
}

/** Folders whose templates are copies or belong to others. */
const ignored = ['node_modules', '.aws-sam', 'cdk.out'];
const exclude = `**/{${ignored.join(',')}}/**`;
const maximumTemplates = 500;
const maximumPayloads = 2_000;
/** Changes come in bursts (a checkout, typing): told once, this many ms after the last. */
const settleMs = 150;

/** Indexes the open folders: lazily, following editors and the disk. Reads only; works in untrusted workspaces too. */
export function createWorkspaceIndex({ wasm, scope }: WorkspaceIndexDeps): OpenFolders {
  const disposables = new DisposableStore();
  const files = disposables.add(new OpenFiles());
  const index = disposables.add(
    new WorkspaceIndex({
      files,
      scope,
      readWasm: (name) => readFile(new URL(name, wasm)),
    }),
  );
  disposables.add(followChanges(files, index));
  return {
    onDidChange: index.onDidChange,
    handlersIn: (document, signal) => index.handlersIn(document.uri.fsPath, document.getText(), signal),
    handlerOf: (functionName, signal) => index.handlerOf(functionName, signal),
    declarationOf: (functionName, signal) => index.declarationOf(functionName, signal),
    problems: (signal) => index.problems(signal),
    payloadsFor: (functionName, signal) => index.payloadsFor(functionName, signal),
    async readPayload({ uri }) {
      return unsavedText(uri.fsPath) ?? decode(await vscode.workspace.fs.readFile(uri));
    },
    resolveError: (row, invocation, signal) => index.resolveError(row, invocation, signal),
    dispose: () => disposables.dispose(),
  };
}

/** The open folders' files. Lists are kept until the disk changes; texts by modification time and size. */
class OpenFiles implements WorkspaceFiles<WorkspacePayload>, Disposable {
  readonly #texts = new Map<string, { readonly version: string; readonly text: string }>();
  #templates: Promise<readonly string[]> | undefined;
  #payloads: Promise<readonly WorkspacePayload[]> | undefined;

  roots(): readonly WorkspaceRoot[] {
    return (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ name, uri }) => ({ name, path: uri.fsPath }));
  }

  templates(): Promise<readonly string[]> {
    this.#templates ??= this.#findTemplates().catch((error: unknown) => {
      this.#templates = undefined;
      throw error;
    });
    return this.#templates;
  }

  payloads(): Promise<readonly WorkspacePayload[]> {
    this.#payloads ??= this.#findPayloads().catch((error: unknown) => {
      this.#payloads = undefined;
      throw error;
    });
    return this.#payloads;
  }

  /** Files came or went. */
  forgetLists(): void {
    this.#templates = undefined;
    this.#payloads = undefined;
  }

  async readText(file: string): Promise<string | undefined> {
    const unsaved = unsavedText(file);
    if (unsaved !== undefined) return unsaved;
    const uri = vscode.Uri.file(file);
    try {
      const { type, mtime, size } = await vscode.workspace.fs.stat(uri);
      if ((type & vscode.FileType.File) === 0) return undefined;
      const version = `${mtime}:${size}`;
      const kept = this.#texts.get(file);
      if (kept?.version === version) return kept.text;
      const text = decode(await vscode.workspace.fs.readFile(uri));
      this.#texts.set(file, { version, text });
      return text;
    } catch {
      this.#texts.delete(file);
      return undefined;
    }
  }

  dispose(): void {
    this.#texts.clear();
    this.forgetLists();
  }

  async #findTemplates(): Promise<readonly string[]> {
    const found = await this.#find(`**/{${templateNames.join(',')}}`, maximumTemplates);
    const roots = this.roots();
    const depth = (file: string): number => file.split(/[\\/]/).length;
    const isTop = (file: string): number => (roots.some(({ path }) => path === dirname(file)) ? 0 : 1);
    return found
      .map(({ fsPath }) => fsPath)
      .toSorted((a, b) => isTop(a) - isTop(b) || depth(a) - depth(b) || a.localeCompare(b, 'en'));
  }

  async #findPayloads(): Promise<readonly WorkspacePayload[]> {
    const found = await this.#find('**/events/**/*.json', maximumPayloads);
    const roots = this.roots();
    return found.map((uri) => ({ uri, file: uri.fsPath, label: labelOf(uri.fsPath, roots) }));
  }

  async #find(pattern: string, maximum: number): Promise<readonly vscode.Uri[]> {
    const found = await vscode.workspace.findFiles(pattern, exclude, maximum);
    return found.filter(({ scheme }) => scheme === 'file');
  }
}

/** Tells the index what changed on disk and in editors. */
function followChanges(files: OpenFiles, index: WorkspaceIndex<WorkspacePayload>): Disposable {
  const disposables = new DisposableStore();
  let timer: NodeJS.Timeout | undefined;
  const changed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => index.filesChanged(), settleMs);
  };
  disposables.add({ dispose: () => clearTimeout(timer) });
  const listChanged = (uri: vscode.Uri): void => {
    if (isIgnored(uri)) return;
    files.forgetLists();
    changed();
  };
  const codeChanged = (uri: vscode.Uri): void => {
    if (index.isOfInterest(uri.fsPath)) changed();
  };
  const watch = (pattern: string): vscode.FileSystemWatcher =>
    disposables.add(vscode.workspace.createFileSystemWatcher(pattern));

  for (const watcher of [watch(`**/{${templateNames.join(',')}}`), watch('**/events/**/*.json')]) {
    disposables.add(watcher.onDidCreate(listChanged));
    disposables.add(watcher.onDidDelete(listChanged));
    disposables.add(watcher.onDidChange(codeChanged));
  }
  const code = watch('**/{*.js,*.mjs,*.cjs,*.ts,*.mts,*.cts,*.tsx,*.py,package.json}');
  for (const event of [code.onDidCreate, code.onDidDelete, code.onDidChange]) {
    disposables.add(event((uri) => codeChanged(uri)));
  }
  // Typing in code is followed by the code lenses of its editor; the rest waits until it is saved, or undone.
  const documentChanged = ({ uri, isDirty }: vscode.TextDocument): void => {
    if (uri.scheme === 'file' && (!isDirty || isTemplate(uri))) codeChanged(uri);
  };
  disposables.add(vscode.workspace.onDidChangeTextDocument(({ document }) => documentChanged(document)));
  disposables.add(vscode.workspace.onDidCloseTextDocument(documentChanged));
  disposables.add(
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      files.forgetLists();
      changed();
    }),
  );
  return disposables;
}

function isTemplate({ fsPath }: vscode.Uri): boolean {
  return templateNames.some((name) => name === basename(fsPath));
}

function isIgnored({ path }: vscode.Uri): boolean {
  return path.split('/').some((part) => ignored.includes(part));
}

/** What an editor has of a file, where that differs from the disk. Documents outlive their editors, and even their files. */
function unsavedText(file: string): string | undefined {
  return vscode.workspace.textDocuments
    .find(({ uri, isDirty }) => isDirty && uri.scheme === 'file' && uri.fsPath === file)
    ?.getText();
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
