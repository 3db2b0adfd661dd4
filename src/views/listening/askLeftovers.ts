import * as vscode from 'vscode';
import type { Listening } from '../../connections/listening/listening.ts';
import type { ConnectionInfo } from '../../connections/connection.ts';
import { destinationName } from '../../model/destination.ts';
import { whereText } from '../connectionText.ts';

type Leftover = Awaited<ReturnType<Listening['leftovers']>>[number];

/** Looks for taps that a crash left behind, where taps were ever made, and removes them after asking. @throws UserFacingFailure */
export async function offerLeftovers(listening: Listening, info: ConnectionInfo): Promise<void> {
  if (!listening.agreed) return;
  const leftovers = await listening.leftovers();
  if (leftovers.length === 0) return;
  const t = vscode.l10n.t;
  const remove = t('Remove');
  const show = t('Show…');
  const chosen = await vscode.window.showInformationMessage(
    leftovers.length === 1
      ? t('A tap was left behind in {0}: nobody listens to its queue any more.', whereText(info, t))
      : t(
          '{0} taps were left behind in {1}: nobody listens to their queues any more.',
          leftovers.length,
          whereText(info, t),
        ),
    remove,
    show,
  );
  if (chosen === remove) await listening.removeLeftovers(leftovers);
  else if (chosen === show) await confirmLeftovers(listening, leftovers, info);
}

/** Shows what was left behind, and removes it when they say so; gives the names of what was removed. @throws UserFacingFailure */
export async function confirmLeftovers(
  listening: Listening,
  leftovers: readonly Leftover[],
  info: ConnectionInfo,
): Promise<readonly string[]> {
  const t = vscode.l10n.t;
  const yes = t('Remove All');
  const chosen = await vscode.window.showWarningMessage(
    t('Remove what taps have left behind in {0}?', whereText(info, t)),
    { modal: true, detail: leftovers.map(leftoverText).join('\n\n') },
    yes,
  );
  if (chosen !== yes) return [];
  await listening.removeLeftovers(leftovers);
  return leftovers.map(({ name }) => name);
}

function leftoverText({ name, queueUrl, targets, mine, expiresAt }: Leftover): string {
  const t = vscode.l10n.t;
  const senders = targets.map(({ kind, arn }) =>
    kind === 'topic'
      ? t('• its subscription to the topic {0}', destinationName(arn))
      : t('• its rule on the bus {0}', destinationName(arn)),
  );
  return [
    queueUrl === undefined ? t('{0} (its queue is gone)', name) : t('{0}, an SQS queue', name),
    ...senders,
    mine
      ? t('Made by this workspace.')
      : expiresAt === undefined
        ? t('Made by another workspace.')
        : t('Made by another workspace, and not renewed since {0}.', new Date(expiresAt).toLocaleString()),
  ].join('\n');
}
