import { crc32 } from 'node:zlib';

/** An answer of an operation that goes on: frames of `application/vnd.amazon.eventstream`, as they come. */
export class EventStream {
  readonly frames: AsyncIterable<Uint8Array>;

  constructor(frames: AsyncIterable<Uint8Array>) {
    this.frames = frames;
  }
}

const stringType = 7;

/** An event of an AWS JSON stream (spec 5.10, "Event-stream frame"). The first of a stream is `initial-response`. */
export function eventFrame(eventType: string, payload: unknown): Uint8Array {
  return frame({ ':event-type': eventType, ':content-type': 'application/json', ':message-type': 'event' }, payload);
}

/** An exception of the stream's model, which ends it. */
export function exceptionFrame(exceptionType: string, message: string): Uint8Array {
  return frame(
    { ':exception-type': exceptionType, ':content-type': 'application/json', ':message-type': 'exception' },
    { message },
  );
}

/** Total length, length of the headers, CRC of both; headers; payload; CRC of all before. */
function frame(headers: Readonly<Record<string, string>>, payload: unknown): Uint8Array {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
  const body = Buffer.from(JSON.stringify(payload));
  const whole = Buffer.alloc(16 + head.length + body.length);
  whole.writeUInt32BE(whole.length, 0);
  whole.writeUInt32BE(head.length, 4);
  whole.writeUInt32BE(crc32(whole.subarray(0, 8)), 8);
  whole.set(head, 12);
  whole.set(body, 12 + head.length);
  whole.writeUInt32BE(crc32(whole.subarray(0, whole.length - 4)), whole.length - 4);
  return whole;
}

function encodeHeader(name: string, value: string): Buffer {
  const [key, text] = [Buffer.from(name), Buffer.from(value)];
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([Buffer.from([key.length]), key, Buffer.from([stringType]), length, text]);
}
