import * as vscode from 'vscode';
import type { FunctionTarget } from '../../host/contract.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { groupBesideWebview } from '../recordsPanel/openLocation.ts';
import type { Services } from '../services.ts';
import { targetOf } from './targets.ts';

/** `Open Template`: the template that declares the function, at its line. @throws UserFacingFailure */
export async function openTemplate(services: Services, arg?: FunctionTarget): Promise<void> {
  const target = await targetOf(services, arg, vscode.l10n.t('Open the template of'));
  if (!target) return;
  const { functionName } = target;
  const declaration = await services.project.declarationOf(functionName);
  if (!declaration) {
    throw new UserFacingFailure(
      'noTemplate',
      vscode.l10n.t('No template in this workspace declares a function “{0}”.', functionName),
    );
  }
  const { file, line, column } = declaration.fn.location;
  const position = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    viewColumn: groupBesideWebview(),
    selection: new vscode.Range(position, position),
  });
}
