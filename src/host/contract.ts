import type * as vscode from 'vscode';
import type { ConnectionTarget } from './connectionTarget.ts';
import type { ListenArgs, ListenedTo } from './listeningArguments.ts';
import type { ReplayArgs, ReplayResult } from './replayArguments.ts';
import type { CompareTarget, DeleteTarget, RowsTarget } from './rowsArguments.ts';
import type { TransferArgs, TransferResult } from './transferArguments.ts';
import type { AddFaultArgs, LocalFault } from './faultArguments.ts';
import type {
  AsyncSettings,
  ChangeDestinationArgs,
  CopyAsArgs,
  RemoveDestinationArgs,
  RetryAndAgeArgs,
} from './settingsArguments.ts';

/**
 * All that ties the code to package.json: command ids with what they take and give, views, settings, context keys.
 * `test/unit/manifest.test.ts` compares it with the manifest both ways.
 */

/** Publisher and name. */
export const extensionId = 'lambda-destinations.lambda-destinations';

/** A function to act on, by name; tree nodes fit, too. */
export interface FunctionTarget {
  readonly functionName: string;
  /** A version or alias; absent: unqualified. */
  readonly qualifier?: string;
}

/** What `sendAsync` takes from code. */
export interface SendAsyncArgs extends FunctionTarget {
  /** JSON text if it is a string, else a value to be sent as JSON. Absent: the last payload, else the first saved one, else `{}`. */
  readonly payload?: unknown;
  /** What the person used, in words. With it failures are shown to the person; without it they are thrown at the caller. */
  readonly origin?: string;
}

/** What a send gives back. */
export interface SendResult {
  readonly requestId: string;
}

/**
 * Every command: its arguments and its result. Where an argument is left out (the palette) the command asks for it; an
 * editor's context menu passes the document's URI. `undefined` as a result: the person changed their mind, or was told why not.
 */
export interface Commands {
  sendAsync(target?: SendAsyncArgs | vscode.Uri): SendResult | undefined;
  sendAsyncWithPayload(target?: FunctionTarget | vscode.Uri): SendResult | undefined;
  /** Sends with a debugger attached to each attempt; Node.js and Python functions of local Lambda. */
  debugAsync(target?: SendAsyncArgs | vscode.Uri): SendResult | undefined;
  /** Sends the content of a JSON document: that of the URI, else the active one. */
  sendPayloadDocument(uri?: vscode.Uri): SendResult | undefined;
  openRecords(): void;
  startLocal(): void;
  stopLocal(): void;
  restartLocal(): void;
  /** What can be done with the selected connection: what the status bar item opens. */
  showConnectionMenu(): void;
  /** Makes another connection the workspace's (asked for when left out) and remembers it; gives it. Contacts nothing. */
  selectConnection(target?: ConnectionTarget): ConnectionTarget | undefined;
  /** The same connection in another region (asked for when left out). Of local Lambda: the setting. */
  changeRegion(args?: { readonly region: string }): ConnectionTarget | undefined;
  /** Types the command that signs a profile in (that of the connection when left out) into a terminal, and leaves it there. */
  signIn(args?: { readonly profile: string }): void;
  /** Opens the AWS config file in an editor, else the credentials file; a new one where there is none. */
  openAwsConfig(): void;
  refresh(): void;
  /** Copies the example into a new folder below `parent` (asked for when left out), opens it, and gives its path. */
  openExample(args?: { readonly parent: string; readonly open?: boolean }): string | undefined;
  openHandler(target?: FunctionTarget): void;
  /** Opens the template that declares the function, at its line. */
  openTemplate(target?: FunctionTarget): void;
  /** Each asks once whether to, unless `confirm` is `false`; gives what is in effect then. */
  addDestination(target?: ChangeDestinationArgs): AsyncSettings | undefined;
  changeDestination(target?: ChangeDestinationArgs): AsyncSettings | undefined;
  removeDestination(target?: RemoveDestinationArgs): AsyncSettings | undefined;
  setDeadLetterQueue(target?: ChangeDestinationArgs): AsyncSettings | undefined;
  setRetryAndAge(target?: RetryAndAgeArgs): AsyncSettings | undefined;
  /** Puts a function's live settings on the clipboard, as the format (asked for when left out) has them, and gives the text. */
  copyAs(target?: CopyAsArgs): string | undefined;
  skipWait(target?: { readonly requestId: string }): void;
  /** Sends the payloads of invocations (asked for when left out) again. */
  replay(args?: ReplayArgs | RowsTarget): ReplayResult | undefined;
  /** The same payload to the same function; of several invocations after a question. */
  sendAgain(rows?: RowsTarget): void;
  /** Opens the payload in an editor, from which it is sent. */
  editAndSend(rows?: RowsTarget): void;
  /** Selects local Lambda and sends the payloads there. */
  sendToLocal(rows?: RowsTarget): void;
  /** Selects local Lambda and sends the payload there, with a debugger attached to each attempt. */
  debugAgain(rows?: RowsTarget): SendResult | undefined;
  /** Each puts a text on the clipboard, and gives it; of several invocations one a line. */
  copyRequestId(rows?: RowsTarget): string | undefined;
  copyPayload(rows?: RowsTarget): string | undefined;
  copyRecord(rows?: RowsTarget): string | undefined;
  copyAsAwsCli(rows?: RowsTarget): string | undefined;
  /** Writes the payload into the workspace's `events` folder, opens it, and gives its path. */
  savePayload(rows?: RowsTarget): string | undefined;
  /** Writes what is selected to a file (asked for when left out). */
  exportSelection(rows?: RowsTarget & Pick<TransferArgs, 'file'>): TransferResult | undefined;
  /** Of AWS in the console; elsewhere the logs in an editor. */
  openLogGroup(rows?: RowsTarget): void;
  /** Shows payload, response or timeline (asked for when left out) of two invocations in the diff editor. */
  compareInvocations(rows?: CompareTarget): void;
  pin(rows?: RowsTarget): void;
  unpin(rows?: RowsTarget): void;
  /** Removes what is kept of invocations, after a question; gives how many there were. */
  deleteInvocations(rows?: DeleteTarget): number | undefined;
  /** Writes the connection's records to a file (asked for when left out), or those of a filter. */
  exportRecords(args?: TransferArgs): TransferResult | undefined;
  /** Reads such a file (asked for when left out) into the selected connection's records. */
  importRecords(args?: TransferArgs): TransferResult | undefined;
  /** Reads a destination, a dead-letter queue or a function's log (asked for when left out); goes on with what was paused. Not of local Lambda. */
  listen(target?: ListenArgs | FunctionTarget): ListenedTo | undefined;
  /** Reads no more, and keeps what it made. */
  pauseListening(target?: ListenArgs): void;
  /** Reads no more, and removes what it made. */
  stopListening(target?: ListenArgs): void;
  /** Finds taps that a crash left behind, and removes them after asking; gives their names. */
  removeLeftovers(args?: { readonly confirm?: boolean }): readonly string[] | undefined;
  /** Has local Lambda make a fault, asking for what is left out; gives it with its id. */
  addFault(fault?: AddFaultArgs): LocalFault | undefined;
  /** By its id, or a row of the functions view; asked for when left out. */
  removeFault(fault?: { readonly id: string } | FunctionTarget): void;
  /** All of them; with a function, those that are made of it. */
  removeAllFaults(target?: FunctionTarget): void;
  /** Puts the AWS CLI's `--endpoint-url …` on the clipboard, and gives it. */
  copyEndpoint(): string | undefined;
  showLog(): void;
}

/** A command's name without the prefix. */
export type CommandName = keyof Commands;

/** Every command there is; each is in the manifest. */
export const commandNames = [
  'sendAsync',
  'sendAsyncWithPayload',
  'debugAsync',
  'sendPayloadDocument',
  'openRecords',
  'startLocal',
  'stopLocal',
  'restartLocal',
  'showConnectionMenu',
  'selectConnection',
  'changeRegion',
  'signIn',
  'openAwsConfig',
  'refresh',
  'openExample',
  'openHandler',
  'openTemplate',
  'addDestination',
  'changeDestination',
  'removeDestination',
  'setDeadLetterQueue',
  'setRetryAndAge',
  'copyAs',
  'skipWait',
  'replay',
  'sendAgain',
  'editAndSend',
  'sendToLocal',
  'debugAgain',
  'copyRequestId',
  'copyPayload',
  'copyRecord',
  'copyAsAwsCli',
  'savePayload',
  'exportSelection',
  'openLogGroup',
  'compareInvocations',
  'pin',
  'unpin',
  'deleteInvocations',
  'exportRecords',
  'importRecords',
  'listen',
  'pauseListening',
  'stopListening',
  'removeLeftovers',
  'addFault',
  'removeFault',
  'removeAllFaults',
  'copyEndpoint',
  'showLog',
] as const satisfies readonly CommandName[];

/** View container and view ids. */
export const views = {
  container: 'lambdaDestinations',
  functions: 'lambdaDestinations.functions',
  payloads: 'lambdaDestinations.payloads',
} as const;

/** The records panel's webview type. */
export const recordsPanelType = 'lambdaDestinations.records';

/** The debug type by which an attempt of a Python function is attached to where no extension brings one. */
export const debugpyType = 'lambdaDestinations.debugpy';

/** Every setting (under `lambdaDestinations.`) and its type. */
export interface Settings {
  readonly 'local.port': number;
  readonly 'local.timeScale': number;
  readonly 'local.region': string;
  readonly 'local.account': string;
  readonly 'local.nodePath': string;
  readonly 'local.project': string;
  readonly 'local.pythonPath': string;
  readonly 'local.runtimeCommands': Readonly<Record<string, string>>;
  readonly 'local.memoryLimit': boolean;
  readonly 'local.faults': Readonly<Record<string, unknown>>;
  readonly 'codeLens.enabled': boolean;
  readonly 'records.maxRows': number;
  readonly 'records.maxMegabytes': number;
  readonly 'records.maxDays': number;
  readonly 'records.redact': readonly string[];
  readonly 'records.readLogs': boolean;
  readonly 'notices.count': boolean;
  readonly 'notices.notification': boolean;
}

/** Defaults of the settings, as the manifest has them. */
export const settingDefaults: Settings = {
  'local.port': 0,
  'local.timeScale': 60,
  'local.region': 'us-east-1',
  'local.account': '000000000000',
  'local.nodePath': '',
  'local.project': '',
  'local.pythonPath': '',
  'local.runtimeCommands': {},
  'local.memoryLimit': true,
  'local.faults': {},
  'codeLens.enabled': true,
  'records.maxRows': 50_000,
  'records.maxMegabytes': 200,
  'records.maxDays': 0,
  'records.redact': [],
  'records.readLogs': true,
  'notices.count': true,
  'notices.notification': true,
};

/** Every context key (under `lambdaDestinations.`) and its type. */
export interface ContextKeys {
  /** The active editor shows a file with a proven handler. */
  readonly editorHasHandlers: boolean;
  /** Where the connection stands. */
  readonly connectionState: 'stopped' | 'starting' | 'ready' | 'failed';
  /** What the workspace is connected to. */
  readonly connectionKind: ConnectionTarget['kind'];
  /** What the functions view has to say when it is empty. */
  readonly functionsFound: 'unknown' | 'none' | 'some';
  /** The active editor holds a payload meant for a function. */
  readonly payloadEditor: boolean;
  /** The panel showed an error in this session: a step of the walkthrough. */
  readonly failureShown: boolean;
  /** A stack frame was followed in this session: a step of the walkthrough. */
  readonly lineOpened: boolean;
}

/** Every context key there is. */
export const contextKeyNames = [
  'editorHasHandlers',
  'connectionState',
  'connectionKind',
  'functionsFound',
  'payloadEditor',
  'failureShown',
  'lineOpened',
] as const satisfies readonly (keyof ContextKeys)[];

/** The command's id. */
export function commandId<N extends CommandName>(name: N): `lambdaDestinations.${N}` {
  return `lambdaDestinations.${name}`;
}

/** Registers a command with the arguments and the result that the contract gives it. */
export function registerCommand<N extends CommandName>(
  vs: typeof vscode,
  name: N,
  handler: (...args: Parameters<Commands[N]>) => Promise<ReturnType<Commands[N]>>,
): vscode.Disposable {
  return vs.commands.registerCommand(commandId(name), handler);
}

/** Runs one of our commands. */
export function executeCommand<N extends CommandName>(
  vs: typeof vscode,
  name: N,
  ...args: Parameters<Commands[N]>
): Thenable<ReturnType<Commands[N]>> {
  return vs.commands.executeCommand<ReturnType<Commands[N]>>(commandId(name), ...args);
}

/** One of our commands for a tree item, a lens or a link. */
export function asCommand<N extends CommandName>(
  name: N,
  title: string,
  ...args: Parameters<Commands[N]>
): vscode.Command {
  return { command: commandId(name), title, arguments: args };
}

/** Reads a setting; its default where the person's value has another type. */
export function readSetting<K extends keyof Settings>(
  vs: typeof vscode,
  key: K,
  scope?: vscode.ConfigurationScope,
): Settings[K] {
  const value = vs.workspace.getConfiguration('lambdaDestinations', scope).get<unknown>(key);
  const fallback = settingDefaults[key];
  return typeof value === typeof fallback ? (value as Settings[K]) : fallback;
}

/** Sets a context key for `when` clauses. */
export function setContext<K extends keyof ContextKeys>(
  vs: typeof vscode,
  key: K,
  value: ContextKeys[K],
): Thenable<unknown> {
  return vs.commands.executeCommand('setContext', `lambdaDestinations.${key}`, value);
}
