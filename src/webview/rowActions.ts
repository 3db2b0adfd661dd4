import type { InvocationRow } from '../model/invocation.ts';
import type { RowCommand } from '../protocol/panel.ts';

/** Something that is done with the selected rows by a key. */
export interface RowAction {
  readonly command: RowCommand;
  /** As `KeyboardEvent.key` has it; letters small. */
  readonly key: string;
  readonly shift?: true;
  /** For the list of keys. */
  readonly does: string;
  /** For so many rows: one, two, or any number. */
  readonly rows: 'one' | 'two' | 'any';
}

/** Every action, in the order of the list of keys. `p` unpins what is pinned. */
export const rowActions: readonly RowAction[] = [
  { command: 'sendAgain', key: 'r', does: 'send again', rows: 'any' },
  { command: 'replay', key: 'r', shift: true, does: 'replay: elsewhere, or several at a rate', rows: 'any' },
  { command: 'editAndSend', key: 'e', does: 'edit the payload and send it', rows: 'one' },
  { command: 'sendToLocal', key: 'l', does: 'send to local Lambda', rows: 'any' },
  { command: 'debugAgain', key: 'd', does: 'debug locally with this payload', rows: 'one' },
  { command: 'compareInvocations', key: '=', does: 'compare two that are selected', rows: 'two' },
  { command: 'copyRequestId', key: 'c', does: 'copy the request id', rows: 'any' },
  { command: 'copyPayload', key: 'c', shift: true, does: 'copy the payload', rows: 'any' },
  { command: 'copyRecord', key: 'j', does: 'copy the execution record', rows: 'any' },
  { command: 'copyAsAwsCli', key: 'a', does: 'copy as AWS CLI', rows: 'any' },
  { command: 'savePayload', key: 's', does: 'save the payload to events/', rows: 'one' },
  { command: 'exportSelection', key: 'x', does: 'export what is selected', rows: 'any' },
  { command: 'openLogGroup', key: 'g', does: 'open the log group', rows: 'one' },
  { command: 'pin', key: 'p', does: 'pin, or unpin: kept whatever is cut', rows: 'any' },
  { command: 'deleteInvocations', key: 'Delete', does: 'delete what is kept of it', rows: 'any' },
];

/** A key as pressed. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'shiftKey'>;

/** What a key does with so many selected rows; `undefined`: nothing. */
export function actionOf({ key, shiftKey }: KeyPress, count: number): RowAction | undefined {
  const pressed = key.length === 1 ? key.toLowerCase() : key;
  return rowActions.find(
    (action) =>
      action.key === pressed &&
      // A sign like `=` may need Shift on a keyboard.
      (/[a-z]/.test(action.key) ? (action.shift ?? false) === shiftKey : true) &&
      (action.rows === 'any' ? count > 0 : count === (action.rows === 'two' ? 2 : 1)),
  );
}

/**
 * What VS Code's context menu is told of a row (`data-vscode-context`): its keys are known to the `when` clauses of
 * `webview/context` in the manifest, and the commands get it as their argument. `count`: of the rows it stands for.
 */
export function menuContext(row: InvocationRow, count: number): string {
  const { id, functionName, qualifier, requestId, status, pinned = false } = row;
  return JSON.stringify({
    webviewSection: 'invocation',
    preventDefaultContextMenuItems: true,
    origin: 'records',
    recordId: id,
    functionName,
    ...(qualifier === undefined ? {} : { qualifier }),
    ...(requestId === undefined ? {} : { requestId }),
    recordMany: count > 1,
    recordPair: count === 2,
    recordPinned: pinned,
    recordWaits: status === 'waiting',
  });
}
