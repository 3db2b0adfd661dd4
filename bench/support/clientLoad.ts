import { Agent, request as httpRequest } from 'node:http';
import type { Load, LoadResult } from './httpLoad.ts';

/**
 * The same load as `runLoad`, by Node's own HTTP client on connections that are kept, as programs send it. The client is
 * part of what it measures.
 *
 * @throws Error for an answer other than 202.
 */
export async function runClientLoad(
  load: Omit<Load, 'body' | 'count' | 'onAnswer'> & { readonly body: string; readonly forMs: number },
): Promise<LoadResult> {
  const { hostname, port } = new URL(load.endpoint);
  const { path, headers, body } = load;
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const options = {
    agent,
    hostname,
    port,
    path,
    method: 'POST',
    headers: { ...headers, 'Content-Length': body.length },
  };
  const begun = performance.now();
  let answers = 0;
  const one = (): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const send = (): void => {
      if (performance.now() - begun >= load.forMs) {
        resolve();
        return;
      }
      httpRequest(options, (response) => {
        if (response.statusCode !== 202) reject(new Error(`Not a 202: ${response.statusCode}`));
        answers++;
        response.on('end', send).resume();
      })
        .on('error', reject)
        .end(body);
    };
    send();
    return promise;
  };
  try {
    await Promise.all(Array.from({ length: load.connections }, one));
  } finally {
    agent.destroy();
  }
  const seconds = (performance.now() - begun) / 1000;
  return { answers, seconds, perSecond: answers / seconds };
}
