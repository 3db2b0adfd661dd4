import * as vscode from 'vscode';
import { registerCommand, type CommandName, type Commands } from '../../host/contract.ts';
import { DisposableStore, type Disposable } from '../../model/disposable.ts';
import { withActions } from '../failureActions.ts';
import type { FunctionsTree } from '../functionsTree/functionsTree.ts';
import type { Services } from '../services.ts';
import { copyEndpoint } from './copyEndpoint.ts';
import { openExample } from './openExample.ts';
import { openHandler } from './openHandler.ts';
import { refresh } from './refresh.ts';
import { restartLocal } from './restartLocal.ts';
import { sendAsync } from './sendAsync.ts';
import { sendAsyncWithPayload } from './sendAsyncWithPayload.ts';
import { sendPayloadDocument } from './sendPayloadDocument.ts';
import { showLocalMenu } from './showLocalMenu.ts';
import { skipWait } from './skipWait.ts';
import { startLocal } from './startLocal.ts';
import { stopLocal } from './stopLocal.ts';

type Handlers = {
  readonly [N in CommandName]: (...args: Parameters<Commands[N]>) => Promise<ReturnType<Commands[N]>>;
};

/** Registers every command of the contract, each inside the error boundary. */
export function registerCommands(services: Services, tree: () => FunctionsTree): Disposable {
  const handlers: Handlers = {
    sendAsync: (arg) => sendAsync(services, arg),
    sendAsyncWithPayload: (arg) => sendAsyncWithPayload(services, arg),
    sendPayloadDocument: (arg) => sendPayloadDocument(services, arg),
    openRecords: () => services.records.open(),
    startLocal: () => startLocal(services),
    stopLocal: () => stopLocal(services),
    restartLocal: () => restartLocal(services),
    showLocalMenu: () => showLocalMenu(services),
    refresh: () => refresh(services, tree()),
    openExample: (args) => openExample(services, args),
    openHandler: (arg) => openHandler(services, arg),
    skipWait: (arg) => skipWait(services, arg),
    copyEndpoint: () => copyEndpoint(services),
    showLog: () => Promise.resolve(services.log.show(true)),
  };
  const disposables = new DisposableStore();
  for (const name of Object.keys(handlers) as CommandName[]) disposables.add(register(services, handlers, name));
  return disposables;
}

function register<N extends CommandName>({ boundary }: Services, handlers: Handlers, name: N): Disposable {
  return registerCommand(vscode, name, async (...args) => {
    try {
      return await handlers[name](...args);
    } catch (error) {
      const failure = withActions(error);
      // A program wants the reason itself; a person wants it shown.
      if (isFromCode(args[0])) throw failure;
      boundary.report(name, failure);
      return undefined as ReturnType<Commands[N]>;
    }
  });
}

/** Plain data without an `origin` or a node's `kind`: another extension, a test, a key binding. */
function isFromCode(arg: unknown): boolean {
  return (
    typeof arg === 'object' &&
    arg !== null &&
    !(arg instanceof vscode.Uri) &&
    !('origin' in arg) &&
    !('kind' in arg) &&
    !('uri' in arg)
  );
}
