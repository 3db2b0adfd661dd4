/** One piece of output as a bootstrap frames it: `at` is epoch ms. */
export type OutputFrame =
  | { readonly kind: 'next' }
  | { readonly kind: 'answer'; readonly answer: 'response' | 'error' | 'tooLarge'; readonly bytes: Buffer }
  | { readonly kind: 'initError'; readonly errorType: string; readonly payload: Buffer }
  | { readonly kind: 'event'; readonly at: number; readonly message: string }
  | { readonly kind: 'stdout' | 'stderr'; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'memory'; readonly kilobytes: number }
  | { readonly kind: 'debugger'; readonly told: DebuggerTold }
  | { readonly kind: 'source'; readonly source: SourceFile };

/** What a process under a debugger tells: the port that it waits at, that somebody is there, or that it waits for nobody. */
export type DebuggerTold = number | 'attached' | 'none';

/** A file that a runtime has read code from; its time and size were those just before. */
export interface SourceFile {
  readonly path: string;
  readonly mtimeMs: number;
  readonly size: number;
}

const HEADER_BYTES = 13;

/** Takes frames (type, length, time, body: see bootstrap/node.mjs) out of a stream that is cut anywhere. */
export class FrameReader {
  // Joined only when a frame is complete: a long one comes in thousands of pieces.
  #chunks: Buffer[] = [];
  #length = 0;
  #needed = HEADER_BYTES;

  /** The frames that are complete with `chunk`. */
  read(chunk: Buffer): OutputFrame[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return [];
    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#length);
    const frames: OutputFrame[] = [];
    for (;;) {
      this.#needed = HEADER_BYTES;
      if (bytes.length < HEADER_BYTES) break;
      this.#needed += bytes.readUInt32BE(1);
      if (bytes.length < this.#needed) break;
      const frame = decodeOrDrop(
        String.fromCharCode(bytes.readUInt8(0)),
        // Python's clock has parts of a millisecond, CloudWatch Logs has none.
        Math.floor(bytes.readDoubleBE(5)),
        bytes.subarray(HEADER_BYTES, this.#needed),
      );
      if (frame !== undefined) frames.push(frame);
      bytes = bytes.subarray(this.#needed);
    }
    this.#chunks = bytes.length === 0 ? [] : [bytes];
    this.#length = bytes.length;
    return frames;
  }
}

/** What can't be read was written by the handler itself, or is a longer text than there can be: its loss, not the server's. */
function decodeOrDrop(type: string, at: number, bytes: Buffer): OutputFrame | undefined {
  try {
    return decode(type, at, bytes);
  } catch {
    return undefined;
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
    case 'N':
      return { kind: 'next' };
    case 'R':
      return { kind: 'answer', answer: 'response', bytes };
    case 'F':
      return { kind: 'answer', answer: 'error', bytes };
    case 'T':
      return { kind: 'answer', answer: 'tooLarge', bytes };
    case 'I': {
      const end = bytes.indexOf(10);
      return { kind: 'initError', errorType: bytes.toString('latin1', 0, end), payload: bytes.subarray(end + 1) };
    }
    case 'M':
      return { kind: 'memory', kilobytes: Number(bytes.toString()) };
    case 'D':
      return { kind: 'debugger', told: debuggerTold(bytes.toString()) };
    case 'S': {
      const [path, mtimeMs, size] = JSON.parse(bytes.toString()) as [string, number, number];
      return { kind: 'source', source: { path, mtimeMs, size } };
    }
    default:
      return undefined;
  }
}

function debuggerTold(text: string): DebuggerTold {
  return text === 'attached' || text === 'none' ? text : Number(text);
}

/** Output without a newline is cut here, in bytes: it may never end, and a text has to fit into memory. */
const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/** Cuts raw output into lines: each is a log event of its own, its newline kept. */
export class LineReader {
  // Joined only when a line is complete.
  #chunks: Buffer[] = [];
  #length = 0;

  /** The lines that are complete with `chunk`. */
  read(chunk: Buffer): string[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length <= LONGEST_LINE_BYTES && !chunk.includes(10)) return [];
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#length);
    const lines: string[] = [];
    let start = 0;
    for (;;) {
      const newline = bytes.indexOf(10, start);
      const end = newline === -1 ? bytes.length : newline + 1;
      if (end - start > LONGEST_LINE_BYTES) {
        const cut = characterStart(bytes, start + LONGEST_LINE_BYTES);
        lines.push(bytes.toString('utf8', start, cut));
        start = cut;
      } else if (newline === -1) {
        break;
      } else {
        lines.push(bytes.toString('utf8', start, end));
        start = end;
      }
    }
    this.#chunks = start === bytes.length ? [] : [bytes.subarray(start)];
    this.#length = bytes.length - start;
    return lines;
  }

  /** What came after the last newline, if anything. */
  flush(): string[] {
    const rest = Buffer.concat(this.#chunks.splice(0)).toString();
    this.#length = 0;
    return rest === '' ? [] : [rest];
  }
}

/** Where the character begins that the byte at `at` is of, in UTF-8. */
function characterStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start > at - 3 && ((bytes[start] ?? 0) & 0b1100_0000) === 0b1000_0000) start -= 1;
  return start;
}
