import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

interface AdapterMessage {
  readonly type: 'request' | 'response' | 'event';
  readonly event?: string;
  readonly command?: string;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: unknown;
}

/** A client of the Debug Adapter Protocol, over a socket, as an editor is one. */
export class DebugAdapterClient {
  readonly #socket: Socket;
  #rest = Buffer.alloc(0);
  #seq = 0;
  readonly #answers = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #events: AdapterMessage[] = [];
  #wake = (): void => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const answer of this.#answers.values()) answer.reject(new Error('The adapter is gone.'));
    });
  }

  /** Connects to an adapter at a port of 127.0.0.1. */
  static async connect(port: number): Promise<DebugAdapterClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new DebugAdapterClient(socket);
  }

  /** Sends a request; resolves with the body of its answer. */
  async request<T>(command: string, parameters: object = {}): Promise<T> {
    const seq = ++this.#seq;
    const answer = Promise.withResolvers<unknown>();
    this.#answers.set(seq, answer);
    const json = JSON.stringify({ seq, type: 'request', command, arguments: parameters });
    this.#socket.write(`Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
    return (await answer.promise) as T;
  }

  /** The next event of that name, those before it dropped. */
  async event<T>(name: string): Promise<T> {
    for (;;) {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        if (next.event === name) return next.body as T;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const end = this.#rest.indexOf('\r\n\r\n');
      const [, length] = /Content-Length: (\d+)/i.exec(this.#rest.toString('latin1', 0, Math.max(end, 0))) ?? [];
      if (end === -1 || length === undefined || this.#rest.length < end + 4 + Number(length)) return;
      const body = this.#rest.subarray(end + 4, end + 4 + Number(length));
      this.#rest = this.#rest.subarray(end + 4 + Number(length));
      this.#take(JSON.parse(body.toString()) as AdapterMessage);
    }
  }

  #take(message: AdapterMessage): void {
    if (message.type === 'event') {
      this.#events.push(message);
      this.#wake();
    } else if (message.type === 'response') {
      const answer = this.#answers.get(message.request_seq ?? 0);
      if (message.success === true) answer?.resolve(message.body);
      else answer?.reject(new Error(`${message.command}: ${message.message}`));
    }
  }
}
