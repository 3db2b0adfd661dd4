import type { Disposable } from '../model/disposable.ts';
import type { Event } from '../model/event.ts';
import type { EventInvokeConfig } from '../model/eventInvokeConfig.ts';
import type { DebugRefusal, DebugWaiting } from '../protocol/localApi.ts';
import type { SentPiece } from '../model/invocation.ts';
import type { ConnectionChoice } from './connectionChoice.ts';
import type { FaultControls } from './faultControls.ts';
import type { FunctionSettings } from './functionSettings.ts';
import type { Listening } from './listening/listening.ts';

/** What a connection is. */
export interface ConnectionInfo {
  /** Stable over restarts; see `connectionId`. */
  readonly id: string;
  readonly kind: ConnectionChoice['kind'];
  /** Short: `Local Lambda`, a profile's name, `localhost:4566`. */
  readonly label: string;
  readonly region: string;
  /** 12 digits; `''` as long as it is not known (AWS and custom endpoints tell it when asked first). */
  readonly account: string;
  /** Of `aws`, and of `endpoint` where one was chosen. */
  readonly profile?: string;
  /** Of all but `aws`; of local Lambda while it runs. */
  readonly endpoint?: string;
  readonly timeScale?: number;
}

/** Where a connection stands. `problem` says what happened, why and what to do. */
export interface ConnectionState {
  readonly phase: 'stopped' | 'starting' | 'ready' | 'failed';
  readonly info: ConnectionInfo;
  readonly problem?: string;
  /** Of `failed`: what kind of failure, for buttons (`portInUse`, `nodeTooOld`, `exited`, …). */
  readonly problemCode?: string;
  /** What local Lambda could not read in the project's templates. */
  readonly templateProblems?: readonly { readonly file: string; readonly message: string; readonly line: number }[];
}

/** What is debugged. */
export interface DebuggedFunction {
  readonly functionName: string;
  /** A folder with debugpy in it, for a Python that has none. */
  readonly debugpyDir?: string | undefined;
  /** An attempt waits for a debugger. */
  onWaiting(waiting: DebugWaiting): void;
}

/** A function as ListFunctions tells it. Timeout in seconds, memory in MB. */
export interface FunctionSummary {
  readonly functionName: string;
  readonly functionArn: string;
  readonly runtime?: string;
  readonly handler?: string;
  readonly description?: string;
  readonly timeout?: number;
  readonly memorySize?: number;
  readonly deadLetterTargetArn?: string;
  readonly lastModified?: string;
}

/** A payload to send. `payload` is JSON text, sent as it is. */
export interface SendRequest {
  readonly functionName: string;
  readonly payload: string;
  readonly qualifier?: string;
  /** What the person used, in words; shown in the timeline. */
  readonly origin: string;
  /** The invocation whose payload is sent again. */
  readonly replayOf?: SentPiece['replayOf'];
}

/** One connection: all that lives as long as it does. Replaced whole when another is chosen. */
export interface Connection extends Disposable {
  readonly state: ConnectionState;
  readonly onDidChangeState: Event<ConnectionState>;
  /** The functions, their settings or their faults may be other ones now. */
  readonly onDidChangeFunctions: Event<void>;
  /** Starts what the connection needs (of AWS: asks who it is talking to); resolves when ready. Concurrent calls share one start. @throws UserFacingFailure */
  start(signal?: AbortSignal): Promise<void>;
  /** Stops what it started; queued events stay on disk. */
  stop(): Promise<void>;
  /** All functions (all pages). Starts the connection if needed. */
  listFunctions(signal?: AbortSignal): Promise<readonly FunctionSummary[]>;
  /** The event invoke configs of a function, one per qualifier that has one. */
  eventInvokeConfigs(functionName: string, signal?: AbortSignal): Promise<readonly EventInvokeConfig[]>;
  /** Looks up and changes destinations, retries, event age and dead-letter queues. Starts the connection if needed. */
  settings(signal?: AbortSignal): Promise<FunctionSettings>;
  /**
   * Sends asynchronously. The row exists in the store before this resolves; a failure is recorded in it, too, and thrown.
   * @throws UserFacingFailure
   */
  sendAsync(
    request: SendRequest,
    signal?: AbortSignal,
  ): Promise<{ readonly requestId: string; readonly rowId: number }>;
  /** How records and logs are read; local Lambda has none, since its stream tells all, and who was never used has none yet. */
  readonly listening?: Listening | undefined;
  /** Something else is listened to, or it stands elsewhere; at most a few times a second. */
  readonly onDidChangeListening?: Event<void>;
  /** Ends the current wait of an invocation; only where the connection can (local). */
  skipWait?(requestId: string, signal?: AbortSignal): Promise<void>;
  /** Ends the current wait of every invocation; only where the connection can (local). */
  skipAllWaits?(signal?: AbortSignal): Promise<void>;
  /** Faults on demand; only where the connection can (local). Starts the connection if needed. */
  faults?(signal?: AbortSignal): Promise<FaultControls>;
  /** The settings say other faults now: they take the place of what settings said before. Where none runs, nothing is to be done. */
  faultSettingsChanged?(): Promise<void>;
  /**
   * Has every attempt of a function wait for a debugger until `signal` aborts; resolves when that is in effect, or with why
   * the function can't be debugged. Only where the connection can (local).
   */
  debug?(debugged: DebuggedFunction, signal: AbortSignal): Promise<DebugRefusal | undefined>;
}
