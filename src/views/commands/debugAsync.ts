import * as vscode from 'vscode';
import type { SendAsyncArgs, SendResult } from '../../host/contract.ts';
import type { InvocationRow } from '../../model/invocation.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { payloadTextOf } from '../payloadText.ts';
import { defaultPayload, send } from '../sending.ts';
import type { Services } from '../services.ts';
import { targetOf } from './targets.ts';

/**
 * `Debug Asynchronously`: sends as `Send Asynchronously` does, and attaches VS Code's debugger to each attempt until the
 * event has ended. Node.js functions of local Lambda. @throws UserFacingFailure
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
  await requireNode(services, functionName);
  const given = arg !== undefined && 'payload' in arg && arg.payload !== undefined;
  const payload = given ? payloadTextOf(arg.payload) : await defaultPayload(services, functionName);
  const ending = new AbortController();
  try {
    const attach = (port: number): void =>
      void services.boundary.run('debugger', () => attachTo(services, functionName, port, ending));
    await connection.debug(functionName, attach, ending.signal);
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

async function requireNode({ connection }: Services, functionName: string): Promise<void> {
  const runtime = (await connection.listFunctions()).find((fn) => fn.functionName === functionName)?.runtime;
  if (runtime === undefined || runtime.startsWith('nodejs')) return;
  throw new UserFacingFailure(
    'cannotDebug',
    vscode.l10n.t(
      'Only Node.js functions are debugged so far, in JavaScript and TypeScript. The runtime is "{0}".',
      runtime,
    ),
  );
}

/** Attaches to an attempt that waits. Without a debugger nothing waits any more. */
async function attachTo(
  { extensionUri }: Services,
  functionName: string,
  port: number,
  ending: AbortController,
): Promise<void> {
  const ours = vscode.Uri.joinPath(extensionUri, 'dist', 'bootstrap').fsPath;
  let attached = false;
  try {
    attached = await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
      type: 'node',
      request: 'attach',
      name: vscode.l10n.t('Lambda: {0}', functionName),
      address: '127.0.0.1',
      port,
      continueOnAttach: true,
      skipFiles: ['<node_internals>/**', `${ours}/**`],
    });
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
