import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One request, sent again and again on some connections. */
export interface Load {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** ASCII. */
  readonly body: string;
  readonly connections: number;
  /** It ends after so long, or after so many answers. */
  readonly forMs?: number;
  readonly count?: number;
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
  const headers = { Host: `${hostname}:${port}`, 'Content-Length': String(load.body.length), ...load.headers };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = Buffer.from(`POST ${load.path} HTTP/1.1\r\n${head.join('')}\r\n${load.body}`);
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => open(hostname, Number(port))));
  const start = performance.now();
  let sent = 0;
  let answers = 0;
  const one = (socket: Socket): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let text = '';
    const send = (): void => {
      if (sent >= count || performance.now() - start >= forMs) {
        resolve();
        return;
      }
      sent++;
      socket.write(request);
    };
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!text.endsWith('\r\n\r\n')) return;
      if (!text.startsWith('HTTP/1.1 202 ')) {
        reject(new Error(`Not a 202: ${text}`));
        return;
      }
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
  const seconds = (performance.now() - start) / 1000;
  return { answers, seconds, perSecond: answers / seconds };
}

async function open(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  socket.setEncoding('latin1');
  return socket;
}
