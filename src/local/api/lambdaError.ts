import type { ApiResponse } from '../server/apiRequest.ts';

/** Exceptions whose body spells `Message`; the others spell `message` (spec 5.3). */
const capitalMessage = new Set([
  'ResourceNotFoundException',
  'ServiceException',
  'RecursiveInvocationException',
  'AccessDeniedException',
]);
/** Errors of the framework in front of Lambda: no `Type`. */
const frameworkErrors = new Set(['ValidationException', 'SerializationException', 'UnknownOperationException']);

/** An error of the Lambda API, in its wire form (spec 5.3). */
export class LambdaError extends Error {
  readonly status: number;
  readonly code: string;
  /** `null` where AWS says nothing. */
  readonly text: string | null;
  readonly reason: string | undefined;

  constructor(status: number, code: string, text: string | null, reason?: string) {
    super(text ?? code);
    this.name = 'LambdaError';
    this.status = status;
    this.code = code;
    this.text = text;
    this.reason = reason;
  }

  /** Whether `error` is one. */
  static is(error: unknown): error is LambdaError {
    return error instanceof LambdaError;
  }

  /** What a client is answered. Keys are in AWS's order. */
  toResponse(): ApiResponse {
    return {
      status: this.status,
      headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': this.code },
      body: JSON.stringify(this.#body()),
    };
  }

  #body(): Readonly<Record<string, string | null>> {
    if (frameworkErrors.has(this.code)) return { message: this.text };
    const type = this.status >= 500 ? 'Service' : 'User';
    return {
      ...(this.reason === undefined ? {} : { Reason: this.reason }),
      Type: type,
      [capitalMessage.has(this.code) ? 'Message' : 'message']: this.text,
    };
  }
}

/** `InvalidParameterValueException`, 400. */
export function invalidParameter(message: string): LambdaError {
  return new LambdaError(400, 'InvalidParameterValueException', message);
}

/** `ResourceNotFoundException`, 404. */
export function notFound(message: string): LambdaError {
  return new LambdaError(404, 'ResourceNotFoundException', message);
}

/** `SerializationException`, 400: the body is not what the operation reads. */
export function notSerializable(message: string): LambdaError {
  return new LambdaError(400, 'SerializationException', message);
}
