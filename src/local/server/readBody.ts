import type { IncomingMessage } from 'node:http';

/** A body, or the length of one that is over the limit (as far as it was counted). */
export type ReadBody =
  { readonly body: Uint8Array } | { readonly tooLong: number } | { readonly tooLong: number; readonly cutOff: true };

/**
 * Reads a request's body into memory, at most `limit` bytes of it. What is longer is counted but not kept, so that the
 * client can send it to its end and read the answer; after `drainLimit` bytes it is cut off.
 */
export async function readBody(request: IncomingMessage, limit: number, drainLimit = limit * 16): Promise<ReadBody> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Destroying the request would take the answer's connection along.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
    if (length > drainLimit) return { tooLong: length, cutOff: true };
  }
  return length > limit ? { tooLong: length } : { body: Buffer.concat(chunks, length) };
}
