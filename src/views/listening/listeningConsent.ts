import * as vscode from 'vscode';
import type { Listening, ListeningTarget } from '../../connections/listening/listening.ts';
import type { ConnectionInfo } from '../../connections/connection.ts';
import type { RecordSourceKind } from '../../model/recordSource.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { whereText } from '../connectionText.ts';

/** What is to be agreed to. */
export interface ListeningWish {
  readonly target: ListeningTarget;
  readonly way: RecordSourceKind;
  readonly info: ConnectionInfo;
}

/**
 * Asks before anything is created (once a connection), deleted or paid for; the rest needs no yes. `false`: they do not want
 * it, and everything else goes on. @throws UserFacingFailure
 */
export async function askToListen(listening: Listening, wish: ListeningWish): Promise<boolean> {
  switch (wish.way) {
    case 'tap':
      return listening.agreed || (await askForTap(listening, wish));
    case 'drain':
      return askToDrain(wish);
    case 'liveTail':
      return askToPay(wish);
    default:
      return true;
  }
}

async function askForTap(listening: Listening, { target, info }: ListeningWish): Promise<boolean> {
  const t = vscode.l10n.t;
  const plan = await listening.plan([target.id]);
  const [refused] = plan.refused;
  if (refused) {
    throw new UserFacingFailure('invalidParameter', t('Could not listen to {0}: {1}.', target.name, refused.reason));
  }
  const hours = Math.round(plan.lifetimeMs / 3_600_000);
  const detail = [
    t('This will be created in {0}:', whereText(info, t)),
    plan.creates.map(({ text }) => `• ${text}`).join('\n'),
    t(
      'A copy of each record comes to the queue, is kept here, and is deleted from the queue. The queue lives as long as you listen: all of it is removed when you stop, select another connection or close the window. What a crash leaves behind is tagged, counts as left behind after {0} hours, and you are asked to remove it at the next start.',
      hours,
    ),
    t(
      'It costs what AWS charges for SQS requests: one in 20 seconds while nothing comes, some for every ten records; and for SNS or EventBridge deliveries to the queue.',
    ),
    t('It takes these permissions: {0}.', plan.actions.join(', ')),
    t('Further topics and buses of this connection are added without another question.'),
  ].join('\n\n');
  const yes = t('Create and Listen');
  const chosen = await vscode.window.showWarningMessage(
    t('Create a queue to listen to {0}?', target.name),
    { modal: true, detail },
    yes,
  );
  if (chosen !== yes) return false;
  await listening.agree();
  return true;
}

async function askToDrain({ target, info }: ListeningWish): Promise<boolean> {
  const t = vscode.l10n.t;
  const yes = t('Drain');
  const chosen = await vscode.window.showWarningMessage(
    t('Delete the messages of {0} as they are read?', target.name),
    {
      modal: true,
      detail: t(
        'Every message of the queue in {0}, those that are in it now and those that come, is kept in this workspace’s records and then deleted from the queue. Nobody else gets it any more, and a message that is no record is deleted, too. This goes on until you pause or stop it.',
        whereText(info, t),
      ),
    },
    yes,
  );
  return chosen === yes;
}

async function askToPay({ target }: ListeningWish): Promise<boolean> {
  const t = vscode.l10n.t;
  const { liveTailPrices } = await import('../../connections/listening/liveTailPrices.ts');
  const yes = t('Start Live Tail');
  const prices = t('Open Prices');
  const chosen = await vscode.window.showWarningMessage(
    t('Follow the log of {0} by Live Tail?', target.name),
    {
      modal: true,
      detail: t(
        'AWS charges for every minute of a Live Tail session, whether or not anything is logged; the price depends on the region ({0}, under Logs). A session that ends after 3 hours is begun again until you stop it. Of more than 500 lines a second it shows a sample.',
        liveTailPrices,
      ),
    },
    yes,
    prices,
  );
  if (chosen === prices) await vscode.env.openExternal(vscode.Uri.parse(liveTailPrices));
  return chosen === yes;
}
