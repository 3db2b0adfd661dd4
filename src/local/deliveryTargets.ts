/** A message attribute on the wire: `DataType` is `String`, `Number` or `Binary` (never delivered by Lambda). */
export interface MessageAttribute {
  readonly dataType: string;
  readonly stringValue: string;
}

/** Attributes in the order they were set. */
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

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
  deliver(arn: string, body: string, attributes: MessageAttributes): void;
}
