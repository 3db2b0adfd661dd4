import * as vscode from 'vscode';
import type { RedriveResult } from '../../connections/redrive.ts';
import { localChoice } from '../../connections/connectionChoice.ts';
import type { ReplayArgs, ReplayResult } from '../../host/replayArguments.ts';
import type { RowsTarget } from '../../host/rowsArguments.ts';
import type { InvocationRow } from '../../model/invocation.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { isFromCode } from '../arguments.ts';
import { chooseInvocations, rowsOf } from '../replay/chooseInvocations.ts';
import { chooseReplay, defaultPerSecond, type ReplayChoice } from '../replay/chooseReplay.ts';
import { planReplay, refusalText, type ReplayPlan } from '../replay/replayPlan.ts';
import { confirmReplay } from '../replay/confirmReplay.ts';
import { runReplay, tellResult } from '../replay/runReplay.ts';
import type { Services } from '../services.ts';
import { rowsFor } from './rowTargets.ts';

/**
 * `Replay`: sends the payloads of invocations again, each linked to the one it repeats: to the same function, another
 * version or alias, or local Lambda. From code nothing is asked but what sends to AWS always ask. @throws UserFacingFailure
 */
export async function replay(services: Services, arg?: ReplayArgs | RowsTarget): Promise<ReplayResult | undefined> {
  const args: Partial<ReplayArgs> & RowsTarget = arg ?? {};
  // From the palette failures are offered, unless several invocations are selected.
  const rows =
    arg === undefined && services.records.selection.length < 2
      ? await chooseInvocations(services)
      : await rowsFor(services, arg, { title: vscode.l10n.t('Replay'), many: true });
  if (!rows) return undefined;
  const asks = !isFromCode(arg);
  const choice = asks ? await chooseReplay(services, rows) : choiceOf(args);
  if (!choice) return undefined;
  if (args.dryRun === true) {
    const plan = await planReplay(services.store, rows, choice.qualifier);
    return resultOf(plan, { sent: [], failed: [], left: plan.items });
  }
  return replayRows(services, rows, choice, asks);
}

/** Sends the payloads of rows as was chosen; with `asks` several are asked about, and what came of it is told. @throws UserFacingFailure */
export async function replayRows(
  services: Services,
  rows: readonly InvocationRow[],
  choice: ReplayChoice,
  asks = true,
): Promise<ReplayResult | undefined> {
  const plan = await planReplay(services.store, rows, choice.qualifier);
  if (plan.items.length === 0) throw nothingToSend(plan);
  if (choice.where === 'edit') {
    await edit(services, plan);
    return undefined;
  }
  // Where it was asked about stays what it was: rows of one connection are sent on another only when that was chosen.
  if (choice.where === 'local') await services.session.select(localChoice);
  const { choice: asked } = services.session;
  if (asks && !(await confirmReplay(services, plan, choice.perSecond))) return undefined;
  if (!(await consent(services, plan))) return undefined;
  if (asks) await services.records.open({ preserveFocus: true });
  const result = await runReplay(services, plan, { choice: asked, perSecond: choice.perSecond });
  if (asks) await tell(services, result);
  return resultOf(plan, result);
}

function choiceOf({ qualifier, to, perSecond = defaultPerSecond }: Partial<ReplayArgs>): ReplayChoice {
  if (!(perSecond > 0 && perSecond <= 1000)) {
    throw new UserFacingFailure('badArgument', vscode.l10n.t('perSecond must be over 0 and at most 1,000.'));
  }
  return { where: to ?? 'same', perSecond, ...(qualifier === undefined ? {} : { qualifier }) };
}

async function edit(services: Services, { items }: ReplayPlan): Promise<void> {
  const [item] = items;
  if (!item) return;
  const { functionName, qualifier, payload } = item;
  await services.payloadDocuments.openNew({ functionName, ...(qualifier ? { qualifier } : {}) }, payload);
}

async function consent(services: Services, { items }: ReplayPlan): Promise<boolean> {
  for (const functionName of new Set(items.map((item) => item.functionName))) {
    if (!(await services.sendConsent.ask(functionName))) return false;
  }
  return true;
}

async function tell(services: Services, result: RedriveResult): Promise<void> {
  const [only] = result.failed;
  if (only && result.sent.length + result.left.length === 0 && result.failed.length === 1) throw only.error;
  const [sent] = result.sent;
  if (sent && result.sent.length === 1 && result.failed.length + result.left.length === 0) {
    const { id } = await rowOf(services, sent.requestId);
    await services.records.open({ reveal: id, preserveFocus: true });
    return;
  }
  void services.boundary.run('after a replay', () => tellResult(result));
}

async function rowOf(services: Services, requestId: string): Promise<InvocationRow> {
  const [row] = await rowsOf(services, [requestId]);
  if (!row) throw new Error(`There is no row of ${requestId}.`);
  return row;
}

function nothingToSend({ refused }: ReplayPlan): UserFacingFailure {
  const [first] = refused;
  return new UserFacingFailure(
    first?.why ?? 'payloadUnknown',
    refusalText(first?.why ?? 'payloadUnknown', vscode.l10n.t),
  );
}

function resultOf(plan: ReplayPlan, { sent, failed, left }: RedriveResult): ReplayResult {
  return {
    sent: sent.map(({ item, requestId }) => ({ requestId, replayOf: item.replayOf.requestId })),
    failed: failed.map(({ item, error }) => ({ replayOf: item.replayOf.requestId, message: error.message })),
    left: left.map(({ functionName, qualifier, payload, replayOf }) => ({
      replayOf: replayOf.requestId,
      functionName,
      ...(qualifier ? { qualifier } : {}),
      payload,
    })),
    refused: plan.refused.map(({ row, why }) => ({
      replayOf: row.requestId ?? row.clientToken ?? '',
      message: refusalText(why, vscode.l10n.t),
    })),
  };
}
