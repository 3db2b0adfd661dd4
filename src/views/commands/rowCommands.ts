import type { CompareTarget, DeleteTarget, RowsTarget } from '../../host/rowsArguments.ts';
import type { Services } from '../services.ts';
import { compareInvocations } from './compareInvocations.ts';
import { copyAsAwsCli, copyPayload, copyRecord, copyRequestId } from './copyInvocation.ts';
import { debugAgain } from './debugAgain.ts';
import { deleteInvocations } from './deleteInvocations.ts';
import { exportSelection } from './exportSelection.ts';
import { openLogGroup } from './openLogGroup.ts';
import { pinInvocations } from './pinInvocations.ts';
import { savePayload } from './savePayload.ts';
import { editAndSend, sendAgain, sendToLocal } from './sendAgain.ts';

/** The commands on invocations; loaded together with the first of them. */
export const rowCommands = {
  sendAgain,
  editAndSend,
  sendToLocal,
  debugAgain,
  copyRequestId,
  copyPayload,
  copyRecord,
  copyAsAwsCli,
  savePayload,
  exportSelection,
  openLogGroup,
  compareInvocations: (services: Services, arg?: CompareTarget) => compareInvocations(services, arg),
  pin: (services: Services, arg?: RowsTarget) => pinInvocations(services, true, arg),
  unpin: (services: Services, arg?: RowsTarget) => pinInvocations(services, false, arg),
  deleteInvocations: (services: Services, arg?: DeleteTarget) => deleteInvocations(services, arg),
} as const;
