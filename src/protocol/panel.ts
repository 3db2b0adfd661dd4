import type { Invocation, InvocationRow, InvocationStatus } from '../model/invocation.ts';

/** What the page asks of the host. */
export type PanelRequests = {
  /** First thing a page asks, and again whenever a push's sequence number leaves a gap. */
  readonly hydrate: { readonly params: PanelQuery; readonly result: PanelSnapshot };
  /** A window of rows, newest first. */
  readonly rows: {
    readonly params: { readonly query: PanelQuery; readonly offset: number; readonly limit: number };
    /** `incomplete`: more may be found; a push follows. */
    readonly result: { readonly total: number; readonly rows: readonly InvocationRow[]; readonly incomplete?: true };
  };
  /** Everything about one row, long texts cut; `null` when it is gone. */
  readonly detail: { readonly params: { readonly id: number }; readonly result: InvocationDetail | null };
  /** The error of the row's last attempt with its frames resolved, apart because that can take longer; `null`: no error. */
  readonly error: { readonly params: { readonly id: number }; readonly result: DetailError | null };
  /** A text that `detail` had to cut, whole; `null` when it is gone. */
  readonly body: { readonly params: { readonly id: number; readonly key: BodyKey }; readonly result: string | null };
  /** Opens a text of a row in an editor, formatted when it is JSON. */
  readonly openBody: { readonly params: { readonly id: number; readonly key: BodyKey }; readonly result: null };
  /** Copies a text of a row, exactly as it is. */
  readonly copyBody: { readonly params: { readonly id: number; readonly key: BodyKey }; readonly result: null };
  /** Opens the frame's file in the editor group beside. */
  readonly openFrame: { readonly params: { readonly location: SourceLocation }; readonly result: null };
  /** Opens the handler of the row's function. */
  readonly openHandler: { readonly params: { readonly id: number }; readonly result: null };
  /** Says which rows are selected, for commands; gives those that are still kept, in the same order. */
  readonly select: {
    readonly params: { readonly ids: readonly number[] };
    readonly result: { readonly ids: readonly number[] };
  };
  /** Runs one of our commands on rows. */
  readonly runOnRows: {
    readonly params: { readonly command: RowCommand; readonly ids: readonly number[] };
    readonly result: null;
  };
  /** Ends the current wait (local connection only). */
  readonly skipWait: { readonly params: { readonly requestId: string }; readonly result: null };
  /** Listens to a destination (its ARN), or to the log of a function (`logs:` and its name). */
  readonly listen: { readonly params: { readonly destinationArn: string }; readonly result: null };
  /** Copies text to the clipboard. */
  readonly copy: { readonly params: { readonly text: string }; readonly result: null };
  /** Runs one of our commands that takes no argument. */
  readonly runCommand: { readonly params: { readonly command: PanelCommand }; readonly result: null };
};

/** What the page's buttons can run. `manageTrust` is VS Code's own. */
export type PanelCommand =
  | 'sendAsyncWithPayload'
  | 'startLocal'
  | 'restartLocal'
  | 'selectConnection'
  | 'refresh'
  | 'openExample'
  | 'showLog'
  | 'manageTrust';

/** What can be done with rows: commands of the extension. */
export type RowCommand =
  | 'sendAgain'
  | 'editAndSend'
  | 'sendToLocal'
  | 'replay'
  | 'debugAgain'
  | 'copyRequestId'
  | 'copyPayload'
  | 'copyRecord'
  | 'copyAsAwsCli'
  | 'savePayload'
  | 'exportSelection'
  | 'openLogGroup'
  | 'compareInvocations'
  | 'pin'
  | 'unpin'
  | 'deleteInvocations';

/**
 * Names a text of a row: `delivery:` is followed by the delivery id, the others by the attempt's number; `logs` alone are
 * those of all attempts.
 */
export type BodyKey =
  'request' | 'raw' | 'timeline' | 'logs' | `response:${number}` | `logs:${number}` | `delivery:${string}`;

/** What the host tells the page. Each push carries the next `seq`; a gap makes the page hydrate again. */
export type PanelPushes = {
  /** Rows were added or changed; batched, at most one a frame. `ids` are those changed, in no order. */
  readonly rowsChanged: {
    readonly seq: number;
    readonly total: number;
    readonly counts: StatusCounts;
    readonly ids: readonly number[];
  };
  readonly connectionChanged: { readonly seq: number; readonly connection: PanelConnection };
  /** Select and reveal this row (a send from a lens, say). */
  readonly reveal: { readonly seq: number; readonly id: number };
};

/** What the list shows. */
export interface PanelQuery {
  /** Chips; empty or absent: all. */
  readonly statuses?: readonly InvocationStatus[];
  /** What the filter box says: `parseFilter` reads it. */
  readonly text?: string;
  /** Only rows up to this id: a list that is scrolled away from its top stays where it is while rows arrive. */
  readonly maxId?: number;
}

/** How many invocations stand where; `all` is the sum. `incomplete`: more may be found; a push follows. */
export type StatusCounts = Readonly<Record<InvocationStatus | 'all', number>> & { readonly incomplete?: true };

/** What is read on a connection of what becomes of events. */
export interface PanelReading {
  /** Logs of functions whose events are in flight. */
  readonly logs: boolean;
  /** Why one of them can't be read. */
  readonly logsProblem?: string;
  /** ARNs of destinations that are listened to. */
  readonly destinations: readonly string[];
}

/** The connection, as footer and empty states need it. */
export interface PanelConnection {
  /** Rows of another connection are other rows. Empty: there is none. */
  readonly id: string;
  readonly label: string;
  readonly state: 'stopped' | 'starting' | 'ready' | 'failed';
  /** Why it failed, and what to do. */
  readonly problem?: string;
  readonly region: string;
  readonly account: string;
  /** Local only: 60 means a minute's wait lasts a second. */
  readonly timeScale?: number;
  readonly kind: 'local' | 'aws' | 'endpoint';
  readonly trusted: boolean;
  /** Absent of local Lambda, which tells all, and before the connection is used. */
  readonly reading?: PanelReading;
}

/** All a page needs to draw itself. */
export interface PanelSnapshot {
  readonly seq: number;
  readonly total: number;
  readonly counts: StatusCounts;
  readonly connection: PanelConnection;
  /** Host clock, epoch ms: pages count down against it. */
  readonly now: number;
  /** A row to select and reveal, if someone asked for one before the page was there. */
  readonly reveal?: number;
}

/** A place in a workspace file. Line and column count from 1. */
export interface SourceLocation {
  /** `file:` URI. */
  readonly uri: string;
  readonly line: number;
  readonly column: number;
}

/** A stack frame, resolved. */
export interface DetailFrame {
  /** The frame as the runtime wrote it, trimmed. */
  readonly text: string;
  readonly functionName?: string;
  /** `own`: inside the workspace; `library`: a dependency; `runtime`: AWS's or the language's. */
  readonly kind: 'own' | 'library' | 'runtime';
  /** `src/index.js:12:9`, relative to the workspace folder, for own frames. */
  readonly label?: string;
  readonly location?: SourceLocation;
  /** Code around the line, for the first own frame. */
  readonly excerpt?: { readonly firstLine: number; readonly lines: readonly string[] };
}

/** The error of the last attempt, taken apart. */
export interface DetailError {
  readonly type: string;
  readonly message: string;
  readonly frames: readonly DetailFrame[];
}

/** Everything the detail pane shows of a row. */
export interface InvocationDetail {
  readonly row: InvocationRow;
  /** Its long texts are cut to their first part, its logs to their last lines. */
  readonly invocation: Invocation;
  /** What was cut, with its full length: characters, or lines for logs. */
  readonly cut: Readonly<Record<string, number>>;
}
