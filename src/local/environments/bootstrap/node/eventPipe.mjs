// Events and answers over the pipe that the frames go through, in place of the Runtime API: a round costs a tenth. The
// wait for an event is a read that blocks: of the handler's own nothing goes on meanwhile, as when it is frozen.
import { readSync } from 'node:fs';
import { Socket } from 'node:net';
import { errorPayload, errorTypeHeader } from './errors.mjs';
import { EVENTS_FD, memoryFrame, writeFrame, writeFrames } from './output.mjs';

/** Open for as long as the server is there, also while a handler runs. */
const SERVER_FD = 4;
/** As long as a response may be (platformErrors.ts); what is longer is not sent. */
const MAX_ANSWER_BYTES = 6_291_556;
/** Length of the headers, as JSON, and of the body (4 bytes each). */
const HEAD_BYTES = 8;

/** What `RuntimeApi` is, over the pipe. The process ends with it. */
export class EventPipe {
  #buffer = Buffer.allocUnsafeSlow(65_536);
  /** Whether there is no invocation that would want an answer. */
  waiting = false;

  constructor() {
    const server = new Socket({ fd: SERVER_FD, readable: true, writable: false });
    server.on('error', () => process.exit(1)).on('close', () => process.exit(1));
    server.resume().unref();
  }

  /** Waits for the next event. */
  next() {
    this.waiting = true;
    writeFrames(memoryFrame(), ['N', '']);
    let length = this.#read(this.#buffer, 0, HEAD_BYTES);
    const headLength = this.#buffer.readUInt32BE(0);
    const end = HEAD_BYTES + headLength + this.#buffer.readUInt32BE(4);
    let bytes = this.#buffer;
    if (end > bytes.length) {
      bytes = Buffer.allocUnsafe(end);
      this.#buffer.copy(bytes, 0, 0, length);
    }
    length = this.#read(bytes, length, end);
    this.waiting = false;
    const bodyStart = HEAD_BYTES + headLength;
    return {
      headers: JSON.parse(bytes.toString('utf8', HEAD_BYTES, bodyStart)),
      body: bytes.subarray(bodyStart, end),
    };
  }

  async respond(_id, body) {
    this.#answer('R', Buffer.from(body));
  }

  /** Tells of an error: of the invocation `id`, or of init. */
  async fail(id, error) {
    const payload = errorPayload(error);
    const json = JSON.stringify(payload);
    if (id === undefined) this.#answer('I', Buffer.from(`${errorTypeHeader(payload)}\n${json}`));
    else this.#answer('F', Buffer.from(json));
  }

  #answer(type, bytes) {
    this.waiting = true;
    if (bytes.length > MAX_ANSWER_BYTES) writeFrame('T', '');
    else writeFrame(type, bytes);
  }

  /** Reads until there are `wanted` bytes, of which there are `length`; gives how many there are. Nothing follows an event. */
  #read(bytes, length, wanted) {
    let read = length;
    while (read < wanted) {
      let count = 0;
      try {
        count = readSync(EVENTS_FD, bytes, read, bytes.length - read, null);
      } catch (error) {
        if (error.code !== 'EAGAIN') process.exit(1);
        // Somebody who shares the pipe has made it one that doesn't wait.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
        continue;
      }
      if (count === 0) process.exit(1);
      read += count;
    }
    return read;
  }
}
