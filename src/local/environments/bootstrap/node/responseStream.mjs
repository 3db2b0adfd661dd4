import { Writable } from 'node:stream';
import { runtimeError } from './errors.mjs';

/** A response may have so many bytes (platformErrors.ts); of a longer one no more than tells so is kept. */
const MAX_BYTES = 6_291_556;

/** Where a handler streams its response to. Whole at the end: Invoke, asynchronous or not, gives no parts of it. */
export class ResponseStream extends Writable {
  #chunks = [];
  #started = false;
  /** Bytes that were written. */
  length = 0;

  setContentType() {
    if (this.#started) throw runtimeError('InvalidStreamingOperation', 'Cannot set content-type, too late.');
  }

  write(chunk, ...parameters) {
    const isText = typeof chunk === 'string' || chunk instanceof Uint8Array;
    if (!this.#started) this._onBeforeFirstWrite?.((first) => super.write(first));
    this.#started = true;
    return super.write(isText ? chunk : JSON.stringify(chunk), ...parameters);
  }

  _write(chunk, _encoding, done) {
    if (this.length <= MAX_BYTES) this.#chunks.push(chunk);
    this.length += chunk.length;
    done();
  }

  /** All that was written, or enough of it to be too long. */
  get bytes() {
    return Buffer.concat(this.#chunks);
  }
}
