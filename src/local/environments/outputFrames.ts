/** One piece of output as a bootstrap frames it: `at` is epoch ms. */
export type OutputFrame =
  | { readonly kind: 'event'; readonly at: number; readonly message: string }
  | { readonly kind: 'stdout' | 'stderr'; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'memory'; readonly kilobytes: number };

const HEADER_BYTES = 13;

/** Takes frames (type, length, time, body: see bootstrap/node.mjs) out of a stream that is cut anywhere. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are complete with `chunk`. */
  read(chunk: Buffer): OutputFrame[] {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: OutputFrame[] = [];
    while (bytes.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + bytes.readUInt32BE(1);
      if (bytes.length < end) break;
      const frame = decode(
        String.fromCharCode(bytes.readUInt8(0)),
        bytes.readDoubleBE(5),
        bytes.subarray(HEADER_BYTES, end),
      );
      if (frame !== undefined) frames.push(frame);
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes;
    return frames;
  }
}

function decode(type: string, at: number, bytes: Buffer): OutputFrame | undefined {
  switch (type) {
    case 'L':
      return { kind: 'event', at, message: bytes.toString() };
    case 'O':
      return { kind: 'stdout', at, bytes };
    case 'E':
      return { kind: 'stderr', at, bytes };
    case 'M':
      return { kind: 'memory', kilobytes: Number(bytes.toString()) };
    default:
      return undefined;
  }
}

/** Cuts raw output into lines: each is a log event of its own, its newline kept. */
export class LineReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The lines that are complete with `chunk`. */
  read(chunk: Buffer): string[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const lines: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      lines.push(bytes.toString('utf8', start, end + 1));
      start = end + 1;
    }
    this.#rest = bytes.subarray(start);
    return lines;
  }

  /** What came after the last newline, if anything. */
  flush(): string[] {
    const rest = this.#rest.toString();
    this.#rest = Buffer.alloc(0);
    return rest === '' ? [] : [rest];
  }
}
