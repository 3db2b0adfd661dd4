/** A function and what is to be changed on it, as commands take it from code; nodes of the functions view fit, too. */
interface SettingsArguments {
  readonly functionName: string;
  /** A version or alias; absent: unqualified. */
  readonly qualifier?: string;
  /** `false`: nobody is asked whether to, and nothing is shown. */
  readonly confirm?: boolean;
  /** What the person used, in words. With it failures are shown to the person; without it they are thrown at the caller. */
  readonly origin?: string;
}

/** What `addDestination`, `changeDestination` and `setDeadLetterQueue` take. What is left out is asked for. */
export interface ChangeDestinationArgs extends SettingsArguments {
  readonly role?: 'onSuccess' | 'onFailure' | 'deadLetterQueue';
  /** ARN of something that is there. */
  readonly destinationArn?: string;
  /** A standard queue or topic to be created, or taken as it is if it is there. */
  readonly create?: { readonly kind: 'SQS' | 'SNS'; readonly name: string };
}

/** What `removeDestination` takes. */
export interface RemoveDestinationArgs extends SettingsArguments {
  readonly role?: 'onSuccess' | 'onFailure' | 'deadLetterQueue';
}

/** What `setRetryAndAge` takes. `null`: AWS's default. Without either the person is asked. */
export interface RetryAndAgeArgs extends SettingsArguments {
  /** 0 to 2. */
  readonly maximumRetryAttempts?: number | null;
  /** Seconds, 60 to 21,600. */
  readonly maximumEventAgeInSeconds?: number | null;
}

/** What settings can be copied as. */
export const copyFormats = ['awsCli', 'cloudFormation', 'sam', 'iamPolicy'] as const;

/** What `copyAs` takes. */
export interface CopyAsArgs {
  readonly functionName: string;
  /** Absent: all qualifiers. */
  readonly qualifier?: string;
  readonly format?: (typeof copyFormats)[number];
  /** Of `iamPolicy`: what is to be allowed; absent: all destinations that are set. */
  readonly destinationArn?: string;
  readonly origin?: string;
}

/** A function's settings as they are in effect after a change. Absent: not set. Age in seconds. */
export interface AsyncSettings {
  readonly functionName: string;
  readonly qualifier?: string;
  readonly onSuccess?: string;
  readonly onFailure?: string;
  readonly deadLetterTargetArn?: string;
  readonly maximumRetryAttempts?: number;
  readonly maximumEventAgeInSeconds?: number;
}
