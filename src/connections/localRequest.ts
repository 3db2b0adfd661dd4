import * as http from 'node:http';

/** Where the local API is, and what lets in. */
export interface LocalApiAccess {
  readonly endpoint: string;
  readonly controlToken: string;
}

/** Asks the local API; resolves with the head of the answer. The body is the caller's to read. */
export function localRequest(
  { endpoint, controlToken }: LocalApiAccess,
  request: {
    readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
    readonly path: string;
    /** Sent as JSON. */
    readonly json?: unknown;
    /** Nothing heard for so long: the connection is taken for dead. */
    readonly silenceMs: number;
    readonly signal?: AbortSignal;
  },
): Promise<http.IncomingMessage> {
  const { method, path, silenceMs, signal, json } = request;
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const sent = http.request(new URL(path, endpoint), {
    method,
    headers: {
      authorization: `Bearer ${controlToken}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    // A connection of its own: what ends it ends nothing else.
    agent: false,
    ...(signal === undefined ? {} : { signal }),
  });
  sent.setTimeout(silenceMs, () => sent.destroy(new Error(`Nothing was heard from ${endpoint} for ${silenceMs} ms.`)));
  sent.setNoDelay(true);
  sent.on('response', resolve).on('error', reject);
  sent.end(json === undefined ? undefined : JSON.stringify(json));
  return promise;
}
