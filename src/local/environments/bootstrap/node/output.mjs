// What goes to the server beside the Runtime API: framed, in order, written before the call returns.
import { readFileSync, writeSync } from 'node:fs';

const FRAMES_FD = 3;
/** Type (1 byte: L log event, O/E stdout/stderr bytes, M peak memory in KB, S a source), length (4), epoch ms (8), body. */
export function writeFrame(type, body, at = Date.now()) {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const frame = Buffer.allocUnsafe(13 + bytes.length);
  frame.write(type, 0, 1, 'latin1');
  frame.writeUInt32BE(bytes.length, 1);
  frame.writeDoubleBE(at, 5);
  frame.set(bytes, 13);
  for (let written = 0; written < frame.length;) {
    try {
      written += writeSync(FRAMES_FD, frame, written);
    } catch (error) {
      if (error.code !== 'EAGAIN') return; // The server is gone; so are we, soon.
    }
  }
}

/** getrusage's peak counts the memory of the process we were forked from; Linux tells our own. */
export function reportMemory() {
  let kilobytes = 0;
  try {
    kilobytes = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? 0);
  } catch {
    kilobytes = process.resourceUsage().maxRSS;
  }
  writeFrame('M', String(kilobytes));
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
