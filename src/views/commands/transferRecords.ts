import * as vscode from 'vscode';
import { toAbortSignal } from '../../host/abort.ts';
import type { TransferArgs, TransferResult } from '../../host/transferArguments.ts';
import { parseFilter } from '../../model/query/parseFilter.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { InvocationQuery, LongOperation, TransferProgress } from '../../store/invocationStore.ts';
import type { Services } from '../services.ts';

/** `Export Records…`: the connection's rows, or those of a filter, to a file. @throws UserFacingFailure */
export async function exportRecords(services: Services, args?: TransferArgs): Promise<TransferResult | undefined> {
  const { filter, problems } = parseFilter(args?.filter ?? '');
  const [problem] = problems.filter(({ severity }) => severity === 'error');
  if (problem) {
    throw new UserFacingFailure(
      'filterUnclear',
      vscode.l10n.t('Nothing was exported, because the filter is not clear: {0}', problem.message),
    );
  }
  return exportQuery(services, { connectionId: services.connection.state.info.id, filter }, args?.file);
}

/** Writes the rows of a query to a file, which is asked for when left out. @throws UserFacingFailure */
export async function exportQuery(
  services: Pick<Services, 'store'>,
  query: InvocationQuery,
  path: string | undefined,
): Promise<TransferResult | undefined> {
  const uri = path === undefined ? await askWhereTo() : vscode.Uri.file(path);
  if (!uri) return undefined;
  const file = pathOf(uri);
  const rows = await watched(vscode.l10n.t('Exporting records'), (operation) =>
    services.store.exportRecords(query, file, operation),
  );
  if (path === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Exported {0} invocations to {1}.', rows, file));
  }
  return { file, rows };
}

/** `Import Records…`: what such a file has becomes rows of the selected connection. @throws UserFacingFailure */
export async function importRecords(services: Services, args?: TransferArgs): Promise<TransferResult | undefined> {
  const uri = args?.file === undefined ? await askWhereFrom() : vscode.Uri.file(args.file);
  if (!uri) return undefined;
  const file = pathOf(uri);
  const connectionId = services.connection.state.info.id;
  const { rows, skipped } = await watched(vscode.l10n.t('Importing records'), (operation) =>
    services.store.importRecords(connectionId, file, operation),
  );
  if (args?.file === undefined) {
    const message =
      skipped === 0
        ? vscode.l10n.t('Imported {0} invocations. What was known already was left as it is.', rows)
        : vscode.l10n.t(
            'Imported {0} invocations. {1} lines could not be read and were left out. What was known already was left as it is.',
            rows,
            skipped,
          );
    void vscode.window.showInformationMessage(message);
  }
  return { file, rows, skipped };
}

const filters = (): Record<string, string[]> => ({ [vscode.l10n.t('Records')]: ['ndjson'] });

function askWhereTo(): Thenable<vscode.Uri | undefined> {
  const name = `records-${new Date().toISOString().slice(0, 10)}.ndjson`;
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Records'),
    filters: filters(),
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
}

async function askWhereFrom(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({ title: vscode.l10n.t('Import Records'), filters: filters() });
  return chosen?.[0];
}

function pathOf(uri: vscode.Uri): string {
  if (uri.scheme === 'file') return uri.fsPath;
  throw new UserFacingFailure(
    'notOnDisk',
    vscode.l10n.t('Records can only be written to and read from files on disk. Choose a folder on disk.'),
  );
}

function watched<T>(title: string, work: (operation: LongOperation<TransferProgress>) => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => {
      let told = 0;
      return work({
        signal: toAbortSignal(token),
        onProgress({ rows, fraction }) {
          const percent = fraction === undefined ? undefined : Math.max(0, 100 * fraction - told);
          told += percent ?? 0;
          progress.report({
            message: vscode.l10n.t('{0} invocations', rows),
            ...(percent === undefined ? {} : { increment: percent }),
          });
        },
      });
    },
  );
}
