import * as vscode from 'vscode';
import { whereText } from '../connectionText.ts';
import type { Services } from '../services.ts';
import { showPlan } from './replayDocument.ts';
import { planText, type ReplayPlan } from './replayPlan.ts';

/** Whether to send what the plan says, with a look at all of it first. Several events to AWS are asked about. */
export async function confirmReplay(
  services: Pick<Services, 'connection'>,
  plan: ReplayPlan,
  perSecond: number,
): Promise<boolean> {
  const { t } = vscode.l10n;
  const { info } = services.connection.state;
  const count = plan.items.length;
  const risky = plan.refused.length > 0 || plan.items.some(({ redacted }) => redacted);
  if (count === 1 && !risky) return true;
  const send = t('Send {0}', count);
  const look = t('Show What Would Be Sent');
  const detail = [planText(plan, perSecond, t), t('Where: {0}.', whereText(info, t))].join('\n');
  const chosen = await vscode.window.showWarningMessage(
    count === 1 ? t('Send this event again?') : t('Send {0} events again?', count),
    { modal: true, detail },
    send,
    look,
  );
  if (chosen === look) await showPlan(plan);
  return chosen === send;
}
