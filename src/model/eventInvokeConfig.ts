/** A function's settings for asynchronous invocation, as stored under one qualifier (spec 5.5). Absent means "not set": AWS's default is in effect. */
export interface EventInvokeConfig {
  /** Always qualified: `…:$LATEST`, `…:1`, `…:alias`. */
  readonly functionArn: string;
  readonly maximumRetryAttempts?: number;
  readonly maximumEventAgeInSeconds?: number;
  /** ARN of the on-success destination. */
  readonly onSuccess?: string;
  /** ARN of the on-failure destination. */
  readonly onFailure?: string;
  /** Epoch milliseconds. */
  readonly lastModified?: number;
}

/** AWS's defaults and limits (spec 4.1). Ages and delays in seconds. */
export const asyncLimits = {
  defaultMaximumRetryAttempts: 2,
  minimumRetryAttempts: 0,
  maximumRetryAttempts: 2,
  defaultMaximumEventAgeInSeconds: 21_600,
  minimumEventAgeInSeconds: 60,
  maximumEventAgeInSeconds: 21_600,
  /** Wait before retry 1 and retry 2 after a function error. */
  retryDelaysInSeconds: [60, 120],
  /** Largest `Event` payload in bytes (spec 5.4). */
  maximumEventPayloadBytes: 1_048_576,
  /** Largest `RequestResponse` payload in bytes (spec 5.4). */
  maximumRequestPayloadBytes: 6_291_456,
} as const;
