/** A message attribute on the wire: `DataType` is `String`, `Number` or `Binary` (never delivered by Lambda; in Base64). */
export interface MessageAttribute {
  readonly dataType: string;
  readonly stringValue: string;
}

/** Attributes in the order they were set. */
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** Who delivers, for what the message itself tells of it (spec 2.1). */
export interface DeliveryOrigin {
  /** Default `lambda`. */
  readonly service?: 'lambda' | 'sns' | 'events';
  /** For a FIFO queue. */
  readonly messageGroupId?: string;
  /** `Root=…;Parent=…;Sampled=0;Lineage=…`: an SQS message's `AWSTraceHeader`. */
  readonly traceHeader?: string;
  /** Of an execution record: what buses and buckets tell of it outside of the record itself (spec 2.4, 2.5). */
  readonly record?: {
    /** The invoked ARN, qualified. */
    readonly functionArn: string;
    readonly condition: string;
    /** The record's time, epoch ms. */
    readonly at: number;
  };
}

/** The target can't take the message. `message` says why, for people and the log. */
export class DeliveryRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DeliveryRefused';
  }

  /** Whether `error` is a refusal. */
  static is(error: unknown): error is DeliveryRefused {
    return error instanceof DeliveryRefused;
  }
}

/**
 * Something Lambda delivers to. Synchronous, and it writes only to the shared database, so that a delivery and the
 * note that it was made are one transaction ("deliver, then done", design.md).
 */
export interface DeliveryTarget {
  /** @throws DeliveryRefused when the target is missing or won't take it. */
  deliver(arn: string, body: string, attributes: MessageAttributes, origin?: DeliveryOrigin): void;
}

/** What a local Lambda can deliver to; a kind that is left out is refused. Functions are invoked by the queue itself. */
export type DeliveryTargets = Partial<Readonly<Record<'SQS' | 'SNS' | 'EventBridge' | 'S3', DeliveryTarget>>>;
