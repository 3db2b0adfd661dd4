import type { RecordSourceKind } from '../model/recordSource.ts';

/** What `listen` takes from code; what is left out is asked for where there is a choice. */
export interface ListenArgs {
  /** A destination's or dead-letter queue's ARN; `logs:` and a function's name for its own log. */
  readonly destinationArn?: string;
  /** How: `tap`, `peek`, `drain`, `logs`, `objects`, `liveTail`. */
  readonly how?: RecordSourceKind;
  /** `false`: what is created, and that messages are deleted, is not asked. */
  readonly confirm?: boolean;
  /** What the person used, in words. With it failures are shown to the person; without it they are thrown at the caller. */
  readonly origin?: string;
}

/** Something that is listened to. */
export interface ListenedTo {
  readonly destinationArn: string;
  readonly how: RecordSourceKind;
  readonly phase: string;
}
