import * as vscode from 'vscode';
import { commandId, executeCommand } from '../../host/contract.ts';
import { functionText } from '../../model/functionText.ts';
import type { SettingsChange } from '../../model/settingsChange.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { withActions } from '../failureActions.ts';
import type { Services } from '../services.ts';
import { readFunction, type FunctionState, type SettingsConnection } from './functionState.ts';
import { ChangedMeanwhile, nameOf } from './performChange.ts';
import { requireSelected } from './settingsConnection.ts';
import type { ChangeText } from './settingsText.ts';
import { templateDifferences } from './templateDifference.ts';

/** A change that was made. */
export interface ChangeMade {
  readonly on: SettingsConnection;
  /** As it is now. */
  readonly fn: FunctionState;
  readonly change: SettingsChange;
  readonly text: ChangeText;
  /** Takes the change back. */
  undo(): Promise<unknown>;
}

/** Says what is in effect, and what it does not change: the template, and what AWS's workers still have. */
export async function afterChange(services: Services, { on, fn, change, text, undo }: ChangeMade): Promise<void> {
  const declaration = on.info.kind === 'local' ? await differingTemplate(services, on, fn) : undefined;
  const undoTitle = vscode.l10n.t('Undo');
  const openTitle = vscode.l10n.t('Open Template');
  const copyTitle = vscode.l10n.t('Copy As…');
  const sentences = [text.done];
  if (on.info.kind === 'aws') {
    sentences.push(vscode.l10n.t('Until all of Lambda’s workers use it, up to two minutes may pass.'));
  }
  if (declaration) {
    sentences.push(
      vscode.l10n.t('Local Lambda now differs from {0}, which was not changed.', nameOfFile(declaration.file)),
    );
  }
  const buttons = [...(declaration ? [openTitle, copyTitle] : []), undoTitle];
  const chosen = await vscode.window.showInformationMessage(sentences.join(' '), ...buttons);
  if (chosen === undoTitle) {
    try {
      await undo();
    } catch (error) {
      services.boundary.report('undo', withActions(notTakenBack(error), on.info));
      return;
    }
    void vscode.window.showInformationMessage(
      change.kind === 'destination' && change.target && 'create' in change.target
        ? vscode.l10n.t('Taken back. “{0}” is still there.', change.target.name)
        : vscode.l10n.t('Taken back.'),
    );
  } else if (chosen === openTitle && declaration) {
    const position = new vscode.Position(declaration.line - 1, declaration.column - 1);
    await vscode.window.showTextDocument(vscode.Uri.file(declaration.file), {
      selection: new vscode.Range(position, position),
    });
  } else if (chosen === copyTitle) {
    const { functionName } = fn;
    await executeCommand(vscode, 'copyAs', { functionName, origin: vscode.l10n.t('message') });
  }
}

/** Who takes something back does not know what somebody else did since. */
function notTakenBack(error: unknown): unknown {
  if (!(error instanceof ChangedMeanwhile)) return error;
  const { functionName, qualifier } = error.now;
  const name = functionText(functionName, qualifier);
  return new UserFacingFailure(
    error.code,
    vscode.l10n.t('Not taken back: {0} was changed once more since, and that stays.', name),
    {
      cause: error,
      actions: [
        {
          title: vscode.l10n.t('Change Destinations…'),
          command: commandId('changeDestination'),
          args: [{ ...nameOf(error.now), origin: 'message' }],
        },
      ],
    },
  );
}

/** The place of the function in its template, if what it declares is not what is in effect. */
async function differingTemplate(
  { project, connection, session, boundary }: Services,
  on: SettingsConnection,
  fn: FunctionState,
): Promise<{ readonly file: string; readonly line: number; readonly column: number } | undefined> {
  const { functionName } = fn;
  try {
    const declaration = await project.declarationOf(functionName);
    if (!declaration) return undefined;
    requireSelected(session, on);
    const [configs, now] = await Promise.all([
      connection.eventInvokeConfigs(functionName),
      readFunction(on, functionName, undefined),
    ]);
    const differs = templateDifferences(declaration.fn, configs, now.deadLetterTargetArn).length > 0;
    return differs ? declaration.fn.location : undefined;
  } catch (error) {
    // The change was made: that it was, and how to take it back, is told all the same.
    boundary.note('what differs from the template', error);
    return undefined;
  }
}

function nameOfFile(file: string): string {
  return file.split(/[\\/]/).at(-1) ?? file;
}
