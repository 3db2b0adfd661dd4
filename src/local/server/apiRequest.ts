/** A request that passed the guard, body read. Header names are lower case. */
export interface ApiRequest {
  readonly method: string;
  /** Decoded path, no query: `/2015-03-31/functions/fn/invocations`. Use `rawPath` where an encoded slash or colon matters. */
  readonly path: string;
  readonly rawPath: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The id this request will be answered with (`x-amzn-RequestId`). */
  readonly requestId: string;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** `http://127.0.0.1:PORT`, or the loopback name the client used: the base of queue URLs. */
  readonly endpoint: string;
}

/** An answer. The server adds `Date`, `x-amzn-RequestId` and `Content-Length`. */
export interface ApiResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes, text, or (of streams) chunks as they come. */
  readonly body?: Uint8Array | string | AsyncIterable<string | Uint8Array>;
}

/** One service on the shared port. */
export interface ApiService {
  handle(request: ApiRequest): Promise<ApiResponse>;
}
