import * as vscode from 'vscode';
import { ContextKey } from '../host/contextKey.ts';
import type { FunctionTarget } from '../host/contract.ts';
import type { WorkspaceMemory } from '../host/memento.ts';
import { DisposableStore, type Disposable } from '../model/disposable.ts';
import type { TextPlace } from './payloadText.ts';

/** Payloads that are written in an editor: knows which document is for which function, and shows what is wrong in one. */
export class PayloadDocuments implements Disposable {
  readonly #memory: WorkspaceMemory;
  readonly #disposables = new DisposableStore();
  readonly #problems: vscode.DiagnosticCollection;
  readonly #editorKey = new ContextKey('payloadEditor');
  readonly #targetsChanged = new vscode.EventEmitter<void>();

  /** Another document is for a function, or none any more. */
  readonly onDidChangeTargets = this.#targetsChanged.event;

  constructor(memory: WorkspaceMemory) {
    this.#memory = memory;
    this.#disposables.add(this.#targetsChanged);
    this.#problems = this.#disposables.add(vscode.languages.createDiagnosticCollection('lambdaDestinations.payload'));
    this.#disposables.add(vscode.window.onDidChangeActiveTextEditor(() => this.#updateKey()));
    this.#disposables.add(
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#problems.delete(document.uri)),
    );
    this.#disposables.add(
      vscode.workspace.onDidCloseTextDocument(({ uri, isUntitled }) => {
        this.#problems.delete(uri);
        if (isUntitled && this.targetOf(uri)) void this.#setTarget(uri, undefined);
      }),
    );
    this.#updateKey();
  }

  /** The function that a document was made for. */
  targetOf(uri: vscode.Uri): FunctionTarget | undefined {
    return this.#memory.payloadTarget(uri.toString());
  }

  /** Opens a new JSON document for a function's payload, to be saved in the workspace's `events` folder if at all. */
  async openNew(target: FunctionTarget, content: string): Promise<void> {
    const uri = await this.#newUri(target.functionName);
    let document = await vscode.workspace.openTextDocument(uri);
    if (document.languageId !== 'json') document = await vscode.languages.setTextDocumentLanguage(document, 'json');
    await this.#setTarget(document.uri, target);
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, document.lineCount, 0), content));
    const inside = content.startsWith('{\n  ') ? new vscode.Position(1, 2) : new vscode.Position(0, 0);
    editor.selection = new vscode.Selection(inside, inside);
    this.#updateKey();
  }

  /** Marks the place where a payload goes wrong, and takes the cursor there. */
  async showProblem(document: vscode.TextDocument, message: string, { line, column }: TextPlace): Promise<void> {
    const start = document.validatePosition(new vscode.Position(line - 1, column - 1));
    const range = document.validateRange(new vscode.Range(start, start.translate(0, 1)));
    const problem = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
    problem.source = 'Lambda Destinations';
    problem.code = 'invalidPayload';
    this.#problems.set(document.uri, [problem]);
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(start, start) });
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #newUri(functionName: string): Promise<vscode.Uri> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    for (let number = 1; ; number++) {
      const name = number === 1 ? `${functionName}.json` : `${functionName}-${number}.json`;
      const path = folder ? vscode.Uri.joinPath(folder, 'events', name).path : name;
      const uri = vscode.Uri.from({ scheme: 'untitled', path });
      if (vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) continue;
      if (!folder) return uri;
      try {
        await vscode.workspace.fs.stat(vscode.Uri.joinPath(folder, 'events', name));
      } catch {
        return uri;
      }
    }
  }

  async #setTarget(uri: vscode.Uri, target: FunctionTarget | undefined): Promise<void> {
    await this.#memory.setPayloadTarget(uri.toString(), target);
    this.#targetsChanged.fire();
  }

  #updateKey(): void {
    const uri = vscode.window.activeTextEditor?.document.uri;
    this.#editorKey.set(uri !== undefined && this.targetOf(uri) !== undefined);
  }
}
