import * as vscode from 'vscode';
import type { Connection, FunctionSummary } from '../../connections/connection.ts';
import { isCancellation, type Boundary } from '../../host/boundary.ts';
import { ContextKey } from '../../host/contextKey.ts';
import { views } from '../../host/contract.ts';
import type { ApiViewRow } from '../../host/extensionApi.ts';
import type { LocalFault } from '../../host/faultArguments.ts';
import { compareNames } from '../../model/compareNames.ts';
import { DisposableStore, type Disposable } from '../../model/disposable.ts';
import type { EventInvokeConfig } from '../../model/eventInvokeConfig.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { viewDescription } from '../connectionText.ts';
import { templateDifferences } from '../destinations/templateDifference.ts';
import { failureActions } from '../failureActions.ts';
import type { Project } from '../project.ts';

import { ListenedRows } from './listenedRows.ts';
import {
  actionNodes,
  configChildren,
  faultNodes,
  functionChildren,
  functionNode,
  parentOf,
  type FunctionDifferences,
  type FunctionNode,
  type FunctionsNode,
  type QualifierNode,
} from './nodes.ts';
import { emptyNode, unconnectedNode } from './waysOn.ts';

/** What the functions view shows from. */
export interface FunctionsTreeDeps {
  readonly connection: Connection;
  readonly project: Project;
  readonly boundary: Boundary;
}

/**
 * The functions view: functions of the connection, and under each what is in effect for its asynchronous invocations. In a
 * trusted workspace looking at it starts the connection; after a person stopped it, or it failed, it waits to be asked.
 */
export class FunctionsTree implements vscode.TreeDataProvider<FunctionsNode>, Disposable {
  readonly #deps: FunctionsTreeDeps;
  readonly #changed = new vscode.EventEmitter<FunctionsNode | FunctionsNode[] | undefined>();
  readonly #disposables = new DisposableStore();
  readonly #view: vscode.TreeView<FunctionsNode>;
  readonly #functionsKey = new ContextKey('functionsFound');
  readonly #functions = new Map<string, FunctionNode>();
  readonly #qualifiers = new Map<string, QualifierNode>();
  /** What templates declared of a function when it was compared with what is in effect. */
  readonly #declared = new Map<string, string | undefined>();
  readonly #listened: ListenedRows;
  #loading: AbortController | undefined;
  #latest: Promise<FunctionsNode[]> | undefined;
  #everStarted = false;
  /** Another connection was selected, and its functions are not asked for yet. */
  #switched = false;
  /** The roots on show; those that are about to be; what the view waits for. */
  #shown: FunctionsNode[] = [];
  #prepared: FunctionsNode[] | undefined;
  #asked: Promise<unknown> = Promise.resolve();
  #following = 0;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(deps: FunctionsTreeDeps) {
    this.#deps = deps;
    this.#functionsKey.set('unknown');
    this.#view = vscode.window.createTreeView(views.functions, { treeDataProvider: this, showCollapseAll: true });
    this.#disposables.add(this.#view);
    this.#disposables.add(this.#changed);
    this.#disposables.add(
      deps.connection.onDidChangeFunctions(() => {
        // What is shown of another connection is read as a whole.
        if (!this.#switched) void this.#follow('functions');
      }),
    );
    this.#listened = this.#disposables.add(new ListenedRows(deps.connection, (rows) => this.#changed.fire(rows)));
    this.#disposables.add(deps.project.onDidChange(() => void this.#followTemplates()));
    this.#disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.refresh()));
    this.#disposables.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()));
    let { phase, info } = deps.connection.state;
    this.#disposables.add(
      deps.connection.onDidChangeState((state) => {
        const other = state.info.id !== info.id;
        const same = state.phase === phase;
        ({ phase, info } = state);
        this.#describe();
        if (other) this.#switch();
        if (phase !== 'stopped') this.#everStarted = true;
        // While it starts, what the view asked for is still coming.
        if (!same && !other && phase !== 'starting') void this.#follow('roots');
      }),
    );
  }

  /** Reads a node and what is under it again; everything when left out. */
  refresh(node?: FunctionsNode): void {
    this.#following++;
    this.#prepared = undefined;
    this.#changed.fire(node);
  }

  /** The number at the view's icon. */
  setBadge(badge: vscode.ViewBadge | undefined): void {
    this.#view.badge = badge;
  }

  /** Opens a function's node where the view is in sight, so that what is in effect can be seen. */
  show(functionName: string): void {
    const node = this.#shownFunction(functionName);
    if (!node || !this.#view.visible) return;
    const shown = this.#view.reveal(node, { select: false, focus: false, expand: true });
    shown.then(undefined, (error: unknown) => this.#deps.boundary.note('functions view: reveal', error));
  }

  async getTreeItem(node: FunctionsNode): Promise<vscode.TreeItem> {
    const { toTreeItem } = await loadTexts();
    return toTreeItem(node, this.#listened.entryOf(node));
  }

  async resolveTreeItem(item: vscode.TreeItem, node: FunctionsNode): Promise<vscode.TreeItem> {
    const { nodeTooltip } = await loadTexts();
    item.tooltip = nodeTooltip(node, this.#listened.entryOf(node));
    return item;
  }

  getParent(node: FunctionsNode): FunctionsNode | undefined {
    return parentOf(node, this.#functions, this.#qualifiers);
  }

  getChildren(node?: FunctionsNode): Promise<FunctionsNode[]> {
    if (node !== undefined) return this.#load(node);
    const roots = this.#showRoots();
    this.#asked = roots;
    return roots;
  }

  async #showRoots(): Promise<FunctionsNode[]> {
    const roots = this.#prepared ?? (await this.#load());
    this.#prepared = undefined;
    this.#shown = roots;
    return roots;
  }

  async #load(node?: FunctionsNode): Promise<FunctionsNode[]> {
    try {
      if (node === undefined) return await this.#roots();
      if (node.kind === 'function') return await this.#childrenOf(node);
      if (node.kind === 'qualifier') {
        const children = configChildren(node.functionName, node.qualifier, node.config, node.differences);
        this.#listened.show(children);
        return children;
      }
      if (node.kind === 'failure' || node.kind === 'empty') return actionNodes(node);
      return [];
    } catch (error) {
      if (isCancellation(error)) return [];
      if (!UserFacingFailure.is(error)) this.#deps.boundary.note('functions view', error);
      const message = UserFacingFailure.is(error)
        ? error.message
        : vscode.l10n.t('Something went wrong. The log says more.');
      const code = UserFacingFailure.is(error) ? error.code : 'readFailed';
      const actions = failureActions(code, this.#deps.connection.state.info);
      const functionName = node !== undefined && 'functionName' in node ? node.functionName : undefined;
      return [{ kind: 'failure', message, actions, ...(functionName === undefined ? {} : { functionName }) }];
    }
  }

  /** All rows as text, children included. */
  async rowsAsText(node?: FunctionsNode): Promise<readonly ApiViewRow[]> {
    const { nodeText } = await import('./nodeText.ts');
    const rows: ApiViewRow[] = [];
    for (const child of await this.#load(node)) {
      const { label, description = '' } = nodeText(child, vscode.l10n.t, this.#listened.entryOf(child));
      rows.push({ label, description, children: await this.rowsAsText(child) });
    }
    return rows;
  }

  dispose(): void {
    this.#loading?.abort();
    this.#disposables.dispose();
  }

  /**
   * Something changed that people did not ask about: reads first and shows only what differs. While the view reads, its rows
   * have no node, and a button pressed then would not know its function.
   */
  async #follow(what: 'functions' | 'roots'): Promise<void> {
    if (!this.#view.visible) {
      this.refresh();
      return;
    }
    const turn = ++this.#following;
    const roots = await this.#load();
    // By then on show: what the view had asked for before.
    await this.#asked;
    if (turn !== this.#following) return;
    if (JSON.stringify(roots) === JSON.stringify(this.#shown)) {
      // The rows stay; what stands under them may be something else.
      const functions = this.#shown.filter(({ kind }) => kind === 'function');
      if (what === 'functions' && functions.length > 0) this.#changed.fire(functions);
      return;
    }
    this.#prepared = roots;
    this.#changed.fire(undefined);
  }

  /** A template may declare something else by now, and what is in effect be the same. */
  async #followTemplates(): Promise<void> {
    await this.#follow('roots');
    try {
      for (const [functionName, before] of [...this.#declared]) {
        const now = JSON.stringify((await this.#deps.project.declarationOf(functionName))?.fn);
        const node = this.#shownFunction(functionName);
        if (now !== before && node) this.#changed.fire(node);
      }
    } catch (error) {
      this.#deps.boundary.note('functions view: template', error);
    }
  }

  #shownFunction(functionName: string): FunctionsNode | undefined {
    return this.#shown.find((node) => node.kind === 'function' && node.functionName === functionName);
  }

  /** A newer request makes the older one give what the newer gives. */
  #roots(): Promise<FunctionsNode[]> {
    this.#loading?.abort();
    const { signal } = (this.#loading = new AbortController());
    const newest = (): Promise<FunctionsNode[]> | undefined =>
      signal.aborted && this.#latest !== roots ? this.#latest : undefined;
    const roots: Promise<FunctionsNode[]> = this.#loadRoots(signal).then(
      (nodes) => newest() ?? nodes,
      (error: unknown) => {
        const instead = newest();
        if (instead) return instead;
        throw error;
      },
    );
    this.#latest = roots;
    return roots;
  }

  async #loadRoots(signal: AbortSignal): Promise<FunctionsNode[]> {
    this.#view.message = '';
    this.#switched = false;
    this.#describe();
    const { connection } = this.#deps;
    const isLocal = connection.state.info.kind === 'local';
    // Said by the welcome content.
    if (!vscode.workspace.isTrusted || (isLocal && !vscode.workspace.workspaceFolders?.length)) return [];
    const problems = isLocal ? await this.#problems(signal) : [];
    const { phase, problem, problemCode } = connection.state;
    if (phase === 'failed') return this.#failed(problem, problemCode, problems);
    if (isLocal && phase === 'stopped' && this.#everStarted) return problems;
    let summaries;
    try {
      // Without the signal: a start of local Lambda is not called off because the view is read once more.
      summaries = await connection.listFunctions(isLocal ? undefined : signal);
    } catch (error) {
      if (connection.state.phase === 'failed' && UserFacingFailure.is(error)) {
        return this.#failed(error.message, error.code, problems);
      }
      throw error;
    }
    const faults = isLocal ? await this.#faults() : [];
    const nodes = summaries.map((summary) => functionNode(summary, faults));
    nodes.sort((a, b) => compareNames(a.functionName, b.functionName));
    if (!signal.aborted) {
      this.#functions.clear();
      this.#qualifiers.clear();
      for (const each of nodes) this.#functions.set(each.functionName, each);
      this.#listened.show(nodes);
      for (const name of this.#declared.keys()) if (!this.#functions.has(name)) this.#declared.delete(name);
      this.#functionsKey.set(nodes.length === 0 ? 'none' : 'some');
    }
    if (nodes.length === 0 && !isLocal) return [emptyNode(connection.state.info)];
    return [...problems, ...nodes];
  }

  async #faults(): Promise<readonly LocalFault[]> {
    try {
      return (await (await this.#deps.connection.faults?.())?.list()) ?? [];
    } catch (error) {
      // The functions are worth showing without them.
      this.#deps.boundary.note('functions view: faults', error);
      return [];
    }
  }

  #failed(problem: string | undefined, code: string | undefined, problems: readonly FunctionsNode[]): FunctionsNode[] {
    const node = unconnectedNode(this.#deps.connection.state.info, problem, code);
    this.#view.message = node.message;
    return [...problems, node];
  }

  /** Shows nothing of the former connection any more: a row's button would act on the new one. */
  #switch(): void {
    this.#switched = true;
    this.#listened.clear();
    this.#everStarted = false;
    this.#functionsKey.set('unknown');
    this.refresh();
  }

  /** Beside the title: account, region and connection; not where nothing can be connected to. */
  #describe(): void {
    const { info } = this.#deps.connection.state;
    const isUsable = vscode.workspace.isTrusted && (info.kind !== 'local' || vscode.workspace.workspaceFolders?.length);
    this.#view.description = isUsable ? viewDescription(info) : '';
  }

  async #problems(signal: AbortSignal): Promise<FunctionsNode[]> {
    try {
      const problems = await this.#deps.project.problems(signal);
      const errors = problems.filter((problem) => problem.severity === 'error');
      return errors.map(({ file, line, column, message }) => ({
        kind: 'templateProblem',
        file,
        line,
        column,
        message,
      }));
    } catch (error) {
      // The functions are worth showing even where the templates can't be looked at.
      this.#deps.boundary.note('functions view: templates', error);
      return [];
    }
  }

  async #childrenOf(node: FunctionNode): Promise<FunctionsNode[]> {
    const { connection, boundary } = this.#deps;
    const configs = await connection.eventInvokeConfigs(node.functionName);
    let differences: FunctionDifferences | undefined;
    try {
      // Elsewhere things have other names and ARNs than the template's.
      if (connection.state.info.kind === 'local') differences = await this.#differences(node.summary, configs);
    } catch (error) {
      // What is in effect is worth showing even where the template can't be looked at.
      boundary.note('functions view: template', error);
    }
    const children = [...faultNodes(node), ...functionChildren(node.summary, configs, differences)];
    this.#listened.show(children);
    for (const child of children) {
      if (child.kind === 'qualifier') this.#qualifiers.set(`${child.functionName}:${child.qualifier}`, child);
    }
    return children;
  }

  async #differences(
    { functionName, deadLetterTargetArn }: FunctionSummary,
    configs: readonly EventInvokeConfig[],
  ): Promise<FunctionDifferences | undefined> {
    const declaration = await this.#deps.project.declarationOf(functionName);
    this.#declared.set(functionName, JSON.stringify(declaration?.fn));
    if (!declaration) return undefined;
    const all = templateDifferences(declaration.fn, configs, deadLetterTargetArn);
    const { file } = declaration.fn.location;
    return all.length === 0 ? undefined : { template: file.split(/[\\/]/).at(-1) ?? file, all };
  }
}

/** What rows say is loaded with the first of them. */
function loadTexts() {
  return import('./treeItem.ts');
}
