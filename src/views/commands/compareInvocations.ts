import * as vscode from 'vscode';
import { comparedTexts, type CompareTarget } from '../../host/rowsArguments.ts';
import { functionText } from '../../model/functionText.ts';
import type { InvocationRow } from '../../model/invocation.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { BodyKey } from '../../protocol/panel.ts';
import { bodyText } from '../recordsPanel/bodies.ts';
import { groupBesidePanel } from '../recordsPanel/openLocation.ts';
import { bodyUri } from '../recordsPanel/showBody.ts';
import type { Services } from '../services.ts';
import { invocationOf, rowsFor, type FoundInvocation } from './rowTargets.ts';

type Compared = (typeof comparedTexts)[number];

/** `Compare Invocations…`: payload, response or timeline of two, in VS Code's diff editor, the older one on the left. @throws UserFacingFailure */
export async function compareInvocations(services: Services, arg?: CompareTarget): Promise<void> {
  const rows = await rowsFor(services, arg, { title: vscode.l10n.t('Compare two invocations'), many: true });
  if (!rows) return;
  const [newer, older] = rows.toSorted((a, b) => b.id - a.id);
  if (!newer || !older || rows.length !== 2) {
    throw new UserFacingFailure(
      'notTwo',
      vscode.l10n.t('Two invocations are compared: select two in the records panel (Ctrl or Cmd and click).'),
    );
  }
  const what = arg?.what ?? (await chooseWhat());
  if (what === undefined) return;
  const [left, right] = [await invocationOf(services, older), await invocationOf(services, newer)];
  const [leftKey, rightKey] = [keyOf(left, what), keyOf(right, what)];
  if (leftKey === undefined || rightKey === undefined) throw nothingToCompare(what);
  await vscode.commands.executeCommand(
    'vscode.diff',
    bodyUri(left.row, leftKey),
    bodyUri(right.row, rightKey),
    titleOf(left.row, right.row, what),
    { viewColumn: groupBesidePanel() },
  );
}

async function chooseWhat(): Promise<Compared | undefined> {
  const items = comparedTexts.map((what) => ({ label: labelOf(what), what }));
  const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Compare') });
  return chosen?.what;
}

function labelOf(what: Compared): string {
  switch (what) {
    case 'payload':
      return vscode.l10n.t('Payloads');
    case 'response':
      return vscode.l10n.t('Responses');
    case 'timeline':
      return vscode.l10n.t('Timelines');
  }
}

/** Of responses the last one. `undefined`: it is not known. */
function keyOf({ row, invocation }: FoundInvocation, what: Compared): BodyKey | undefined {
  if (what === 'timeline') return 'timeline';
  const keys: readonly BodyKey[] =
    what === 'payload'
      ? ['request']
      : invocation.attempts.toReversed().map(({ number }) => `response:${number}` as const);
  return keys.find((key) => bodyText(row, invocation, key) !== undefined);
}

function nothingToCompare(what: Compared): UserFacingFailure {
  return new UserFacingFailure(
    'nothingToCompare',
    what === 'payload'
      ? vscode.l10n.t('The payload of at least one of them is not known here: it was sent by someone else.')
      : vscode.l10n.t('At least one of them has no response that is known here.'),
  );
}

function titleOf(left: InvocationRow, right: InvocationRow, what: Compared): string {
  const named = ({ functionName, qualifier, requestId, id }: InvocationRow): string =>
    `${functionText(functionName, qualifier)} ${(requestId ?? String(id)).slice(0, 8)}`;
  return vscode.l10n.t('{0} ↔ {1}: {2}', named(left), named(right), labelOf(what));
}
