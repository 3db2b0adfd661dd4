import type { DestinationKind } from '../model/destination.ts';
import type { EventInvokeConfig } from '../model/eventInvokeConfig.ts';

/** A change to the event invoke config of one qualifier. Absent: stays as it is; `null`: not set any more. */
export interface EventInvokeConfigChange {
  readonly functionName: string;
  /** A version or alias; absent: `$LATEST`. */
  readonly qualifier?: string;
  readonly maximumRetryAttempts?: number | null;
  /** Seconds. */
  readonly maximumEventAgeInSeconds?: number | null;
  /** ARN. */
  readonly onSuccess?: string | null;
  /** ARN. */
  readonly onFailure?: string | null;
}

/** Something there is in the account and region that can receive records or events. */
export interface DestinationCandidate {
  readonly kind: DestinationKind;
  readonly arn: string;
  readonly name: string;
  /** A FIFO queue or topic: Lambda takes none. */
  readonly fifo: boolean;
}

/** A published version or an alias of a function. */
export interface FunctionQualifier {
  readonly kind: 'version' | 'alias';
  /** `3`, `live` */
  readonly qualifier: string;
  readonly description?: string;
  /** Of an alias: the version it points at. */
  readonly functionVersion?: string;
}

/** What a change of settings has to know of a function. `functionArn`: unqualified. */
export interface ConfiguredFunction {
  readonly functionName: string;
  readonly functionArn: string;
  readonly deadLetterTargetArn?: string;
}

/** What can be looked up and changed on any connection beyond listing and sending. All failures: UserFacingFailure. */
export interface FunctionSettings {
  /** Everything of one kind, by name, all pages. S3: the buckets of the account. */
  candidates(kind: DestinationKind, signal?: AbortSignal): Promise<readonly DestinationCandidate[]>;
  /** Creates a standard queue or topic; gives its ARN. One that exists with default settings is given as it is. */
  create(kind: 'SQS' | 'SNS', name: string, signal?: AbortSignal): Promise<string>;
  /** A function as it is under `$LATEST`. */
  functionOf(functionName: string, signal?: AbortSignal): Promise<ConfiguredFunction>;
  /** Aliases, then versions, newest first; without `$LATEST`. */
  qualifiers(functionName: string, signal?: AbortSignal): Promise<readonly FunctionQualifier[]>;
  /** The config under exactly that qualifier (absent: `$LATEST`); `undefined`: there is none. */
  eventInvokeConfig(
    functionName: string,
    qualifier?: string,
    signal?: AbortSignal,
  ): Promise<EventInvokeConfig | undefined>;
  /** Changes what the change names and leaves the rest; gives the config as it is then. `undefined`: nothing is set any more. */
  changeEventInvokeConfig(
    change: EventInvokeConfigChange,
    signal?: AbortSignal,
  ): Promise<EventInvokeConfig | undefined>;
  /** Sets a function's dead-letter queue (ARN of a queue or topic); `undefined` takes it away. */
  setDeadLetterQueue(functionName: string, targetArn: string | undefined, signal?: AbortSignal): Promise<void>;
}
