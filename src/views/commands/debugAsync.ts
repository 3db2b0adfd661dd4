import * as vscode from 'vscode';
import type { SendAsyncArgs, SendResult } from '../../host/contract.ts';
import type { InvocationRow } from '../../model/invocation.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { DebugRefusal, DebugWaiting } from '../../protocol/localApi.ts';
import { attachDebugger, bundledDebugpy, pythonDebuggerId } from '../attachDebugger.ts';
import { payloadTextOf } from '../payloadText.ts';
import { defaultPayload, send } from '../sending.ts';
import type { Services } from '../services.ts';
import { targetOf } from './targets.ts';

/**
 * `Debug Asynchronously`: sends as `Send Asynchronously` does, and attaches VS Code's debugger to each attempt until the
 * event has ended. Node.js and Python functions of local Lambda. @throws UserFacingFailure
 */
export async function debugAsync(
  services: Services,
  arg?: SendAsyncArgs | vscode.Uri,
): Promise<SendResult | undefined> {
  const { connection } = services;
  if (connection.state.info.kind !== 'local' || !connection.debug) throw onlyLocal();
  const target = await targetOf(services, arg, vscode.l10n.t('Debug asynchronously'));
  if (!target) return undefined;
  const { functionName } = target;
  const given = arg !== undefined && 'payload' in arg && arg.payload !== undefined;
  const payload = given ? payloadTextOf(arg.payload) : await defaultPayload(services, functionName);
  const ending = new AbortController();
  try {
    const onWaiting = (waiting: DebugWaiting): void =>
      void services.boundary.run('debugger', () => attachTo(services, functionName, waiting, ending));
    const debugpyDir = bundledDebugpy();
    const refusal = await connection.debug({ functionName, debugpyDir, onWaiting }, ending.signal);
    if (refusal) throw refused(functionName, refusal);
    const result = await send(services, { target, payload, origin: vscode.l10n.t('debugger') });
    if (!result) {
      ending.abort();
      return undefined;
    }
    void services.boundary.run('debugger', async () => {
      await untilEnded(services, result.requestId, ending.signal);
      ending.abort();
    });
    return result;
  } catch (error) {
    ending.abort();
    throw error;
  }
}

function onlyLocal(): UserFacingFailure {
  return new UserFacingFailure(
    'cannotDebug',
    vscode.l10n.t('Only local Lambda runs handlers under a debugger. Select it (Select Connection), then debug again.'),
  );
}

/** Why a function is not debugged, in words for people. */
function refused(
  functionName: string,
  { reason, message, runtime = '', python = '' }: DebugRefusal,
): UserFacingFailure {
  switch (reason) {
    case 'runtime':
      return new UserFacingFailure(
        'cannotDebug',
        vscode.l10n.t(
          'Node.js and Python functions are debugged. The runtime of "{0}" is "{1}".',
          functionName,
          runtime,
        ),
      );
    case 'command':
      return new UserFacingFailure(
        'cannotDebug',
        vscode.l10n.t(
          '"{0}" is started by a command of yours (lambdaDestinations.local.runtimeCommands): have that command wait for your debugger, or remove it from the setting.',
          functionName,
        ),
      );
    case 'debugpy':
      return new UserFacingFailure(
        'debugpyMissing',
        vscode.l10n.t(
          'debugpy is not installed for the Python that runs "{0}". Install the extension Python Debugger, or run: {1}',
          functionName,
          `${/\s/.test(python) ? `"${python}"` : python} -m pip install debugpy`,
        ),
        {
          actions: [
            {
              title: vscode.l10n.t('Install Python Debugger'),
              command: 'workbench.extensions.installExtension',
              args: [pythonDebuggerId],
            },
          ],
        },
      );
    default:
      return new UserFacingFailure('cannotDebug', message);
  }
}

/** Attaches to an attempt that waits. Without a debugger nothing waits any more. */
async function attachTo(
  { extensionUri }: Services,
  functionName: string,
  waiting: DebugWaiting,
  ending: AbortController,
): Promise<void> {
  let attached = false;
  try {
    const ours = vscode.Uri.joinPath(extensionUri, 'dist', 'bootstrap').fsPath;
    attached = await attachDebugger(functionName, waiting, ours);
  } finally {
    if (!attached) ending.abort();
  }
  if (attached) return;
  throw new UserFacingFailure(
    'notAttached',
    vscode.l10n.t("VS Code's debugger did not attach to the handler. See its console; then debug again."),
  );
}

const ended: readonly InvocationRow['status'][] = ['succeeded', 'failed', 'lost', 'notAccepted', 'unknown'];

async function untilEnded({ store, connection }: Services, requestId: string, signal: AbortSignal): Promise<void> {
  const connectionId = connection.state.info.id;
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = async (): Promise<void> => {
    const [row] = (await store.rows({ connectionId, requestId }, { offset: 0, limit: 1 })).rows;
    if (row && ended.includes(row.status)) resolve();
  };
  signal.addEventListener('abort', () => resolve(), { once: true });
  const subscription = store.onDidChange(() => void look().catch(() => undefined));
  try {
    await look();
    await promise;
  } finally {
    subscription.dispose();
  }
}
