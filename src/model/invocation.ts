import type { DeliveryRole } from './destination.ts';
import type { FaultKind } from './fault.ts';

/**
 * What is learnt about one asynchronous invocation, one fact at a time. Pieces arrive in any order and more than once;
 * folding them (`foldInvocation.ts`) gives the same invocation whatever the order. Times are epoch milliseconds,
 * lengths are milliseconds, payloads are the exact JSON text.
 */
export type InvocationPiece =
  | SentPiece
  | AcceptedPiece
  | NotAcceptedPiece
  | AttemptStartedPiece
  | AttemptEndedPiece
  | LogPiece
  | WaitPiece
  | OutcomePiece
  | DeliveryPiece
  | RecordPiece
  | DeadLetterPiece
  | LogEventsPiece
  | SettingsPiece
  | RawPiece;

/** We sent a payload; no answer yet. The row is keyed by `clientToken` until a 202 binds a requestId to it. */
export interface SentPiece {
  readonly kind: 'sent';
  readonly clientToken: string;
  readonly at: number;
  readonly functionName: string;
  readonly qualifier?: string;
  readonly payload: string;
  /** What the person used, in words: `charge.js, lens`, `command`, `extension API`. */
  readonly origin: string;
  /** It sends the payload of another invocation again. */
  readonly replayOf?: { readonly connectionId: string; readonly requestId: string };
}

/** Lambda answered 202 to us, or local Lambda reports that it accepted an event from anyone; `clientToken`: one of ours. */
export interface AcceptedPiece {
  readonly kind: 'accepted';
  readonly clientToken?: string;
  readonly requestId: string;
  readonly at: number;
  readonly functionName: string;
  /** The invoked ARN, always qualified (spec 1.2). */
  readonly functionArn: string;
  readonly payload?: string;
}

/** The send failed. `mayHaveRun`: no answer came, so the event may have been accepted; it is never sent again by itself. */
export interface NotAcceptedPiece {
  readonly kind: 'notAccepted';
  readonly clientToken: string;
  readonly at: number;
  readonly errorName: string;
  readonly errorMessage: string;
  readonly mayHaveRun: boolean;
}

/** An attempt began. `attempt` counts from 1. */
export interface AttemptStartedPiece {
  readonly kind: 'attemptStarted';
  readonly requestId: string;
  readonly attempt: number;
  readonly at: number;
  readonly executedVersion: string;
}

/** How an attempt ended: the handler returned, threw, ran out of time, or its process ended. */
export type AttemptStatus = 'success' | 'error' | 'timeout' | 'exit';

/** An attempt ended. `response` is the handler's result or the error payload. */
export interface AttemptEndedPiece {
  readonly kind: 'attemptEnded';
  readonly requestId: string;
  readonly attempt: number;
  readonly startedAt: number;
  readonly at: number;
  readonly executedVersion: string;
  readonly status: AttemptStatus;
  readonly durationMs: number;
  /** This and the memory may be missing where logs told of the attempt, and had no REPORT of it. */
  readonly billedDurationMs?: number;
  /** Present on a cold start. */
  readonly initDurationMs?: number;
  readonly memorySizeMB?: number;
  readonly maxMemoryUsedMB?: number;
  readonly response?: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Local Lambda made it so because it was told to; absent: it came about by itself. */
  readonly fault?: FaultKind;
}

/** One log event of an attempt. */
export interface LogLine {
  readonly at: number;
  readonly message: string;
}

/** Everything an attempt logged, platform lines included. */
export interface LogPiece {
  readonly kind: 'log';
  readonly requestId: string;
  readonly attempt: number;
  readonly lines: readonly LogLine[];
}

/** The event waits in the queue. `nominalMs` is AWS's wait, `until - at` the real one (local time scale). */
export interface WaitPiece {
  readonly kind: 'wait';
  readonly requestId: string;
  /** The attempt it follows; 0 before the first. */
  readonly afterAttempt: number;
  readonly reason: 'retry' | 'throttle';
  readonly at: number;
  readonly until: number;
  readonly nominalMs: number;
  /** Nobody told of it: its end is as AWS has it (spec 4.1), and what follows may come later. */
  readonly estimated?: true;
  /** As of an attempt. */
  readonly fault?: FaultKind;
}

/** The invocation is over. `condition` is an open set (spec 1.3). */
export interface OutcomePiece {
  readonly kind: 'outcome';
  readonly requestId: string;
  readonly at: number;
  readonly condition: string;
  readonly approximateInvokeCount: number;
  /** As of an attempt. */
  readonly fault?: FaultKind;
}

/** Something was delivered to a target, or dropped as AWS drops it. */
export interface DeliveryPiece {
  readonly kind: 'delivery';
  readonly requestId: string;
  /** Stable over retries of the same delivery. */
  readonly deliveryId: string;
  readonly role: DeliveryRole;
  readonly destinationArn: string;
  readonly at: number;
  readonly status: 'delivered' | 'dropped';
  /** Why it was dropped, in words. */
  readonly reason?: string;
  /** The execution record, or the event for a dead-letter queue. */
  readonly body: string;
  /** As of an attempt. */
  readonly fault?: FaultKind;
}

/** A part of a text: UTF-16 offsets, the end is not part of it. */
export type TextSpan = readonly [start: number, end: number];

/** An execution record that was read from a destination (spec 1.2), whichever envelope it came in. */
export interface RecordPiece {
  readonly kind: 'record';
  readonly requestId: string;
  /** The record's own timestamp. */
  readonly at: number;
  /** As invoked, qualified. */
  readonly functionArn: string;
  /** An open set (spec 1.3). */
  readonly condition: string;
  readonly approximateInvokeCount: number;
  readonly statusCode?: number;
  readonly executedVersion?: string;
  readonly functionError?: string;
  /** Of a failed attempt's response; the message is cut to 2,000 characters. */
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly role: Exclude<DeliveryRole, 'deadLetterQueue'>;
  /** The destination as the function's settings name it, not what it was read by. */
  readonly destinationArn: string;
  /** Where the payloads stand in the body, byte for byte. */
  readonly requestPayload?: TextSpan;
  readonly responsePayload?: TextSpan;
  /** The record's exact text; of EventBridge the event's `detail`. */
  readonly body: string;
}

/** A dead-letter queue's copy of an event, with what Lambda's message attributes say (spec 3.1). */
export interface DeadLetterPiece {
  readonly kind: 'deadLetter';
  readonly requestId: string;
  /** When the queue or topic got it. */
  readonly at: number;
  readonly destinationArn: string;
  /** Of the only function whose dead-letter queue it is; a message does not tell. */
  readonly functionName?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  /** The event. */
  readonly body: string;
}

/** What a log event says of an attempt (spec 5.8, 5.9), read once so that lists never read logs. Times epoch ms. */
export type LogMark =
  | { readonly type: 'start'; readonly at: number; readonly executedVersion: string }
  | { readonly type: 'end'; readonly at: number }
  | {
      readonly type: 'report';
      readonly at: number;
      readonly durationMs: number;
      readonly billedDurationMs: number;
      readonly memorySizeMB: number;
      readonly maxMemoryUsedMB: number;
      /** Present on a cold start. */
      readonly initDurationMs?: number;
      /** `Status:` of the line where it has one; a time-out may be told elsewhere only. */
      readonly status?: AttemptStatus;
      readonly errorType?: string;
    }
  | {
      /** An error that the runtime or the platform wrote; `message` cut to 2,000 characters. */
      readonly type: 'error';
      readonly at: number;
      readonly status: Exclude<AttemptStatus, 'success'>;
      readonly errorType: string;
      readonly errorMessage: string;
    };

/** Log events of one request from one log stream, in any portion. Which attempt each belongs to, folding says. */
export interface LogEventsPiece {
  readonly kind: 'logEvents';
  readonly requestId: string;
  readonly functionName: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Times of the first and the last event in it, epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly marks: readonly LogMark[];
  /** `id`: the event's own, the same whenever it is read; ids of one stream sort by time. */
  readonly lines: readonly (LogLine & { readonly id: string })[];
}

/** The function's asynchronous settings while the event was under way: what is to follow a failure can be told by them. */
export interface SettingsPiece {
  readonly kind: 'settings';
  readonly requestId: string;
  readonly at: number;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly onSuccess?: string;
  readonly onFailure?: string;
  readonly deadLetterTargetArn?: string;
}

/** Something read from a destination that is no execution record of an asynchronous invocation; it has a row of its own. */
export interface RawPiece {
  readonly kind: 'raw';
  /** The same whenever it is read: destination and message id. */
  readonly rawId: string;
  readonly at: number;
  readonly destinationArn: string;
  /** `eventSourceMapping`: a batch that a stream's or queue's poller gave up on (spec 1.2's cousins). */
  readonly what: 'eventSourceMapping' | 'unknown';
  /** As far as it can be told. */
  readonly functionName?: string;
  /** All of it, envelopes included. */
  readonly body: string;
  /** The body is base64: the bytes are no UTF-8. */
  readonly base64?: true;
}

/** One attempt as far as it is known. */
export interface Attempt {
  readonly number: number;
  readonly started?: AttemptStartedPiece;
  readonly ended?: AttemptEndedPiece;
  /** What it answered, where a record tells that and nothing else tells of the attempt's end. */
  readonly response?: string;
  readonly logs: readonly LogLine[];
  /** Its place in the log told of it; its number may be too low where older logs are gone. */
  readonly fromLogs?: true;
}

/** An asynchronous invocation as far as it is known: the fold of its pieces. */
export interface Invocation {
  readonly sent?: SentPiece;
  readonly accepted?: AcceptedPiece;
  readonly notAccepted?: NotAcceptedPiece;
  /** The event, where neither sender nor Lambda told it, but a record or a dead letter. */
  readonly payload?: string;
  /** By number, ascending; gaps are possible. */
  readonly attempts: readonly Attempt[];
  /** By `afterAttempt`, then time. */
  readonly waits: readonly WaitPiece[];
  readonly outcome?: OutcomePiece;
  /** Of an event that local Lambda was told to deliver twice: how its second run ended. */
  readonly secondOutcome?: OutcomePiece;
  /** By time. */
  readonly deliveries: readonly DeliveryPiece[];
  /** The record itself, where one was read from a destination. */
  readonly record?: RecordPiece;
  readonly deadLetter?: DeadLetterPiece;
  /** What logs tell even where no attempt can be made out in them. */
  readonly seenInLogs?: Pick<LogEventsPiece, 'requestId' | 'functionName' | 'from' | 'to'>;
  readonly settings?: SettingsPiece;
  /** A row of something that is no invocation's record has this and nothing else. */
  readonly raw?: RawPiece;
}

/** Where an invocation stands. `lost`: it failed and nothing caught it. `unknown`: the send timed out and nothing was heard since. */
export type InvocationStatus =
  'sending' | 'queued' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'lost' | 'notAccepted' | 'unknown' | 'raw';

/** A piece of the waterfall: from and to in epoch milliseconds; `to` is absent while it goes on. */
export interface TimelineSegment {
  readonly kind: 'queued' | 'attempt' | 'wait' | 'delivery';
  readonly from: number;
  readonly to?: number;
  readonly failed: boolean;
  /** Of a wait: AWS's length of it, in milliseconds. */
  readonly nominalMs?: number;
}

/** What a list row shows: derived from an `Invocation`, kept beside it so that lists never unfold whole invocations. */
export interface InvocationSummary {
  readonly status: InvocationStatus;
  readonly functionName: string;
  readonly qualifier?: string;
  readonly requestId?: string;
  readonly clientToken?: string;
  /** Sent or accepted, whichever is known; epoch ms. */
  readonly startedAt: number;
  /** Last thing that happened; epoch ms. */
  readonly updatedAt: number;
  readonly endedAt?: number;
  readonly condition?: string;
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly attempts: number;
  /** While `waiting`: when the wait ends, and AWS's length of it. */
  readonly waitingUntil?: number;
  readonly waitNominalMs?: number;
  /** The wait is AWS's usual one; nobody told of it. */
  readonly waitEstimated?: true;
  /** The delivery to show first: on-success or on-failure before dead-letter queue. */
  readonly delivery?: {
    readonly role: DeliveryRole;
    readonly arn: string;
    readonly status: 'delivered' | 'dropped';
  };
  readonly segments: readonly TimelineSegment[];
}

/** A row of the store: newest has the highest id. */
export interface InvocationRow extends InvocationSummary {
  readonly id: number;
  readonly connectionId: string;
  /** A person keeps it: retention never cuts it. */
  readonly pinned?: boolean;
}
