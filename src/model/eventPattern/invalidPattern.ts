/** A pattern that AWS refuses. `message` is the reason, in AWS's words where they are known. */
export class InvalidPattern extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'InvalidPattern';
  }

  /** Whether `error` is one. */
  static is(error: unknown): error is InvalidPattern {
    return error instanceof InvalidPattern;
  }
}
