import type * as vscode from 'vscode';
import type { Event } from '../model/event.ts';
import type { DeclaredFunction, TemplateProblem } from '../iac/declarations.ts';

/** A function's handler in the workspace, proven: a template names it, and the code exports it. Lines and columns count from 1. */
export interface Handler {
  readonly functionName: string;
  /** Absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where a function's handler is, or why it can't be told. */
export type HandlerPlace =
  { readonly found: true; readonly handler: Handler } | { readonly found: false; readonly message: string };

/** What a template says of a function, and the keys that it uses. */
export interface FunctionDeclaration {
  readonly fn: DeclaredFunction;
  readonly logicalId: string;
  /** The logical id of what has that ARN in the same template. */
  logicalIdOf(arn: string): string | undefined;
}

/** A payload kept as a file of the workspace. */
export interface SavedPayload {
  readonly uri: vscode.Uri;
  /** `events/order.json` */
  readonly label: string;
}

/** What the open folders say, as commands and editor features need it. Looked at only when asked. */
export interface Project {
  /** Templates, handlers or payload files may be other ones now. Fires only after something was asked. */
  readonly onDidChange: Event<void>;
  /** Proven handlers in a document. */
  handlersIn(document: vscode.TextDocument, signal?: AbortSignal): Promise<readonly Handler[]>;
  handlerOf(functionName: string, signal?: AbortSignal): Promise<HandlerPlace>;
  /** What a template says of the function; `undefined`: none declares it. */
  declarationOf(functionName: string, signal?: AbortSignal): Promise<FunctionDeclaration | undefined>;
  /** What is wrong in templates, missing handlers included. */
  problems(signal?: AbortSignal): Promise<readonly TemplateProblem[]>;
  /** Saved payloads, those that suit a function first. */
  payloadsFor(functionName: string | undefined, signal?: AbortSignal): Promise<readonly SavedPayload[]>;
  /** The content of a payload file, unsaved changes included. */
  readPayload(payload: SavedPayload): Promise<string>;
}
