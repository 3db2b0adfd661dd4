import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One request, sent again and again on some connections. */
export interface Load {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** ASCII; or made for each send, counted from 0. */
  readonly body: string | ((nth: number) => string);
  readonly connections: number;
  /** It ends after so long, or after so many answers. */
  readonly forMs?: number;
  readonly count?: number;
  /** Is given the head of each answer. */
  readonly onAnswer?: (head: string) => void;
}

/** What the load came to. */
export interface LoadResult {
  readonly answers: number;
  readonly seconds: number;
  readonly perSecond: number;
}

/**
 * Sends on every connection as soon as the last answer is there, with little work of its own, so that it is the server that
 * is measured. Answers have to be 202 without a body.
 *
 * @throws Error for any other answer, and when a connection breaks.
 */
export async function runLoad({ forMs = Infinity, count = Infinity, ...load }: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(load.endpoint);
  const { path, body, onAnswer } = load;
  const head = Object.entries({ Host: `${hostname}:${port}`, ...load.headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const start = `POST ${path} HTTP/1.1\r\n${head.join('')}Content-Length: `;
  const requestWith = (text: string): Buffer => Buffer.from(`${start}${text.length}\r\n\r\n${text}`);
  const same = typeof body === 'string' ? requestWith(body) : undefined;
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => open(hostname, Number(port))));
  const begun = performance.now();
  let sent = 0;
  let answers = 0;
  const one = (socket: Socket): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let text = '';
    const send = (): void => {
      if (sent >= count || performance.now() - begun >= forMs) {
        resolve();
        return;
      }
      socket.write(same ?? requestWith((body as (nth: number) => string)(sent)));
      sent++;
    };
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!text.endsWith('\r\n\r\n')) return;
      if (!text.startsWith('HTTP/1.1 202 ')) {
        reject(new Error(`Not a 202: ${text}`));
        return;
      }
      onAnswer?.(text);
      text = '';
      answers++;
      send();
    });
    socket.on('error', reject).on('close', () => reject(new Error('The connection was closed.')));
    send();
    return promise;
  };
  try {
    await Promise.all(sockets.map(one));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const seconds = (performance.now() - begun) / 1000;
  return { answers, seconds, perSecond: answers / seconds };
}

async function open(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  socket.setEncoding('latin1');
  return socket;
}
