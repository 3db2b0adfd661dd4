/** A way on that a message can offer: a command of ours to run. */
export interface FailureAction {
  readonly title: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

/** An expected failure, told so that a person can act: what happened, why, and what to do. */
export class UserFacingFailure extends Error {
  /** For programs and tests: `payloadTooLarge`, `invalidPayload`, `portInUse`, … */
  readonly code: string;
  readonly actions: readonly FailureAction[];

  constructor(code: string, message: string, options: { cause?: unknown; actions?: readonly FailureAction[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserFacingFailure';
    this.code = code;
    this.actions = options.actions ?? [];
  }

  /** Whether `error` is one, with that code if one is given. */
  static is(error: unknown, code?: string): error is UserFacingFailure {
    return error instanceof UserFacingFailure && (code === undefined || error.code === code);
  }
}
