import type { LeftoverTap } from '../../aws/sources/leftoverTaps.ts';
import type { TapPlan } from '../../aws/sources/tapPlan.ts';
import type { DeliveryRole, DestinationKind } from '../../model/destination.ts';
import type { Event } from '../../model/event.ts';
import type { InvocationRow } from '../../model/invocation.ts';
import type { RecordSourceKind, RecordSourceState } from '../../model/recordSource.ts';

/** A function that delivers to a destination. */
export interface DestinationUse {
  readonly functionName: string;
  /** Absent: `$LATEST`, or a dead-letter queue, which is of all of them. */
  readonly qualifier?: string;
  readonly role: DeliveryRole;
}

/** Something that can be listened to. */
export interface ListeningTarget {
  /** A destination's ARN; `logs:` and a function's name for its own log. */
  readonly id: string;
  readonly kind: DestinationKind | 'log';
  readonly name: string;
  /** As far as they are known. */
  readonly uses: readonly DestinationUse[];
  /** How, the one to offer first before others; empty: not at all. */
  readonly ways: readonly RecordSourceKind[];
}

/** Where it stands; `elsewhere`: another window reads it for this workspace, and this one takes over when that ends. */
export interface ListeningState extends Omit<RecordSourceState, 'phase'> {
  readonly phase: RecordSourceState['phase'] | 'elsewhere';
}

/** Something that is listened to, or was and is paused. */
export interface ListeningEntry {
  readonly id: string;
  readonly way: RecordSourceKind;
  readonly state: ListeningState;
}

/** What is kept between sessions, for one connection of a workspace. */
export interface RememberedListening {
  /** A person agreed that taps are made here. */
  readonly agreed: boolean;
  readonly entries: readonly {
    readonly id: string;
    readonly way: RecordSourceKind;
    readonly paused: boolean;
    /** Who delivers there. */
    readonly uses: readonly DestinationUse[];
  }[];
}

/** Where that is kept; `place`: the connection and its account. */
export interface ListeningMemory {
  load(place: string): RememberedListening;
  save(place: string, remembered: RememberedListening): Promise<void>;
}

/** Reads execution records, dead letters and logs on a connection by the AWS API, by sources that start, pause and stop. */
export interface Listening {
  /** What is listened to, and what is paused. */
  readonly entries: readonly ListeningEntry[];
  /** At most a few times a second. */
  readonly onDidChange: Event<void>;
  /** Logs of requests in flight are read. */
  readonly readsLogs: boolean;
  /** What keeps logs of requests in flight from being read. */
  readonly logsProblem: string | undefined;
  /** A person has agreed that taps are made on this connection. */
  readonly agreed: boolean;
  /** What is known of one, without asking anybody. */
  target(id: string): ListeningTarget;
  /** All destinations, dead-letter queues and logs of the connection's functions (of the first 200 functions). @throws UserFacingFailure */
  targets(signal?: AbortSignal): Promise<readonly ListeningTarget[]>;
  /** What will be made to listen to these beside what is there. @throws UserFacingFailure */
  plan(ids: readonly string[], signal?: AbortSignal): Promise<TapPlan>;
  /** A person said yes to a plan: remembered for the connection. */
  agree(): Promise<void>;
  /**
   * Listens, remembered for the workspace; a way that is another one takes the place of the former.
   * @throws UserFacingFailure `consentNeeded` (a tap before `agree`), `peekRefused`, and what AWS says
   */
  start(id: string, way: RecordSourceKind, signal?: AbortSignal): Promise<void>;
  /** Reads no more, and keeps what it made. */
  pause(id: string): Promise<void>;
  /** Reads no more, removes what it made, and forgets it. @throws UserFacingFailure that tells what stays */
  stop(id: string): Promise<void>;
  /** Taps that a crash left behind. @throws UserFacingFailure */
  leftovers(signal?: AbortSignal): Promise<readonly LeftoverTap[]>;
  /** @throws UserFacingFailure that tells what stays */
  removeLeftovers(leftovers: readonly LeftoverTap[], signal?: AbortSignal): Promise<void>;
  /** These rows are on screen: logs of those that are not over are read. */
  watch(rows: readonly InvocationRow[]): void;
}
