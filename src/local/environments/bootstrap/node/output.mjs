// What goes to the server beside the Runtime API: framed, in order, written before the call returns.
import { openSync, readSync, writeSync } from 'node:fs';

/** The pipe of the frames; events come the other way, where they come by the pipe. */
export const EVENTS_FD = 3;
const FRAMES_FD = EVENTS_FD;
const HEADER_BYTES = 13;

/**
 * Type (1 byte: L log event, O/E stdout/stderr bytes, M peak memory in KB, S a source; by the pipe also N next, R response,
 * F error, T one that is too long, I init error), length (4), epoch ms (8), body.
 */
export function writeFrame(type, body, at = Date.now()) {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bytes.length);
  frame.write(type, 0, 1, 'latin1');
  frame.writeUInt32BE(bytes.length, 1);
  frame.writeDoubleBE(at, 5);
  frame.set(bytes, HEADER_BYTES);
  writeAll(frame);
}

/** Frames of ASCII, `[type, body]` each, in one go. */
export function writeFrames(...frames) {
  const length = frames.reduce((sum, [, body]) => sum + HEADER_BYTES + body.length, 0);
  const bytes = Buffer.allocUnsafe(length);
  let start = 0;
  for (const [type, body] of frames) {
    bytes.latin1Write(type, start, 1);
    bytes.writeUInt32BE(body.length, start + 1);
    bytes.writeDoubleBE(Date.now(), start + 5);
    bytes.latin1Write(body, start + HEADER_BYTES, body.length);
    start += HEADER_BYTES + body.length;
  }
  writeAll(bytes);
}

function writeAll(bytes) {
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(FRAMES_FD, bytes, written);
    } catch (error) {
      if (error.code !== 'EAGAIN') return; // The server is gone; so are we, soon.
    }
  }
}

/** Of /proc, opened once: it is read after every event. */
let status;
const statusBytes = Buffer.allocUnsafe(4096);

/** getrusage's peak counts the memory of the process we were forked from; Linux tells our own. */
export function memoryFrame() {
  let kilobytes = 0;
  try {
    status ??= process.platform === 'linux' ? openSync('/proc/self/status') : 0;
    if (status === 0) throw new Error('Only Linux has it');
    const text = statusBytes.latin1Slice(0, readSync(status, statusBytes, 0, statusBytes.length, 0));
    kilobytes = Number(/^VmHWM:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  } catch {
    kilobytes = process.resourceUsage().maxRSS;
  }
  return ['M', String(kilobytes)];
}

/** Tells of it. */
export function reportMemory() {
  writeFrames(memoryFrame());
}

/** Frames what is written to stdout and stderr. */
export function frameStreams() {
  frameStream('stdout', 'O');
  frameStream('stderr', 'E');
}

function frameStream(name, type) {
  // Streams are made when first asked for, as Node does; raw writes then keep their place among console lines.
  const original = Object.getOwnPropertyDescriptor(process, name).get;
  let stream;
  const framed = () => {
    if (stream === undefined) {
      stream = original.call(process);
      stream._write = (chunk, encoding, done) => {
        writeFrame(type, typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
        done();
      };
      stream._writev = null;
    }
    return stream;
  };
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get: framed });
}
