import * as vscode from 'vscode';
import { registerCommand, type CommandName, type Commands, type FunctionTarget } from '../../host/contract.ts';
import { DisposableStore, type Disposable } from '../../model/disposable.ts';
import { isFromCode } from '../arguments.ts';
import { withActions } from '../failureActions.ts';
import type { FunctionsTree } from '../functionsTree/functionsTree.ts';
import type { Services } from '../services.ts';
import { refresh } from './refresh.ts';
import { restartLocal } from './restartLocal.ts';
import { startLocal } from './startLocal.ts';
import { stopLocal } from './stopLocal.ts';

type Handlers = {
  readonly [N in CommandName]: (...args: Parameters<Commands[N]>) => Promise<ReturnType<Commands[N]>>;
};

/** Registers every command of the contract, each inside the error boundary. What asks questions is loaded when it is asked. */
export function registerCommands(services: Services, tree: () => FunctionsTree): Disposable {
  const handlers: Handlers = {
    sendAsync: async (arg) => (await import('./sendAsync.ts')).sendAsync(services, arg),
    sendAsyncWithPayload: async (arg) =>
      (await import('./sendAsyncWithPayload.ts')).sendAsyncWithPayload(services, arg),
    debugAsync: async (arg) => (await import('./debugAsync.ts')).debugAsync(services, arg),
    sendPayloadDocument: async (arg) => (await import('./sendPayloadDocument.ts')).sendPayloadDocument(services, arg),
    openRecords: () => services.records.open(),
    startLocal: () => startLocal(services),
    stopLocal: () => stopLocal(services),
    restartLocal: () => restartLocal(services),
    showConnectionMenu: async () => (await import('./showConnectionMenu.ts')).showConnectionMenu(services),
    selectConnection: async (arg) => (await import('./selectConnection.ts')).selectConnection(services, arg),
    changeRegion: async (args) => (await import('./selectConnection.ts')).changeRegion(services, args),
    signIn: async (args) => (await import('./signIn.ts')).signIn(services, args),
    openAwsConfig: async () => (await import('./openAwsConfig.ts')).openAwsConfig(),
    refresh: () => refresh(services, tree()),
    openExample: async (args) => (await import('./openExample.ts')).openExample(services, args),
    openHandler: async (arg) => (await import('./openHandler.ts')).openHandler(services, arg),
    openTemplate: async (arg) => (await import('./openTemplate.ts')).openTemplate(services, arg),
    addDestination: async (arg) => shown((await import('./addDestination.ts')).addDestination(services, arg)),
    changeDestination: async (arg) => shown((await import('./changeDestination.ts')).changeDestination(services, arg)),
    removeDestination: async (arg) => shown((await import('./removeDestination.ts')).removeDestination(services, arg)),
    setDeadLetterQueue: async (arg) =>
      shown((await import('./setDeadLetterQueue.ts')).setDeadLetterQueue(services, arg)),
    setRetryAndAge: async (arg) => shown((await import('./setRetryAndAge.ts')).setRetryAndAge(services, arg)),
    copyAs: async (arg) => (await import('./copyAs.ts')).copyAs(services, arg),
    skipWait: async (arg) => (await import('./skipWait.ts')).skipWait(services, arg),
    replay: async (arg) => (await import('./replay.ts')).replay(services, arg),
    sendAgain: async (arg) => (await onRows()).sendAgain(services, arg),
    editAndSend: async (arg) => (await onRows()).editAndSend(services, arg),
    sendToLocal: async (arg) => (await onRows()).sendToLocal(services, arg),
    debugAgain: async (arg) => (await onRows()).debugAgain(services, arg),
    copyRequestId: async (arg) => (await onRows()).copyRequestId(services, arg),
    copyPayload: async (arg) => (await onRows()).copyPayload(services, arg),
    copyRecord: async (arg) => (await onRows()).copyRecord(services, arg),
    copyAsAwsCli: async (arg) => (await onRows()).copyAsAwsCli(services, arg),
    savePayload: async (arg) => (await onRows()).savePayload(services, arg),
    exportSelection: async (arg) => (await onRows()).exportSelection(services, arg),
    openLogGroup: async (arg) => (await onRows()).openLogGroup(services, arg),
    compareInvocations: async (arg) => (await onRows()).compareInvocations(services, arg),
    pin: async (arg) => (await onRows()).pin(services, arg),
    unpin: async (arg) => (await onRows()).unpin(services, arg),
    deleteInvocations: async (arg) => (await onRows()).deleteInvocations(services, arg),
    exportRecords: async (args) => (await import('./transferRecords.ts')).exportRecords(services, args),
    importRecords: async (args) => (await import('./transferRecords.ts')).importRecords(services, args),
    listen: async (arg) => (await import('./listen.ts')).listen(services, arg),
    pauseListening: async (arg) => (await import('./pauseListening.ts')).pauseListening(services, arg),
    stopListening: async (arg) => (await import('./stopListening.ts')).stopListening(services, arg),
    removeLeftovers: async (args) => (await import('./removeLeftovers.ts')).removeLeftovers(services, args),
    addFault: async (arg) => shown((await import('./addFault.ts')).addFault(services, arg)),
    removeFault: async (arg) => (await import('./removeFault.ts')).removeFault(services, arg),
    removeAllFaults: async (arg) => (await import('./removeFault.ts')).removeAllFaults(services, arg),
    copyEndpoint: async () => (await import('./copyEndpoint.ts')).copyEndpoint(services),
    showLog: () => Promise.resolve(services.log.show(true)),
  };
  /** What was changed is seen where it stands. */
  const shown = async <T extends FunctionTarget>(change: Promise<T | undefined>): Promise<T | undefined> => {
    const changed = await change;
    if (changed) tree().show(changed.functionName);
    return changed;
  };
  const onRows = async () => (await import('./rowCommands.ts')).rowCommands;
  const disposables = new DisposableStore();
  for (const name of Object.keys(handlers) as CommandName[]) disposables.add(register(services, handlers, name));
  return disposables;
}

function register<N extends CommandName>({ boundary, connection }: Services, handlers: Handlers, name: N): Disposable {
  return registerCommand(vscode, name, async (...args) => {
    try {
      return await handlers[name](...args);
    } catch (error) {
      const failure = withActions(error, connection.state.info);
      // A program wants the reason itself; a person wants it shown.
      if (isFromCode(args[0])) throw failure;
      boundary.report(name, failure);
      return undefined as ReturnType<Commands[N]>;
    }
  });
}
