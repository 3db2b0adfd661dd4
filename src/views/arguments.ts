import * as vscode from 'vscode';

/** Plain data without an `origin` or a node's `kind`: another extension, a test, a key binding. */
export function isFromCode(arg: unknown): boolean {
  if (typeof arg !== 'object' || arg === null || arg instanceof vscode.Uri) return false;
  return isConnectionArgument(arg) || !('origin' in arg || 'kind' in arg || 'uri' in arg);
}

/** Whether it means a connection; nodes of views have a `kind` of their own. */
export function isConnectionArgument(arg: unknown): arg is { readonly kind: 'local' | 'aws' | 'endpoint' } {
  return (
    typeof arg === 'object' &&
    arg !== null &&
    'kind' in arg &&
    (arg.kind === 'local' || arg.kind === 'aws' || arg.kind === 'endpoint')
  );
}
