import * as vscode from 'vscode';
import type { FunctionTarget } from '../../host/contract.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { Services } from '../services.ts';
import { groupBesideWebview } from '../recordsPanel/openLocation.ts';
import { targetOf } from './targets.ts';

/** `Open Handler`: the function's handler at its line. @throws UserFacingFailure naming the file looked for */
export async function openHandler(services: Services, arg?: FunctionTarget): Promise<void> {
  const target = await targetOf(services, arg, vscode.l10n.t('Open the handler of'));
  if (!target) return;
  const place = await services.project.handlerOf(target.functionName);
  if (!place.found) {
    const { kind } = services.connection.state.info;
    // Elsewhere most functions are of other projects: a click on their rows is no mistake.
    if (kind !== 'local' && isNode(arg) && !(await services.project.declarationOf(target.functionName))) {
      vscode.window.setStatusBarMessage(place.message, 5_000);
      return;
    }
    throw new UserFacingFailure('handlerMissing', place.message);
  }
  const { file, line, column } = place.handler;
  const position = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    viewColumn: groupBesideWebview(),
    selection: new vscode.Range(position, position),
  });
}

/** A row of the functions view. */
function isNode(arg: object | undefined): boolean {
  return arg !== undefined && 'kind' in arg;
}
