import type { InvocationPiece, WaitPiece } from '../model/invocation.ts';

/** Base path of what AWS has no API for. Every call carries `Authorization: Bearer <controlToken>`. */
export const localApiPath = '/_local/v1';

/**
 * On an asynchronous Invoke: a name that the sender gives it (up to 64 letters, digits and hyphens). Local Lambda keeps it
 * with the event, so that the stream binds it to the sender's row even when the answer never got there.
 */
export const clientTokenHeader = 'x-lambda-destinations-client-token';

/**
 * `GET /_local/v1/invocations/stream?after=CURSOR[&stream=ID]`: newline-delimited JSON that never ends: first a
 * `StreamHello`, then every piece after the cursor, then new ones as they happen, and a `StreamFunctions` whenever functions
 * change; an empty line every 15 s keeps it alive. A `stream` id other than the server's (its data are new) starts from 0.
 */
export interface StreamHello {
  /** Identifies the data folder's stream: cursors of another one mean nothing here. */
  readonly stream: string;
  /** The cursor from which pieces follow. */
  readonly after: number;
}

/** One line of the stream after the hello. Cursors rise; they have gaps. */
export interface StreamItem {
  readonly cursor: number;
  readonly piece: InvocationPiece;
}

/**
 * A line after the hello: functions, versions, aliases, their settings or the faults on demand are other ones than at a lower
 * number, whoever changed them.
 */
export interface StreamFunctions {
  /** Changes since local Lambda started: rises. A stream that begins after the first change begins with it. */
  readonly functions: number;
}

/** `GET /_local/v1/status`. */
export interface LocalStatus {
  readonly pid: number;
  readonly projectDir: string;
  readonly timeScale: number;
  readonly queued: number;
  readonly running: number;
  /** No attempt is started until the queue is resumed. */
  readonly paused: boolean;
  readonly templates: readonly string[];
  readonly problems: readonly { readonly file: string; readonly message: string; readonly line: number }[];
}

/** `POST /_local/v1/invocations/REQUEST_ID/skip-wait`: the current wait ends now. Answers 204; 404 when nothing waits. */
export function skipWaitPath(requestId: string): string {
  return `${localApiPath}/invocations/${encodeURIComponent(requestId)}/skip-wait`;
}

/** `GET`: what waits, a `LocalWaits`. */
export const waitsPath = `${localApiPath}/waits`;

/** `POST`: the current wait of every event ends now, as `skipWaitPath` ends one. Answers 200 with a `SkippedWaits`. */
export const skipAllWaitsPath = `${localApiPath}/waits/skip`;

/** The waits that end soonest, in that order. */
export interface LocalWaits {
  /** How many events wait. */
  readonly total: number;
  /** At most 1,000 of them. */
  readonly waits: readonly LocalWait[];
}

/** A wait: its event is due at `until`; without the time scale it would be `nominalMs` after `at`. Times epoch ms. */
export interface LocalWait extends Pick<
  WaitPiece,
  'requestId' | 'reason' | 'afterAttempt' | 'at' | 'until' | 'nominalMs' | 'fault'
> {
  /** As invoked, qualified. */
  readonly functionArn: string;
}

/** How many waits were ended. */
export interface SkippedWaits {
  readonly skipped: number;
}

/** `POST`: no attempt is started any more; those that run go on, events are accepted and age. Answers 204. */
export const pauseQueuePath = `${localApiPath}/queue/pause`;

/** `POST`: what is due runs again. Answers 204. */
export const resumeQueuePath = `${localApiPath}/queue/resume`;

/**
 * `GET`: newline-delimited JSON; while it is read, each attempt of the function starts in a new environment, waits for a
 * debugger, and has no time-out. First a `DebugHello`, then a `DebugWaiting` for each that waits; an empty line every 15 s.
 * `debugpyDir`: a folder with debugpy in it, for a Python that has none. Answers 409 with a `DebugRefusal` when no debugger
 * can be had for the function; attempts then run as ever.
 */
export function debugPath(functionName: string, debugpyDir?: string): string {
  const query = debugpyDir === undefined ? '' : `?debugpy=${encodeURIComponent(debugpyDir)}`;
  return `${localApiPath}/functions/${encodeURIComponent(functionName)}/debug${query}`;
}

/** From here on attempts wait. */
export interface DebugHello {
  readonly debugging: string;
}

/** What an attempt waits with: Node.js's inspector, or debugpy, which speaks the Debug Adapter Protocol. */
export type DebuggerKind = 'node' | 'python';

/** An attempt waits for a debugger at that port of 127.0.0.1. */
export interface DebugWaiting {
  readonly debugger: DebuggerKind;
  readonly port: number;
}

/**
 * Why a function can't be debugged. `runtime`: there is no debugger for it; `command`: a command of the person's starts it;
 * `python`: there is no Python for it; `debugpy`: its Python, `python`, has no debugpy.
 */
export interface DebugRefusal {
  readonly reason: 'noFunction' | 'runtime' | 'command' | 'python' | 'debugpy';
  /** What happened, why, and what to do. */
  readonly message: string;
  readonly runtime?: string;
  readonly python?: string;
}

/** Whether a line of the debug stream tells of an attempt that waits. */
export function isDebugWaiting(value: unknown): value is DebugWaiting {
  return (
    typeof value === 'object' &&
    value !== null &&
    'port' in value &&
    Number.isSafeInteger(value.port) &&
    'debugger' in value &&
    (value.debugger === 'node' || value.debugger === 'python')
  );
}

/** Whether an answer says why a function can't be debugged. */
export function isDebugRefusal(value: unknown): value is DebugRefusal {
  return (
    typeof value === 'object' &&
    value !== null &&
    'reason' in value &&
    typeof value.reason === 'string' &&
    'message' in value &&
    typeof value.message === 'string'
  );
}
