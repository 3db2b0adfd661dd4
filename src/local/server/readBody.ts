import type { IncomingMessage } from 'node:http';

/** A body, or the length of one that is over the limit (as far as it was counted). */
export type ReadBody =
  { readonly body: Uint8Array } | { readonly tooLong: number } | { readonly tooLong: number; readonly cutOff: true };

/**
 * Reads a request's body into memory, at most `limit` bytes of it. What is longer is counted but not kept, so that the
 * client can send it to its end and read the answer; after `drainLimit` bytes it is cut off.
 */
export function readBody(request: IncomingMessage, limit: number, drainLimit = limit * 16): Promise<ReadBody> {
  const { promise, resolve, reject } = Promise.withResolvers<ReadBody>();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const onData = (chunk: Uint8Array): void => {
    length += chunk.byteLength;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
    if (length <= drainLimit) return;
    // Destroying the request would take the answer's connection along.
    request.off('data', onData).pause();
    resolve({ tooLong: length, cutOff: true });
  };
  request
    .on('data', onData)
    .on('end', () => resolve(length > limit ? { tooLong: length } : { body: join(chunks, length) }))
    .on('error', reject)
    .on('close', () => {
      if (!request.readableEnded) reject(new Error('The request was cut off.'));
    });
  return promise;
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, length);
}
