import * as vscode from 'vscode';
import { debugpyType } from '../host/contract.ts';
import type { DebugWaiting } from '../protocol/localApi.ts';

/** The extension Python Debugger, which brings debugpy along. */
export const pythonDebuggerId = 'ms-python.debugpy';

/** The folder in which the extension Python Debugger has debugpy; `undefined` without the extension. */
export function bundledDebugpy(): string | undefined {
  const extension = vscode.extensions.getExtension(pythonDebuggerId);
  return extension && vscode.Uri.joinPath(extension.extensionUri, 'bundled', 'libs').fsPath;
}

/** Attaches VS Code's debugger to an attempt that waits; resolves with whether it did. `ownFiles`: our bootstraps. */
export async function attachDebugger(
  functionName: string,
  { debugger: kind, port }: DebugWaiting,
  ownFiles: string,
): Promise<boolean> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const name = vscode.l10n.t('Lambda: {0}', functionName);
  if (kind === 'node') {
    return vscode.debug.startDebugging(folder, {
      ...{ type: 'node', request: 'attach', name, port },
      address: '127.0.0.1',
      continueOnAttach: true,
      skipFiles: ['<node_internals>/**', `${ownFiles}/**`],
    });
  }
  const configuration = {
    ...{ request: 'attach', name },
    connect: { host: '127.0.0.1', port },
    // The handler may lie where debugpy expects libraries.
    justMyCode: false,
    subProcess: false,
  };
  if (vscode.extensions.getExtension(pythonDebuggerId)) {
    return vscode.debug.startDebugging(folder, { type: 'debugpy', ...configuration });
  }
  const registration = vscode.debug.registerDebugAdapterDescriptorFactory(debugpyType, {
    // debugpy speaks the Debug Adapter Protocol itself.
    createDebugAdapterDescriptor: () => new vscode.DebugAdapterServer(port, '127.0.0.1'),
  });
  try {
    return await vscode.debug.startDebugging(folder, { type: debugpyType, ...configuration });
  } finally {
    registration.dispose();
  }
}
