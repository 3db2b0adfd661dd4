import * as vscode from 'vscode';
import type { RowsTarget } from '../../host/rowsArguments.ts';
import { functionText } from '../../model/functionText.ts';
import type { Invocation, InvocationRow } from '../../model/invocation.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { withoutRequestId } from '../../model/withoutRequestId.ts';
import { rowsOf } from '../replay/chooseInvocations.ts';
import type { Services } from '../services.ts';

/** A row with all that is known of it. */
export interface FoundInvocation {
  readonly row: InvocationRow;
  readonly invocation: Invocation;
}

/** How many are offered where nothing is selected. */
const offered = 200;

/**
 * The invocations a command is about, the newest first: those of its argument, else those that are selected in the panel,
 * else what the person chooses. `undefined`: they chose none. @throws UserFacingFailure `invocationGone`
 */
export async function rowsFor(
  services: Services,
  arg: RowsTarget | undefined,
  ask: { readonly title: string; readonly many?: boolean },
): Promise<readonly InvocationRow[] | undefined> {
  if (arg?.requestIds) return rowsOf(services, arg.requestIds);
  const ids = idsOf(services, arg);
  if (ids.length === 0) return chooseRows(services, ask);
  const connectionId = services.connection.state.info.id;
  const { rows } = await services.store.rows({ connectionId, ids }, { offset: 0, limit: ids.length });
  if (rows.length === 0) throw gone();
  return rows;
}

/** The one invocation a command is about, with all that is known of it; of several the newest. @throws UserFacingFailure */
export async function invocationFor(
  services: Services,
  arg: RowsTarget | undefined,
  title: string,
): Promise<FoundInvocation | undefined> {
  const [row] = (await rowsFor(services, arg, { title })) ?? [];
  return row && invocationOf(services, row);
}

/** All that is known of a row. @throws UserFacingFailure `invocationGone` */
export async function invocationOf(
  { store }: Pick<Services, 'store'>,
  { id }: InvocationRow,
): Promise<FoundInvocation> {
  const found = await store.get(id);
  if (!found) throw gone();
  return found;
}

function idsOf({ records }: Services, arg: RowsTarget | undefined): readonly number[] {
  if (arg?.ids) return arg.ids;
  const { selection } = records;
  const { recordId } = arg ?? {};
  return recordId === undefined || selection.includes(recordId) ? selection : [recordId];
}

function gone(): UserFacingFailure {
  return new UserFacingFailure('invocationGone', vscode.l10n.t('This invocation is no longer kept.'));
}

interface RowItem extends vscode.QuickPickItem {
  readonly row: InvocationRow;
}

async function chooseRows(
  { connection, store }: Services,
  { title, many = false }: { readonly title: string; readonly many?: boolean },
): Promise<readonly InvocationRow[] | undefined> {
  const connectionId = connection.state.info.id;
  const { rows } = await store.rows({ connectionId }, { offset: 0, limit: offered });
  if (rows.length === 0) {
    throw new UserFacingFailure(
      'noInvocations',
      vscode.l10n.t('No invocation is kept for this connection yet. Send one first.'),
    );
  }
  const options = { title, matchOnDescription: true, matchOnDetail: true };
  const items = rows.map(toItem);
  const chosen = many
    ? await vscode.window.showQuickPick<RowItem>(items, { ...options, canPickMany: true })
    : [await vscode.window.showQuickPick<RowItem>(items, options)];
  const wanted = (chosen ?? []).flatMap((item) => (item ? [item.row] : []));
  return wanted.length === 0 ? undefined : wanted;
}

function toItem(row: InvocationRow): RowItem {
  const what = withoutRequestId(row.errorMessage ?? row.errorType ?? row.condition ?? row.status);
  return {
    label: functionText(row.functionName, row.qualifier),
    description: what.replaceAll(/\s+/g, ' ').slice(0, 120),
    detail: [new Date(row.startedAt).toLocaleString(), row.requestId].filter((part) => part !== undefined).join(' · '),
    row,
  };
}
