// The Runtime API, over one connection of our own: handlers may patch node:http, and it costs start-up time.
import { connect } from 'node:net';
import { errorPayload, errorTypeHeader } from './errors.mjs';
import { reportMemory } from './output.mjs';

/** A client of the Runtime API at `host:port` (spec 7). The process ends with the connection. */
export class RuntimeApi {
  #socket;
  #chunks = [];
  #received = 0;
  #expected = Infinity;
  #head;
  #settle;
  /** Whether an answer is awaited. */
  waiting = false;

  constructor(address) {
    const [host, port] = address.split(':');
    this.host = address;
    this.#socket = connect({ host, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('error', () => process.exit(1));
    this.#socket.on('close', () => process.exit(1));
    this.#socket.unref();
  }

  /** Waits for the next event. */
  next() {
    reportMemory();
    return this.#request('GET', 'invocation/next');
  }

  respond(id, body) {
    return this.#request('POST', `invocation/${id}/response`, body, 'application/json');
  }

  /** Tells of an error: of the invocation `id`, or of init. */
  fail(id, error) {
    const payload = errorPayload(error);
    const path = id === undefined ? 'init/error' : `invocation/${id}/error`;
    const type = `Lambda-Runtime-Function-Error-Type: ${errorTypeHeader(payload)}\r\n`;
    return this.#request('POST', path, JSON.stringify(payload), 'application/vnd.aws.lambda.error+json', type);
  }

  #request(method, path, body = '', contentType = '', headers = '') {
    const bytes = Buffer.from(body);
    const head = `${method} /2018-06-01/runtime/${path} HTTP/1.1\r\nHost: ${this.host}\r\n${headers}`;
    const entity = method === 'GET' ? '' : `Content-Type: ${contentType}\r\nContent-Length: ${bytes.length}\r\n`;
    this.waiting = true;
    this.#socket.ref(); // The process lives while it waits for an answer; not for the sake of the connection alone.
    this.#socket.write(Buffer.concat([Buffer.from(`${head}${entity}\r\n`), bytes]));
    return new Promise((settle) => {
      this.#settle = settle;
    });
  }

  #receive(chunk) {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#head === undefined) {
      const bytes = Buffer.concat(this.#chunks);
      const end = bytes.indexOf('\r\n\r\n');
      if (end === -1) return;
      const lines = bytes.toString('latin1', 0, end).split('\r\n').slice(1);
      const headers = lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 2),
      ]);
      this.#head = Object.fromEntries(headers);
      this.#chunks = [bytes.subarray(end + 4)];
      this.#received = bytes.length - end - 4;
      this.#expected = Number(this.#head['content-length']);
    }
    if (this.#received < this.#expected) return;
    const answer = { headers: this.#head, body: Buffer.concat(this.#chunks) };
    this.#chunks = [];
    this.#received = 0;
    this.#head = undefined;
    this.#socket.unref();
    this.waiting = false;
    this.#settle(answer);
  }
}
