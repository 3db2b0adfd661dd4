const tokens = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const source = '[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); ';

/**
 * Why bytes are no JSON, in the words of the parser that AWS uses (Jackson; spec 5.4, and its public sources for what the
 * spec has no capture of); `undefined` when they are. One value, blanks around it allowed.
 */
export function jsonProblem(bytes: Uint8Array): string | undefined {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return undefined;
  } catch {
    return describe(bytes);
  }
}

function describe(bytes: Uint8Array): string {
  const reader = new Reader(bytes);
  try {
    reader.document();
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  // Bytes that break nothing Jackson looks at in passing: a sequence that only a whole decoder refuses.
  return reader.problem('Invalid UTF-8', reader.at).message;
}

class Problem extends Error {}

interface Open {
  readonly kind: 'Object' | 'Array';
  readonly at: number;
}

/** Walks bytes as Jackson's UTF-8 parser does; positions are byte offsets. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #open: Open[] = [];
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
  }

  document(): void {
    this.#skipSpace();
    if (this.#end()) throw this.problem('No content to map due to end-of-input', this.at);
    do {
      this.#value();
      this.#afterValue();
    } while (this.#open.length > 0);
    this.#skipSpace();
    if (this.#end()) return;
    throw this.problem('Trailing token found after value: not allowed', this.at + 1);
  }

  /** `at` is the offset before which the parser stands. */
  problem(text: string, at: number): Problem {
    return new Problem(`${text}\n at ${source}${this.#place(at)}]`);
  }

  #end(): boolean {
    return this.at >= this.#bytes.length;
  }

  #byte(): number {
    return this.#bytes[this.at] ?? -1;
  }

  #place(at: number): string {
    let line = 1;
    let start = 0;
    for (let index = 0; index < at && index < this.#bytes.length; index++) {
      if (this.#bytes[index] !== 0x0a) continue;
      line++;
      start = index + 1;
    }
    return `line: ${line}, column: ${at - start + 1}`;
  }

  /** A scalar, or all that opens up to the first scalar or empty list in it. */
  #value(): void {
    for (;;) {
      this.#skipSpace();
      if (this.#end()) throw this.#endOfInput();
      const byte = this.#byte();
      if (byte !== 0x7b && byte !== 0x5b) break;
      this.#open.push({ kind: byte === 0x7b ? 'Object' : 'Array', at: this.at });
      this.at++;
      this.#skipSpace();
      if (this.#byte() === (byte === 0x7b ? 0x7d : 0x5d)) return;
      if (byte === 0x7b) this.#fieldName();
    }
    if (this.#byte() === 0x22) this.#string('was expecting closing quote for a string value');
    else if (this.#byte() === 0x2d || isDigit(this.#byte())) this.#number();
    else this.#literal();
  }

  /** Commas, closers and field names up to where the next value begins. */
  #afterValue(): void {
    for (;;) {
      const open = this.#open.at(-1);
      if (!open) return;
      this.#skipSpace();
      if (this.#end()) throw this.#endOfInput();
      const close = open.kind === 'Object' ? 0x7d : 0x5d;
      if (this.#byte() === close) {
        this.#open.pop();
        this.at++;
        continue;
      }
      if (this.#byte() !== 0x2c) throw this.#unexpected(`was expecting comma to separate ${open.kind} entries`);
      this.at++;
      this.#skipSpace();
      if (open.kind === 'Object') this.#fieldName();
      return;
    }
  }

  #fieldName(): void {
    if (this.#end()) throw this.#endOfInput();
    if (this.#byte() !== 0x22) throw this.#unexpected('was expecting double-quote to start field name');
    this.#string(undefined);
    this.#skipSpace();
    if (this.#end()) throw this.problem('Unexpected end-of-input within/between Object entries', this.at);
    if (this.#byte() !== 0x3a) throw this.#unexpected('was expecting a colon to separate field name and value');
    this.at++;
  }

  /** `unclosed` is what a value was waiting for; a field name has another text. */
  #string(unclosed: string | undefined): void {
    this.at++;
    for (;;) {
      if (this.#end()) {
        const text =
          unclosed === undefined ? 'Unexpected end-of-input in field name' : `Unexpected end-of-input: ${unclosed}`;
        throw this.problem(text, this.at);
      }
      const byte = this.#byte();
      if (byte === 0x22) break;
      if (byte === 0x5c) this.#escape();
      else if (byte < 0x20) {
        const what = unclosed === undefined ? 'name' : 'string value';
        throw this.problem(
          `Illegal unquoted character (${nameOf(byte)}): has to be escaped using backslash to be included in ${what}`,
          this.at + 1,
        );
      } else if (byte >= 0x80) this.#multiByte();
      else this.at++;
    }
    this.at++;
  }

  #escape(): void {
    this.at++;
    if (this.#end()) throw this.problem('Unexpected end-of-input in character escape sequence', this.at);
    const byte = this.#byte();
    if (byte === 0x75) {
      for (let digit = 0; digit < 4; digit++) {
        this.at++;
        if (this.#end()) throw this.problem('Unexpected end-of-input in character escape sequence', this.at);
        if (!/[\da-fA-F]/.test(String.fromCharCode(this.#byte()))) {
          throw this.#unexpected('expected a hex-digit for character escape sequence');
        }
      }
    } else if (!'"\\/bfnrt'.includes(String.fromCharCode(byte))) {
      throw this.problem(`Unrecognized character escape ${nameOf(byte)}`, this.at + 1);
    }
    this.at++;
  }

  #multiByte(): void {
    const first = this.#byte();
    const more = (first & 0xe0) === 0xc0 ? 1 : (first & 0xf0) === 0xe0 ? 2 : (first & 0xf8) === 0xf0 ? 3 : 0;
    if (more === 0) throw this.problem(`Invalid UTF-8 start byte 0x${first.toString(16)}`, this.at + 1);
    for (let index = 0; index < more; index++) {
      this.at++;
      if (this.#end()) throw this.#endOfInput();
      if ((this.#byte() & 0xc0) !== 0x80) {
        throw this.problem(`Invalid UTF-8 middle byte 0x${this.#byte().toString(16)}`, this.at + 1);
      }
    }
    this.at++;
  }

  #number(): void {
    const digits = (missing: string): void => {
      if (!isDigit(this.#byte())) throw this.#notNumeric(missing);
      while (isDigit(this.#byte())) this.at++;
    };
    if (this.#byte() === 0x2d) {
      this.at++;
      if (!isDigit(this.#byte())) {
        throw this.#notNumeric('expected digit (0-9) to follow minus sign, for valid numeric value');
      }
    }
    if (this.#byte() === 0x30 && isDigit(this.#bytes[this.at + 1] ?? -1)) {
      throw this.problem('Invalid numeric value: Leading zeroes not allowed', this.at + 1);
    }
    digits('');
    if (this.#byte() === 0x2e) {
      this.at++;
      digits('Decimal point not followed by a digit');
    }
    if (this.#byte() === 0x65 || this.#byte() === 0x45) {
      this.at++;
      if (this.#byte() === 0x2b || this.#byte() === 0x2d) this.at++;
      digits('Exponent indicator not followed by a digit');
    }
    if (this.#open.length > 0 || this.#end() || isSpace(this.#byte())) return;
    throw this.#unexpected('Expected space separating root-level values');
  }

  #literal(): void {
    const start = this.at;
    const rest = new TextDecoder().decode(this.#bytes.subarray(start, start + 1_024));
    const word = /^[\p{ID_Start}$_\p{Sc}][\p{ID_Continue}$\p{Sc}]*/u.exec(rest)?.[0] ?? '';
    if (['true', 'false', 'null'].includes(word)) {
      this.at += word.length;
      return;
    }
    const byte = this.#byte();
    if (byte === 0x2c || byte === 0x7d || (byte === 0x5d && this.#open.at(-1)?.kind === 'Array')) {
      throw this.#unexpected('expected a value');
    }
    if (word === '') throw this.#unexpected(`expected a valid value ${tokens}`);
    // The parser has read the character that ends the word.
    const stop = Math.min(start + Buffer.byteLength(word) + 1, this.#bytes.length);
    throw this.problem(`Unrecognized token '${word.slice(0, 256)}': was expecting ${tokens}`, stop);
  }

  #unexpected(expected: string): Problem {
    return this.problem(`Unexpected character (${nameOf(this.#byte())}): ${expected}`, this.at);
  }

  #notNumeric(expected: string): Problem {
    if (this.#end()) return this.#endOfInput();
    return this.problem(`Unexpected character (${nameOf(this.#byte())}) in numeric value: ${expected}`, this.at);
  }

  #endOfInput(): Problem {
    const open = this.#open.at(-1);
    if (!open) return this.problem('Unexpected end-of-input', this.at);
    const start = `start marker at ${source}${this.#place(open.at)}]`;
    return this.problem(`Unexpected end-of-input: expected close marker for ${open.kind} (${start})`, this.at);
  }

  #skipSpace(): void {
    while (isSpace(this.#byte())) this.at++;
  }
}

/** `'a' (code 97)`, or `(CTRL-CHAR, code 153)` for what can't be shown. */
function nameOf(byte: number): string {
  if (byte < 0x20 || (byte >= 0x7f && byte <= 0x9f)) return `(CTRL-CHAR, code ${byte})`;
  return `'${String.fromCharCode(byte)}' (code ${byte})`;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
