import * as vscode from 'vscode';
import type { ConnectionChoice } from '../../connections/connectionChoice.ts';
import { redrive, type RedriveResult } from '../../connections/redrive.ts';
import { toAbortSignal } from '../../host/abort.ts';
import { commandId } from '../../host/contract.ts';
import type { Services } from '../services.ts';
import { sendTo } from '../sending.ts';
import type { ReplayPlan } from './replayPlan.ts';

/**
 * Sends the plan's events with progress that can be cancelled; what is under way then ends as it does. `choice`: the connection
 * that was asked about.
 */
export async function runReplay(
  services: Services,
  plan: ReplayPlan,
  { choice, perSecond }: { readonly choice: ConnectionChoice; readonly perSecond: number },
): Promise<RedriveResult> {
  const { t } = vscode.l10n;
  const origin = t('replay');
  return vscode.window.withProgress(
    {
      location: plan.items.length > 1 ? vscode.ProgressLocation.Notification : vscode.ProgressLocation.Window,
      title: t('Sending again'),
      cancellable: true,
    },
    (progress, token) =>
      redrive(plan.items, {
        perSecond,
        signal: toAbortSignal(token),
        send: ({ functionName, qualifier, payload, replayOf }) => {
          const target = { functionName, ...(qualifier ? { qualifier } : {}) };
          return sendTo(choice, services, { target, payload, origin, replayOf });
        },
        onProgress: ({ sent, failed, total }) =>
          progress.report({
            message: failed > 0 ? t('{0} of {1}, {2} failed', sent, total, failed) : t('{0} of {1}', sent, total),
            increment: 100 / total,
          }),
      }),
  );
}

/** Says what came of sending several. */
export async function tellResult({ sent, failed, left, gaveUp }: RedriveResult): Promise<void> {
  const { t } = vscode.l10n;
  const open = t('Open Records');
  const total = sent.length + failed.length + left.length;
  const parts = [t('{0} of {1} events were sent again.', sent.length, total)];
  const [failure] = failed;
  if (failure) parts.push(t('{0} failed: {1}', failed.length, (gaveUp ?? failure.error).message));
  if (left.length > 0)
    parts.push(gaveUp ? t('{0} were not tried then.', left.length) : t('{0} were not sent.', left.length));
  const message = parts.join(' ');
  const show = failure ? vscode.window.showErrorMessage : vscode.window.showInformationMessage;
  if ((await show(message, open)) === open) await vscode.commands.executeCommand(commandId('openRecords'));
}
