/** Where a component writes its log. `vscode.LogOutputChannel` fits. Never pass credentials or payload bodies. */
export interface Logger {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
