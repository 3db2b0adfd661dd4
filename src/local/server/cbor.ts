/*
 * CBOR (RFC 8949), as much of it as Smithy RPC v2 has: maps with text keys, lists, texts, bytes, numbers, booleans, null and
 * times (tag 1). Not the codec of the AWS SDK: that one writes whole numbers as integers, where a client that was generated
 * from the model may want a double.
 */

const timeTag = 1;

/** Reads one value, which has to be all there is; times are epoch seconds. @throws RangeError when it is not CBOR like that. */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (!reader.isAtEnd) throw new RangeError('There is more than one CBOR value.');
  return value;
}

/** Writes a value; numbers as doubles, `Date` as a time, members that are `undefined` not at all. */
export function encodeCbor(value: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

/** Nobody's request is deeper; the stack would not be. */
const deepest = 100;

class Reader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.byteLength;
  }

  value(depth: number): unknown {
    if (depth > deepest) throw new RangeError('The CBOR value is too deep.');
    const first = this.#view.getUint8(this.#at);
    this.#at += 1;
    const major = first >> 5;
    const minor = first & 31;
    if (major === 7) return this.#simple(minor);
    const isOpen = minor === 31;
    switch (major) {
      case 0:
        return this.#argument(minor);
      case 1:
        return -1 - this.#argument(minor);
      case 2:
        return isOpen ? Buffer.concat(this.#chunks()) : this.#take(this.#argument(minor));
      case 3:
        return new TextDecoder().decode(isOpen ? Buffer.concat(this.#chunks()) : this.#take(this.#argument(minor)));
      case 4:
        return isOpen ? this.#open(() => this.value(depth + 1)) : this.#times(this.#argument(minor), depth);
      case 5:
        return this.#map(minor, depth);
      default: {
        const tag = this.#argument(minor);
        const tagged = this.value(depth + 1);
        if (tag === timeTag && typeof tagged !== 'number') throw new RangeError('A CBOR time is not a number.');
        return tagged;
      }
    }
  }

  #map(minor: number, depth: number): Readonly<Record<string, unknown>> {
    const entry = (): [string, unknown] => {
      const key = this.value(depth + 1);
      if (typeof key !== 'string') throw new RangeError('A key of a CBOR map is not a text.');
      return [key, this.value(depth + 1)];
    };
    if (minor === 31) return Object.fromEntries(this.#open(entry));
    const entries: [string, unknown][] = [];
    for (let left = this.#argument(minor); left > 0; left -= 1) entries.push(entry());
    return Object.fromEntries(entries);
  }

  #times(count: number, depth: number): unknown[] {
    const items: unknown[] = [];
    for (let left = count; left > 0; left -= 1) items.push(this.value(depth + 1));
    return items;
  }

  /** Items up to the break of something of no given length. */
  #open<T>(item: () => T): T[] {
    const items: T[] = [];
    while (this.#view.getUint8(this.#at) !== 0xff) items.push(item());
    this.#at += 1;
    return items;
  }

  #chunks(): Uint8Array[] {
    return this.#open(() => this.#take(this.#argument(this.#view.getUint8(this.#at++) & 31)));
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.byteLength) throw new RangeError('The CBOR value is cut off.');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #argument(minor: number): number {
    if (minor < 24) return minor;
    const at = this.#at;
    this.#at += 2 ** (minor - 24);
    if (minor === 24) return this.#view.getUint8(at);
    if (minor === 25) return this.#view.getUint16(at);
    if (minor === 26) return this.#view.getUint32(at);
    if (minor === 27) return Number(this.#view.getBigUint64(at));
    throw new RangeError('A CBOR head is not well-formed.');
  }

  #simple(minor: number): unknown {
    if (minor === 20 || minor === 21) return minor === 21;
    if (minor === 22 || minor === 23) return undefined;
    const at = this.#at;
    if (minor === 25) {
      this.#at += 2;
      return half(this.#view.getUint16(at));
    }
    if (minor === 26) {
      this.#at += 4;
      return this.#view.getFloat32(at);
    }
    if (minor === 27) {
      this.#at += 8;
      return this.#view.getFloat64(at);
    }
    throw new RangeError('A CBOR value is of no kind that is known.');
  }
}

/** A number of 16 bits (RFC 8949, appendix D). */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits >> 15 === 1 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (fraction + 1024) * 2 ** (exponent - 25);
}

function write(value: unknown, parts: Uint8Array[]): void {
  if (value === null || value === undefined) {
    parts.push(Uint8Array.of(0xf6));
  } else if (typeof value === 'boolean') {
    parts.push(Uint8Array.of(value ? 0xf5 : 0xf4));
  } else if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    bytes.writeUInt8(0xfb);
    bytes.writeDoubleBE(value, 1);
    parts.push(bytes);
  } else if (typeof value === 'string') {
    const bytes = new TextEncoder().encode(value);
    parts.push(head(3, bytes.byteLength), bytes);
  } else if (value instanceof Date) {
    parts.push(head(6, timeTag));
    write(value.getTime() / 1000, parts);
  } else if (Array.isArray(value)) {
    parts.push(head(4, value.length));
    for (const item of value) write(item, parts);
  } else if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    parts.push(head(5, entries.length));
    for (const [key, member] of entries) {
      write(key, parts);
      write(member, parts);
    }
  } else {
    throw new TypeError(`CBOR has no ${typeof value}.`);
  }
}

function head(major: number, argument: number): Uint8Array {
  const first = major << 5;
  if (argument < 24) return Uint8Array.of(first | argument);
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(first | 26);
  bytes.writeUInt32BE(argument, 1);
  return bytes;
}
