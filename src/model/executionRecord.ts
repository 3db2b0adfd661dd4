/** An execution record, version 1.0, as a reader sees it after JSON parsing (spec 1.2). Absent keys are absent, never null. */
export interface ExecutionRecord {
  readonly version: string;
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    /** An open set: `Success`, `RetriesExhausted`, `EventAgeExceeded`, `ZeroReservedConcurrency`, … (spec 1.3). */
    readonly condition: string;
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload?: unknown;
  readonly responseContext?: {
    readonly statusCode: number;
    readonly executedVersion?: string;
    readonly functionError?: string;
  };
  readonly responsePayload?: unknown;
}
