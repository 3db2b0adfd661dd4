import * as vscode from 'vscode';
import type { FaultControls } from '../connections/faultControls.ts';
import { commandId } from '../host/contract.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import type { Services } from './services.ts';

/** The faults of local Lambda, where it is what the window is connected to. @throws UserFacingFailure */
export async function localFaults({ connection }: Pick<Services, 'connection'>): Promise<FaultControls> {
  if (connection.state.info.kind === 'local' && connection.faults) return connection.faults();
  throw new UserFacingFailure(
    'cannotFail',
    vscode.l10n.t('Only local Lambda makes faults on demand. Select it (Select Connection), then add the fault again.'),
    { actions: [{ title: vscode.l10n.t('Select Connection'), command: commandId('selectConnection') }] },
  );
}
