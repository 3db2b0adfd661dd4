import * as vscode from 'vscode';
import type { Listening, ListeningTarget } from '../../connections/listening/listening.ts';
import { toAbortSignal } from '../../host/abort.ts';
import { commandId, type FunctionTarget } from '../../host/contract.ts';
import type { ListenArgs, ListenedTo } from '../../host/listeningArguments.ts';
import type { RecordSourceKind } from '../../model/recordSource.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { chooseTarget, chooseWay } from '../listening/chooseListening.ts';
import { askToListen } from '../listening/listeningConsent.ts';
import { listenedIn, listeningOf } from '../listening/listeningOf.ts';
import type { Services } from '../services.ts';
import { targetIn } from './targets.ts';

/**
 * `Listen to Destination…`: reads the execution records of a destination, a dead-letter queue, or a function's log, and goes on
 * with what was paused. What it creates, deletes or costs is asked before. @throws UserFacingFailure
 */
export async function listen(services: Services, arg?: ListenArgs | FunctionTarget): Promise<ListenedTo | undefined> {
  const listening = await listeningOf(services);
  const args: ListenArgs = arg !== undefined && !('functionName' in arg) ? arg : {};
  const id = listenedIn(arg);
  const target = id === undefined ? await chooseTarget(listening, targetIn(arg)?.functionName) : listening.target(id);
  if (!target) return undefined;
  const way = await wayFor(listening, target, args.how);
  if (way === undefined) return undefined;
  const { info } = services.connection.state;
  if (args.confirm === false) {
    if (way === 'tap' && !listening.agreed) await listening.agree();
  } else if (!(await askToListen(listening, { target, way, info }))) return undefined;
  await start(listening, target, way);
  const phase = listening.entries.find((entry) => entry.id === target.id)?.state.phase ?? 'stopped';
  return { destinationArn: target.id, how: way, phase };
}

/** As it was, for what is paused; the only one there is; else what the person chooses. @throws UserFacingFailure */
async function wayFor(
  listening: Listening,
  target: ListeningTarget,
  given: RecordSourceKind | undefined,
): Promise<RecordSourceKind | undefined> {
  const [only, ...others] = target.ways;
  if (only === undefined) {
    throw new UserFacingFailure(
      'invalidParameter',
      vscode.l10n.t('Could not listen to {0}: it is no destination that records can be read from.', target.id),
    );
  }
  if (given !== undefined) return given;
  const entry = listening.entries.find(({ id }) => id === target.id);
  if (entry?.state.phase === 'paused') return entry.way;
  // What it does is said where a person chooses; of a tap the question before it says it.
  return others.length === 0 ? only : chooseWay(target);
}

async function start(listening: Listening, target: ListeningTarget, way: RecordSourceKind): Promise<void> {
  try {
    await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Beginning to listen to {0}…', target.name),
        cancellable: true,
      },
      (_progress, token) => listening.start(target.id, way, toAbortSignal(token)),
    );
  } catch (error) {
    throw UserFacingFailure.is(error, 'peekRefused') ? withDrain(error, target) : error;
  }
}

function withDrain(error: UserFacingFailure, { id, uses }: ListeningTarget): UserFacingFailure {
  const [use] = uses;
  const drain = {
    title: vscode.l10n.t('Drain…'),
    command: commandId('listen'),
    args: [{ destinationArn: id, how: 'drain', origin: 'button' } satisfies ListenArgs],
  };
  const readLog = {
    title: vscode.l10n.t('Read the Log'),
    command: commandId('listen'),
    args: [{ destinationArn: `logs:${use?.functionName ?? ''}`, how: 'logs', origin: 'button' } satisfies ListenArgs],
  };
  return new UserFacingFailure(error.code, error.message, { cause: error, actions: use ? [drain, readLog] : [drain] });
}
