import type * as vscode from 'vscode';
import type { TemplateProblem } from '../iac/declarations.ts';
import type { Disposable } from '../model/disposable.ts';
import { Emitter } from '../model/event.ts';
import type { Invocation, InvocationRow } from '../model/invocation.ts';
import type { DetailError } from '../protocol/panel.ts';
import type { FunctionDeclaration, Handler, HandlerPlace, Project, SavedPayload } from './project.ts';

/** A project that also finds the lines of stacks. */
export interface ProjectIndex extends Project, Disposable {
  /** The error of an invocation, its frames resolved to workspace files; `undefined`: nothing failed. */
  resolveError(row: InvocationRow, invocation: Invocation, signal: AbortSignal): Promise<DetailError | undefined>;
}

/** A project whose index is loaded at the first question. A failed loading is tried again at the next. */
export class LazyProject implements ProjectIndex {
  readonly #load: () => Promise<ProjectIndex>;
  readonly #changed = new Emitter<void>();
  #loading: Promise<ProjectIndex> | undefined;
  #subscription: Disposable | undefined;
  #disposed = false;

  readonly onDidChange = this.#changed.event;

  constructor(load: () => Promise<ProjectIndex>) {
    this.#load = load;
  }

  async handlersIn(document: vscode.TextDocument, signal?: AbortSignal): Promise<readonly Handler[]> {
    return (await this.#index()).handlersIn(document, signal);
  }

  async handlerOf(functionName: string, signal?: AbortSignal): Promise<HandlerPlace> {
    return (await this.#index()).handlerOf(functionName, signal);
  }

  async declarationOf(functionName: string, signal?: AbortSignal): Promise<FunctionDeclaration | undefined> {
    return (await this.#index()).declarationOf(functionName, signal);
  }

  async problems(signal?: AbortSignal): Promise<readonly TemplateProblem[]> {
    return (await this.#index()).problems(signal);
  }

  async payloadsFor(functionName: string | undefined, signal?: AbortSignal): Promise<readonly SavedPayload[]> {
    return (await this.#index()).payloadsFor(functionName, signal);
  }

  async readPayload(payload: SavedPayload): Promise<string> {
    return (await this.#index()).readPayload(payload);
  }

  async resolveError(
    row: InvocationRow,
    invocation: Invocation,
    signal: AbortSignal,
  ): Promise<DetailError | undefined> {
    return (await this.#index()).resolveError(row, invocation, signal);
  }

  dispose(): void {
    this.#disposed = true;
    this.#subscription?.dispose();
    this.#changed.dispose();
    void this.#loading?.then(
      (index) => index.dispose(),
      () => undefined,
    );
  }

  #index(): Promise<ProjectIndex> {
    this.#loading ??= this.#load().then(
      (index) => {
        if (!this.#disposed) this.#subscription = index.onDidChange(() => this.#changed.fire());
        return index;
      },
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }
}
