/** An error that a client is answered with, in the shape of the service's protocol. */
export class ServiceError extends Error {
  /** JSON: `__type`. */
  readonly type: string;
  /** The code of the Query protocol. Default: `type` without its namespace. */
  readonly queryCode: string;
  readonly status: number;

  constructor(error: {
    readonly type: string;
    readonly message: string;
    readonly queryCode?: string;
    /** Default 400. */
    readonly status?: number;
  }) {
    super(error.message);
    this.name = 'ServiceError';
    this.type = error.type;
    this.queryCode = error.queryCode ?? error.type.slice(error.type.indexOf('#') + 1);
    this.status = error.status ?? 400;
  }

  /** Whether `error` is one. */
  static is(error: unknown): error is ServiceError {
    return error instanceof ServiceError;
  }
}
