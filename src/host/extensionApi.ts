import type { Event } from '../model/event.ts';
import type { Invocation, InvocationRow, InvocationStatus } from '../model/invocation.ts';
import type { EventInvokeConfig } from '../model/eventInvokeConfig.ts';

/**
 * What the extension gives to others (`extensions.getExtension('lambda-destinations.lambda-destinations').activate()`).
 * Additions keep `version`; anything else raises it. Every call uses the services that the views use: what one side
 * does the other shows. Failures are `UserFacingFailure`s: errors with a `code` and a message for people.
 */
export interface ExtensionApi {
  readonly version: 1;
  /** The connection as it is now. */
  readonly connection: ApiConnection;
  readonly onDidChangeConnection: Event<ApiConnection>;
  /** All functions, each with its settings for asynchronous invocation. Starts the connection if needed. */
  functions(): Promise<readonly ApiFunction[]>;
  /**
   * Sends asynchronously, without showing anything but the question that stands before the first send to an AWS account.
   * The invocation is in the store when this resolves.
   */
  sendAsync(request: ApiSendRequest): Promise<{ readonly requestId: string }>;
  readonly invocations: {
    /** Rows of the connection, newest first; at most `limit` (default 100). */
    query(query?: ApiInvocationQuery): Promise<readonly InvocationRow[]>;
    /** Everything about the invocation with that request id. */
    get(requestId: string): Promise<ApiInvocation | undefined>;
  };
  /** What the functions view shows, row by row, as text: for tests from outside. Looks at it, so local Lambda may start. */
  functionsView(): Promise<readonly ApiViewRow[]>;
  /** An invocation was added or learnt something; fires with its row as it is by then, batched rows one by one. */
  readonly onDidChangeInvocation: Event<InvocationRow>;
  readonly local: {
    /** `http://127.0.0.1:PORT` while local Lambda runs. */
    readonly endpoint: string | undefined;
    /** Selects local Lambda where another connection was, and starts it. */
    start(): Promise<void>;
    /** Stops it; queued events stay on disk. */
    stop(): Promise<void>;
  };
}

/** A connection. `problem`: why it is not there, for people; `problemCode`: what kind of failure, for programs. */
export interface ApiConnection {
  readonly id: string;
  readonly kind: 'local' | 'aws' | 'endpoint';
  /** Short: `Local Lambda`, a profile's name, `localhost:4566`. */
  readonly label: string;
  readonly phase: 'stopped' | 'starting' | 'ready' | 'failed';
  readonly region: string;
  /** `''` until AWS, or the endpoint, was asked for the first time. */
  readonly account: string;
  readonly profile?: string;
  readonly endpoint?: string;
  /** 60: a wait of a minute lasts a second. */
  readonly timeScale?: number;
  readonly problem?: string;
  readonly problemCode?: string;
}

/** A function. `configs` has one entry per qualifier that has settings; none: AWS's defaults. */
export interface ApiFunction {
  readonly functionName: string;
  readonly functionArn: string;
  readonly runtime?: string;
  readonly handler?: string;
  readonly deadLetterTargetArn?: string;
  readonly configs: readonly EventInvokeConfig[];
}

/** What to send. A string `payload` is JSON text, sent as it is; another value is sent as JSON; absent: `{}`. */
export interface ApiSendRequest {
  readonly functionName: string;
  readonly qualifier?: string;
  readonly payload?: unknown;
}

/** Which rows; all conditions hold. */
export interface ApiInvocationQuery {
  readonly functionName?: string;
  readonly requestId?: string;
  readonly statuses?: readonly InvocationStatus[];
  readonly text?: string;
  /** As the panel's filter box has it: `err:TypeError since:1h payload.id=42`. What can't be read is left out. */
  readonly filter?: string;
  readonly offset?: number;
  readonly limit?: number;
}

/** A row of a view. */
export interface ApiViewRow {
  readonly label: string;
  readonly description: string;
  readonly children: readonly ApiViewRow[];
}

/** A row and the pieces it was folded from. */
export interface ApiInvocation {
  readonly row: InvocationRow;
  readonly invocation: Invocation;
}
