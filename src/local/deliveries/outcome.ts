import type { RecordFacts } from '../records/recordWriter.ts';

/** How an invocation ended. */
export interface Outcome extends Pick<
  RecordFacts,
  'condition' | 'approximateInvokeCount' | 'at' | 'responseContext' | 'responsePayload'
> {
  /** What a dead-letter queue is told. Default: the `errorMessage` of the response. */
  readonly errorMessage?: string;
  /** Set: AWS delivers nothing for this outcome; says why. */
  readonly withheld?: string;
}

/** The event an outcome is of. */
export interface DeliverySource {
  readonly requestId: string;
  /** The invoked ARN, qualified. */
  readonly functionArn: string;
  readonly payload: Uint8Array;
  readonly traceId: string;
  /** Whether an attempt of it ever ran. */
  readonly executed: boolean;
  /** It is the second run of an event that was delivered twice. */
  readonly duplicate?: boolean;
}
